"""The server of this machine, beside a chat in the same process."""

import time
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Self

import platformdirs

from hubbub.chat.errors import ConfigError, LogError
from hubbub.cli.finding import answers
from hubbub.client import parse_address

BUSY_SECONDS = 2.0
"""How long another program may take to let go of the log: it may be about to end."""


class Hosting(AbstractContextManager["Hosting"]):
    """Hosts once it is told to, until its block ends.

    `folder`: that of the log, while it hosts. `is_plain`: the server's notes go to stderr.
    """

    def __init__(self, *, is_plain: bool) -> None:
        self.folder: str | None = None
        self.place = parse_address("")
        self._is_plain = is_plain
        self._open = ExitStack()
        self._log = platformdirs.user_data_path("hubbub")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def suits(self, address: str) -> bool:
        """Return whether it could host the chatroom at an address that somebody has given."""
        place = parse_address(address)
        return place.host in (self.place.host, "localhost") and place.port == self.place.port

    def begin(self) -> bool:
        """Host, and return True; False if another one does. Raises ConfigError or LogError."""
        give_up_at = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return self.go_on()
            except LogError as error:
                if error.code != "log_in_use" or time.monotonic() >= give_up_at:
                    raise
            time.sleep(BUSY_SECONDS / 20)

    def may_go_on(self, epoch: str) -> bool:
        """Return whether nobody hosts, and the log here is the one that had this epoch."""
        from hubbub.log.sqlite.peeking import had_epoch, holds_epoch

        if answers(self.place):
            return False
        return holds_epoch(self._log, epoch) or had_epoch(self._log, epoch)

    def go_on(self) -> bool:
        """Do as `begin`, and wait for nobody."""
        if answers(self.place):
            return False
        try:
            self._start()
        except (ConfigError, LogError):
            if answers(self.place):  # another `hubbub` was faster
                return False
            raise
        return True

    def _start(self) -> None:
        # Imported here: most chats need no server of their own.
        from hubbub.server.app import HOST_LEFT
        from hubbub.server.config import Config, ServerSection
        from hubbub.server.journal.writing import note_in_file, note_on_stderr
        from hubbub.server.thread import serving_in_thread

        if self._is_plain:
            note_on_stderr()
        else:
            note_in_file(platformdirs.user_log_path("hubbub") / "hubbub-server.log")
        config = Config(server=ServerSection(listen=str(self.place), data=str(self._log)))
        self._open.enter_context(serving_in_thread(config, bye=HOST_LEFT))
        self.folder = str(self._log)
