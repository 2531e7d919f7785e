"""What an IRC client says, in the chatroom's vocabulary.

A client first says who it is: `NICK` and `USER`, before that perhaps `PASS`, and capabilities and a
login (SASL) until `CAP END`. It takes its name in the chatroom as soon as that is needed, and is
welcomed when all of it is said. A name that it cannot have is refused, and it gives another one.

What it says is acted on one by one: whoever asks `receive` for the next thing has told the voice
all that came of the one before. So what follows a command may depend on its answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.heard import READ, Heard
from hubbub.wire.irc.commands.table import hear, not_text
from hubbub.wire.irc.line import Line, LineDecoder, NotText, TooLong, reply
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.wire.irc.figures import Figures
    from hubbub.wire.irc.format import Pack


class IrcDialect:
    """Implements `hubbub.wire.dialect.Dialect` for IRC. `clock` returns milliseconds.

    `pack` puts what is said to the client into what lies around lines, if something does.
    """

    __slots__ = ("_decoder", "_voice")

    def __init__(
        self, figures: Figures, clock: Callable[[], int], pack: Pack | None = None
    ) -> None:
        self._voice = Voice(figures, clock, pack)
        self._decoder = LineDecoder()

    @property
    def opening(self) -> Voice:
        """How the peer is spoken to, from the first word on."""
        return self._voice

    def reached_at(self, server: str, certificate: str = "", /) -> None:
        """Take in at which `http://host:port` the peer would find files, and what it showed."""
        self._voice.reached_at(server)
        self._voice.certificate = certificate

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of a line wait for the rest."""
        return self._decoder.unfinished_bytes

    def farewell(self) -> bytes:
        """Return nothing: `ERROR` says why, if there is a reason."""
        return b""

    def receive(self, data: bytes) -> Iterator[Heard]:
        """Yield what the peer said in `data`."""
        for line in self._decoder.receive(data):
            yield READ  # which takes time, whatever becomes of it
            if isinstance(line, Line):
                yield from hear(self._voice, line)
            elif isinstance(line, TooLong):
                yield reply(self._voice.numeric(N.INPUTTOOLONG, "Your line is too long."))
            elif isinstance(line, NotText):
                yield from hear(self._voice, line.line, not_text)
