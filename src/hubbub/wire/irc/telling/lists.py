"""Who is in a room, and who somebody is, as lines of an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hubbub.wire.irc.format import account_of
from hubbub.wire.irc.line import BODY_BYTES_MAX
from hubbub.wire.irc.modes import PREFIXES
from hubbub.wire.irc.names import HOST, USER, channel_of, nick_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events.channels import Former, Looks
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


def signed(client: Client, role: str, *, may_write: bool) -> str:
    """Return the signs of somebody in a room: the highest, or all if the client wants them."""
    signs = PREFIXES.get(role, "") + (PREFIXES["writer"] if may_write else "")
    return signs if "multi-prefix" in client.caps else signs[:1]


END_OF_NAMES: Final = "End of /NAMES list"


def sign_of(*, private: bool, unlisted: bool) -> str:
    """Return the sign of a room among lists of nicks: those alone find it who are in it (`@`), or
    it is private (`*`), or it is everybody's (`=`)."""
    return "@" if unlisted else "*" if private else "="


def names(
    client: Client, channel: str, members: Iterable[tuple[str, str]], *, sign: str = "="
) -> Iterator[Line]:
    """Yield the nicks of a room's members, given with their signs; `sign` is the room's."""
    run: list[str] = []
    size, size_max = 0, BODY_BYTES_MAX - len(client.numeric(N.NAMREPLY, sign, channel, "").encode())
    for signs, name in members:
        nick = signs + nick_of(name)
        if "userhost-in-names" in client.caps:
            nick = f"{nick}!{USER}@{HOST}"
        if run and size + len(nick.encode()) > size_max:
            yield client.numeric(N.NAMREPLY, sign, channel, " ".join(run))
            run, size = [], 0
        run.append(nick)
        size += len(nick.encode()) + 1
    if run:
        yield client.numeric(N.NAMREPLY, sign, channel, " ".join(run))


def end_of_names(client: Client, channels: str, *, more: bool) -> Line:
    """Return what ends lists of nicks; `more`: there are others."""
    end = "There are more people than this list shows." if more else END_OF_NAMES
    return client.numeric(N.ENDOFNAMES, channels, end)


def who(client: Client, asked: Asked, channel: str, one: Looks) -> Line:
    """Return what WHO answers of somebody; `asked.detail` are the fields that are wanted."""
    nick, user, real = nick_of(one.name), user_of(one), one.real or one.name
    flags = ("H" if one.away is None else "G") + "*" * one.is_operator + "B" * (one.kind == "bot")
    flags += signed(client, one.role, may_write=one.may_write)
    if not asked.detail.startswith("%"):
        said = f"0 {real}"
        return client.numeric(N.WHOREPLY, channel, user, HOST, client.host, nick, flags, said)
    fields, _, token = asked.detail[1:].partition(",")
    account = account_of(client.figures, one.name, one.person, one.kind)
    values = {
        "t": token or "0",
        "c": channel,
        "u": user,
        "i": "255.255.255.255",
        "h": HOST,
        "s": client.host,
        "n": nick,
        "f": flags,
        "d": "0",
        "l": "0",
        "a": "0" if account == "*" else account,
        "o": "n/a",
        "r": real,
    }
    return client.numeric(
        N.WHOSPCRPL, *(value for field, value in values.items() if field in fields)
    )


def user_of(one: Looks | Former) -> str:
    """Return the user name of somebody, as they gave it; it proves nothing."""
    user = "".join(char for char in one.user if char.isalnum() or char in "-_.")
    return f"~{user}" if user else USER


def whois(client: Client, one: Looks) -> Iterator[Line]:
    """Yield what WHOIS answers of somebody who is here."""
    nick = nick_of(one.name)
    yield client.numeric(N.WHOISUSER, nick, user_of(one), HOST, "*", one.real or one.name)
    if one.rooms:
        channels = [_sign_of(role) + channel_of(room) for room, role in one.rooms]
        yield from _in_lines(client, nick, channels)
    yield client.numeric(N.WHOISSERVER, nick, client.host, "hubbub")
    if one.is_operator:
        yield client.numeric(N.WHOISOPERATOR, nick, "runs this server")
    if one.kind == "bot":
        yield client.numeric(N.WHOISBOT, nick, "is a bot")
    elif (account := account_of(client.figures, one.name, one.person, one.kind)) != "*":
        yield client.numeric(N.WHOISACCOUNT, nick, account, "is logged in as")
    if one.away is not None:
        yield client.numeric(N.AWAY, nick, one.away or "away")
    if one.came_at:
        idle = max(0, client.clock() - max(one.came_at, one.spoke_at)) // 1000
        said = "seconds since they said something in public; when they came"
        yield client.numeric(N.WHOISIDLE, nick, str(idle), str(one.came_at // 1000), said)
    if client.caps & {"draft/metadata-2", "draft/metadata-3"}:
        for key, value in one.about.items():
            yield client.numeric(N.WHOISKEYVALUE, nick, key, "*", value)
    yield client.numeric(N.ENDOFWHOIS, nick, "End of /WHOIS list")


def _sign_of(role: str) -> str:
    """Return the sign of whoever looks after a room that every client knows, wherever it is."""
    return PREFIXES["moderator"] if role in PREFIXES and role != "writer" else ""


def _in_lines(client: Client, nick: str, channels: list[str]) -> Iterator[Line]:
    size_max = BODY_BYTES_MAX - len(client.numeric(N.WHOISCHANNELS, nick, "").encode())
    run: list[str] = []
    for channel in channels:
        if run and len(" ".join([*run, channel]).encode()) > size_max:
            yield client.numeric(N.WHOISCHANNELS, nick, " ".join(run))
            run = []
        run.append(channel)
    yield client.numeric(N.WHOISCHANNELS, nick, " ".join(run))


def whowas(client: Client, one: Former) -> Iterator[Line]:
    """Yield what WHOWAS answers of somebody who was here."""
    nick = nick_of(one.name)
    until = datetime.fromtimestamp(one.until / 1000, UTC).isoformat(" ", "seconds")
    yield client.numeric(N.WHOWASUSER, nick, user_of(one), HOST, "*", one.real or one.name)
    yield client.numeric(N.WHOISSERVER, nick, client.host, until)


def nobody(client: Client, command: str, nick: str) -> Iterator[Line]:
    """Yield what answers a question about somebody who is not here."""
    if command == "WHO":
        yield client.numeric(N.ENDOFWHO, nick, "End of /WHO list")
        return
    yield client.numeric(N.NOSUCHNICK, nick, "Nobody of that name is here.")
    if command == "WHOIS":
        yield client.numeric(N.ENDOFWHOIS, nick, "End of /WHOIS list")
