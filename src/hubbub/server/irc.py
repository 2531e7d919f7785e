"""IRC on the one port: what it needs is loaded for the first client, and told of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub import __version__
from hubbub.chat.names import name_key
from hubbub.server.config import IrcSection
from hubbub.server.late import Late
from hubbub.server.sessions.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.tls.certificates import Certificates
    from hubbub.wire.dialect import Dialect
    from hubbub.wire.irc.figures import Figures

DAY_SECONDS = 86_400

NO_IRC = b"ERROR :This server cannot speak IRC now. Its journal says why. Try again in a while.\r\n"


class IrcFigures:
    """The figures of one chatroom; `hubbub.wire.irc.figures.Figures`.

    Of `certificates` it matters whether clients can check them: then they may be told to insist on
    TLS.
    """

    def __init__(self, chatroom: Chatroom, certificates: Certificates | None) -> None:
        self._chatroom = chatroom
        self._is_vouched = certificates is not None and certificates.is_vouched
        self._most = 0
        self._section = IrcSection()
        self.version = f"hubbub {__version__}"
        self.since = chatroom.clock.milliseconds()
        """When it was started, in milliseconds since the epoch."""

    @property
    def section(self) -> IrcSection:
        """That of the configuration."""
        return self._section

    @section.setter
    def section(self, section: IrcSection) -> None:
        """Go by another one from now on."""
        self._section = section
        named = (one.partition(" ") for one in section.operators)
        self._chatroom.hub.let_run({name: password for name, _, password in named if password})

    @property
    def name(self) -> str:
        """What the server is called."""
        return self.section.name

    @property
    def registers(self) -> str:
        """When clients may become members."""
        return self.section.register

    @property
    def sts_seconds(self) -> int:
        """For how long clients are to insist on TLS."""
        return int(self.section.sts_days * DAY_SECONDS) if self._is_vouched else 0

    @property
    def takes_files(self) -> bool:
        """Whether files can be sent to the server."""
        files = self._chatroom.files
        return files.store is not None and self._chatroom.hub.files.limits.file_megabytes_max > 0

    def people(self) -> int:
        """Return how many people are here."""
        count = self._chatroom.hub.here.people_count
        self._most = max(self._most, count)
        return count

    def most(self) -> int:
        """Return how many there were at the most."""
        return max(self._most, self.people())

    def rooms(self) -> int:
        """Return how many rooms are open."""
        return len(self._chatroom.hub.rooms)

    def account(self, person: str) -> str:
        """Return the own name of the person with this id; empty if they are not known."""
        return self._chatroom.hub.own_name(person)

    def is_bot(self, name: str) -> bool:
        """Return whether somebody of this name is here and says to be a program."""
        person = self._chatroom.hub.here.holder(name_key(name))
        return person is not None and person.kind == "bot"


class Irc(Late):
    """The IRC side of the port. `figures`: what clients are told of the server."""

    spoken = "IRC"
    module = "hubbub.wire.irc.dialect"

    def __init__(
        self, chatroom: Chatroom, figures: Figures, handshakes: Deadlines, lingering: Deadlines
    ) -> None:
        super().__init__(chatroom.loop, handshakes, lingering)
        self._chatroom = chatroom
        self._figures = figures
        self._dialect: Callable[[Figures, Callable[[], int]], Dialect]

    async def _open(self, module: ModuleType) -> None:
        self._dialect = module.IrcDialect

    def _answered(self, turn: Turn, left: Callable[[], None]) -> Connection:
        dialect = self._dialect(self._figures, self._chatroom.clock.milliseconds)
        return Connection(self._chatroom, dialect, turn, left)

    def _refusal(self) -> bytes:
        return NO_IRC
