"""Which capabilities (IRCv3) a client may ask for, and how it does."""

from collections.abc import Iterator
from typing import Final

from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import HOST
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.voice import Voice

OFFERED: Final = {
    "account-tag": "",
    "away-notify": "",
    "batch": "",
    "cap-notify": "",
    "draft/chathistory": "",
    "draft/message-redaction": "",
    "draft/no-implicit-names": "",
    "echo-message": "",
    "extended-join": "",
    "labeled-response": "",
    "message-tags": "",
    "multi-prefix": "",
    "sasl": "PLAIN",
    "server-time": "",
    "standard-replies": "",
    "userhost-in-names": "",
}
"""Their names, and what they say of themselves to those who ask for version 302."""

LINE_BYTES: Final = 400
"""Of the names in one line."""


class Negotiation:
    """What a client asks of capabilities. `is_open`: its registration waits for `CAP END`."""

    __slots__ = ("_version", "_voice", "is_open")

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._version = 301
        self.is_open = False

    def hear(self, params: tuple[str, ...]) -> Iterator[Line]:
        """Yield the answers to one `CAP` with its parameters."""
        word, *rest = params
        match word.upper():
            case "LS":
                self._open()
                version = rest[0] if rest else ""
                if version.isdecimal() and len(version) < 6:
                    self._version = max(self._version, int(version))
                if self._version >= 302:
                    self._voice.change_caps(self._voice.caps | {"cap-notify"})
                names = [
                    f"{name}={value}" if value and self._version >= 302 else name
                    for name, value in OFFERED.items()
                ]
                yield from self._listed("LS", names)
            case "LIST":
                yield from self._listed("LIST", sorted(self._voice.caps))
            case "REQ":
                self._open()
                yield self._asked(rest[0] if rest else "")
            case "END":
                self.is_open = False
            case _:
                yield self._voice.numeric(N.INVALIDCAPCMD, word, "There is no such CAP command.")

    def _open(self) -> None:
        if not self._voice.is_registered:
            self.is_open = True

    def _listed(self, word: str, names: list[str]) -> Iterator[Line]:
        run: list[str] = []
        for name in names:
            if run and len(" ".join([*run, name])) > LINE_BYTES and self._version >= 302:
                yield self._line(word, "*", " ".join(run))
                run = []
            run.append(name)
        yield self._line(word, " ".join(run))

    def _asked(self, names: str) -> Line:
        voice = self._voice
        caps = set(voice.caps)
        for name in names.split():
            if name.removeprefix("-") not in OFFERED or name == "-cap-notify":
                return self._line("NAK", names)
            if name.startswith("-"):
                caps.discard(name[1:])
            else:
                caps.add(name)
        if not voice.change_caps(frozenset(caps)):
            return self._line("NAK", names)
        return self._line("ACK", names)

    def _line(self, word: str, *rest: str) -> Line:
        return Line("CAP", (self._voice.nick, word, *rest), HOST)
