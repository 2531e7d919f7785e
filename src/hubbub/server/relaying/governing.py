"""What a relay that is linked answers on its control socket: how it does itself.

All else is decided by its server, and asked there.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from hubbub import __version__
from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.events import Status
from hubbub.server.control.verbs import verb_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from hubbub.chat.events import AnyEvent
    from hubbub.chat.listed import RelaySummary


class Governing:
    """Answers of the relay of a `summary`, whose copy of the log and of files is in a folder."""

    def __init__(self, summary: Callable[[], RelaySummary], copy: Path, started: int) -> None:
        self._summary = summary
        self._copy = copy
        self._started = started

    async def answered(self, text: str, _account: str) -> AnyEvent:
        """Return the answer to a command; raises Refused."""
        command, relay = verb_of(text), self._summary()
        if not isinstance(command, c.Status):
            raise Refused(
                f"This is a relay: the server at {relay.of} decides about people and rooms. Give "
                "the command on its machine, or with its address."
            )
        log_bytes, file_bytes, free_bytes = await asyncio.to_thread(self._sizes)
        return Status(
            server=f"hubbub {__version__}",
            address=relay.address,
            started=self._started,
            at=time.time_ns() // 1_000_000,
            people=0,
            sessions=0,
            connections=relay.connections,
            rooms=0,
            last=relay.last,
            log_bytes=log_bytes,
            file_bytes=file_bytes,
            disk_free_bytes=free_bytes,
            relay=relay,
            ref=command.ref,
        )

    def _sizes(self) -> tuple[int, int, int | None]:
        try:
            free: int | None = shutil.disk_usage(self._copy).free
        except OSError:
            free = None
        return (
            _bytes_of(self._copy.glob("hubbub.db*")),
            _bytes_of((self._copy / "files").rglob("*")),
            free,
        )


def _bytes_of(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        with suppress(OSError):  # it was removed meanwhile
            count += path.stat().st_size
    return count
