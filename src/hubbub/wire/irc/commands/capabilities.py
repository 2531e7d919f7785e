"""Which capabilities (IRCv3) a client may ask for, and how it does."""

from collections.abc import Iterator
from typing import Final

from hubbub.wire.irc.client import Client
from hubbub.wire.irc.format import LINES_MAX
from hubbub.wire.irc.isupport import MULTILINE_BYTES_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import HOST
from hubbub.wire.irc.numerics import N

OFFERED: Final = {
    "account-tag": "",
    "away-notify": "",
    "batch": "",
    "cap-notify": "",
    "draft/chathistory": "",
    "draft/event-playback": "",
    "draft/message-redaction": "",
    "draft/multiline": f"max-bytes={MULTILINE_BYTES_MAX},max-lines={LINES_MAX}",
    "draft/no-implicit-names": "",
    "draft/read-marker": "",
    "echo-message": "",
    "extended-join": "",
    "labeled-response": "",
    "message-tags": "",
    "multi-prefix": "",
    "sasl": "PLAIN",
    "server-time": "",
    "soju.im/search": "",
    "standard-replies": "",
    "userhost-in-names": "",
}
"""Their names, and what they say of themselves to those who ask for version 302."""

LINE_BYTES: Final = 400
"""Of the names in one line."""


def negotiate(client: Client, params: tuple[str, ...]) -> Iterator[Line]:
    """Yield the answers to one `CAP` with its parameters."""
    word, *rest = params
    match word.upper():
        case "LS":
            _open(client)
            version = rest[0] if rest else ""
            if version.isdecimal() and len(version) < 6:
                client.cap_version = max(client.cap_version, int(version))
            has_values = client.cap_version >= 302
            if has_values:
                client.change_caps(client.caps | {"cap-notify"})
            names = [
                f"{name}={value}" if value and has_values else name
                for name, value in OFFERED.items()
            ]
            yield from _listed(client, "LS", names)
        case "LIST":
            yield from _listed(client, "LIST", sorted(client.caps))
        case "REQ":
            _open(client)
            yield _asked(client, rest[0] if rest else "")
        case "END":
            if client.coming is not None:
                client.coming.is_negotiating = False
        case _:
            yield client.numeric(N.INVALIDCAPCMD, word, "There is no such CAP command.")


def _open(client: Client) -> None:
    if client.coming is not None:
        client.coming.is_negotiating = True


def _listed(client: Client, word: str, names: list[str]) -> Iterator[Line]:
    run: list[str] = []
    for name in names:
        if run and len(" ".join([*run, name])) > LINE_BYTES and client.cap_version >= 302:
            yield _line(client, word, "*", " ".join(run))
            run = []
        run.append(name)
    yield _line(client, word, " ".join(run))


def _asked(client: Client, names: str) -> Line:
    caps = set(client.caps)
    for name in names.split():
        if name.removeprefix("-") not in OFFERED or name == "-cap-notify":
            return _line(client, "NAK", names)
        if name.startswith("-"):
            caps.discard(name[1:])
        else:
            caps.add(name)
    return _line(client, "ACK" if client.change_caps(frozenset(caps)) else "NAK", names)


def _line(client: Client, word: str, *rest: str) -> Line:
    return Line("CAP", (client.nick, word, *rest), HOST)
