"""Which capabilities (IRCv3) a client may ask for, and how it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.heard import Adapt
from hubbub.wire.irc.commands.metadata import KEYS_MAX, SUBSCRIPTIONS_MAX, VALUE_BYTES_MAX
from hubbub.wire.irc.format import LINES_MAX
from hubbub.wire.irc.isupport import MULTILINE_BYTES_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client


def _nothing(_client: Client) -> str:
    return ""


def _multiline(_client: Client) -> str:
    return f"max-bytes={MULTILINE_BYTES_MAX},max-lines={LINES_MAX}"


def _metadata(_client: Client) -> str:
    return (
        f"before-connect,max-subs={SUBSCRIPTIONS_MAX},max-keys={KEYS_MAX},"
        f"max-value-bytes={VALUE_BYTES_MAX}"
    )


def _mechanisms(client: Client) -> str:
    return ",".join(client.mechanisms)


def _registration(client: Client) -> str | None:
    return {"before": "before-connect", "after": ""}.get(client.figures.registers)


def _strict_transport(client: Client) -> str | None:
    """Return for how long TLS must be spoken, inside it; elsewhere at which port it is."""
    seconds = client.figures.sts_seconds
    scheme, _, port = client.server.replace("://", ":").rpartition(":")
    if not seconds or not port.isdecimal():
        return None
    return f"duration={seconds}" if scheme.startswith("https:") else f"port={port}"


OFFERED: Final[dict[str, Callable[[Client], str | None]]] = {
    **dict.fromkeys(
        (
            *("account-notify", "account-tag", "away-notify", "batch", "cap-notify"),
            *("draft/channel-rename", "draft/chathistory", "draft/event-playback"),
            "draft/message-redaction",
            *("draft/no-implicit-names", "draft/pre-away", "draft/read-marker"),
            *("echo-message", "extended-join", "extended-monitor", "invite-notify"),
            "labeled-response",
            *("message-tags", "multi-prefix", "server-time", "setname", "standard-replies"),
            *("soju.im/search", "userhost-in-names"),
        ),
        _nothing,
    ),
    "draft/account-registration": _registration,
    "draft/metadata-2": _metadata,
    "draft/metadata-3": _metadata,
    "draft/multiline": _multiline,
    "sasl": _mechanisms,
    "sts": _strict_transport,
}
"""Their names, and what they say of themselves to those who ask for version 302; None: nothing,
because they are not offered.
"""

NEW: Final = ("draft/", "soju.im/")
"""What begins so is not listed for clients of before 302: for them, all is in one line."""

LINE_BYTES: Final = 400
"""Of the names in one line."""


def negotiate(client: Client, line: Line) -> Iterator[Heard]:
    """Act on one `CAP`."""
    word, *rest = line.params
    match word.upper():
        case "LS":
            yield from _list_offered(client, line, rest[0] if rest else "")
        case "LIST":
            yield client.at_once(line, *_listed(client, "LIST", sorted(client.caps)))
        case "REQ":
            _open(client)
            yield from _ask(client, line, rest[0] if rest else "")
        case "END":
            if client.coming is not None:
                client.coming.is_negotiating = False
        case _:
            sentence = "There is no such CAP command."
            yield client.at_once(line, client.numeric(N.INVALIDCAPCMD, word, sentence))


def _open(client: Client) -> None:
    if client.coming is not None:
        client.coming.is_negotiating = True


def _list_offered(client: Client, line: Line, version: str) -> Iterator[Heard]:
    _open(client)
    if version.isdecimal() and len(version) < 6:
        client.cap_version = max(client.cap_version, int(version))
    has_values = client.cap_version >= 302
    if has_values:
        client.change_caps(client.caps | {"cap-notify"})
    names = [
        f"{name}={value}" if value and has_values else name
        for name, tell in sorted(OFFERED.items())
        if (value := tell(client)) is not None and (has_values or not name.startswith(NEW))
    ]
    yield client.at_once(line, *_listed(client, "LS", names))


def _listed(client: Client, word: str, names: list[str]) -> Iterator[Line]:
    run: list[str] = []
    for name in names:
        if run and len(" ".join([*run, name])) > LINE_BYTES:
            more = ("*",) if client.cap_version >= 302 else ()
            yield _line(client, word, *more, " ".join(run))
            run = []
        run.append(name)
    yield _line(client, word, " ".join(run))


def _ask(client: Client, line: Line, names: str) -> Iterator[Heard]:
    caps = set(client.caps)
    for name in names.split():
        plain = name.removeprefix("-")
        if plain not in OFFERED or plain == "sts" or name == "-cap-notify":
            yield client.at_once(line, _line(client, "NAK", names))
            return
        if name == plain:
            caps.add(name)
        else:
            caps.discard(plain)
    yield Adapt(lambda: client.change_caps(frozenset(caps)))
    yield client.at_once(line, _line(client, "ACK", names))


def _line(client: Client, word: str, *rest: str) -> Line:
    return Line("CAP", (client.nick, word, *rest), client.host)
