"""Who is in a room, who somebody is, and what a room is about, as lines of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.events import MemberSummary
from hubbub.wire.irc.format import PREFIXES, account_of
from hubbub.wire.irc.line import BODY_BYTES_MAX
from hubbub.wire.irc.names import HOST, USER, nick_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hubbub.chat.events import Profile
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


def names(
    client: Client, channel: str, members: Sequence[MemberSummary], *, more: bool
) -> Iterator[Line]:
    """Yield the nicks of a room's members; `more`: there are others."""
    run: list[str] = []
    size, size_max = 0, BODY_BYTES_MAX - len(client.numeric(N.NAMREPLY, "=", channel, "").encode())
    for one in members:
        nick = PREFIXES.get(one.role, "") + nick_of(one.name)
        if "userhost-in-names" in client.caps:
            nick = f"{nick}!{USER}@{HOST}"
        if run and size + len(nick.encode()) > size_max:
            yield client.numeric(N.NAMREPLY, "=", channel, " ".join(run))
            run, size = [], 0
        run.append(nick)
        size += len(nick.encode()) + 1
    if run:
        yield client.numeric(N.NAMREPLY, "=", channel, " ".join(run))
    end = "There are more people than this list shows." if more else "End of /NAMES list"
    yield client.numeric(N.ENDOFNAMES, channel, end)


def who(
    client: Client, asked: Asked, channel: str, those: Sequence[MemberSummary]
) -> Iterator[Line]:
    """Yield what WHO answers of a room's members."""
    for one in those:
        yield _who(client, asked, channel, one, PREFIXES.get(one.role, ""))
    yield client.numeric(N.ENDOFWHO, asked.target, "End of /WHO list")


def _who(client: Client, asked: Asked, channel: str, one: MemberSummary, sign: str) -> Line:
    nick, flags = nick_of(one.name), ("G" if one.away else "H") + sign
    if not asked.detail.startswith("%"):
        return client.numeric(N.WHOREPLY, channel, USER, HOST, HOST, nick, flags, f"0 {one.name}")
    fields, _, token = asked.detail[1:].partition(",")
    account = account_of(one.name, one.person, one.kind)
    values = {
        "t": token or "0",
        "c": channel,
        "u": USER,
        "i": "255.255.255.255",
        "h": HOST,
        "s": HOST,
        "n": nick,
        "f": flags,
        "d": "0",
        "l": "0",
        "a": "0" if account == "*" else account,
        "o": "n/a",
        "r": one.name,
    }
    return client.numeric(
        N.WHOSPCRPL, *(value for field, value in values.items() if field in fields)
    )


def somebody(client: Client, asked: Asked, event: Profile) -> Iterator[Line]:
    """Yield what WHOIS, or WHO, answers of somebody."""
    nick = nick_of(event.name)
    if not event.here:
        yield from nobody(client, asked.command, nick)
    elif asked.command == "WHO":
        one = MemberSummary(event.name, event.person, "", event.kind, event.away)
        yield _who(client, asked, "*", one, "*" if event.role else "")
        yield client.numeric(N.ENDOFWHO, asked.target, "End of /WHO list")
    else:
        yield from _whois(client, nick, event)


def _whois(client: Client, nick: str, event: Profile) -> Iterator[Line]:
    yield client.numeric(N.WHOISUSER, nick, USER, HOST, "*", event.name)
    yield client.numeric(N.WHOISSERVER, nick, HOST, "hubbub")
    if event.role == "operator":
        yield client.numeric(N.WHOISOPERATOR, nick, "runs this server")
    if event.kind == "bot":
        yield client.numeric(N.WHOISBOT, nick, "is a bot")
    elif event.kind == "member":
        account = account_of(event.name, event.person, event.kind)
        yield client.numeric(N.WHOISACCOUNT, nick, account, "is logged in as")
    if event.away:
        yield client.numeric(N.AWAY, nick, event.text or "away")
    yield client.numeric(N.ENDOFWHOIS, nick, "End of /WHOIS list")


def nobody(client: Client, command: str, nick: str) -> Iterator[Line]:
    """Yield what answers a question about somebody who is not here."""
    if command == "WHO":
        yield client.numeric(N.ENDOFWHO, nick, "End of /WHO list")
        return
    yield client.numeric(N.NOSUCHNICK, nick, "Nobody of that name is here.")
    if command == "WHOIS":
        yield client.numeric(N.ENDOFWHOIS, nick, "End of /WHOIS list")


def topic(client: Client, channel: str, text: str | None) -> Line:
    """Return what a room is about; None: there is no such room."""
    if text is None:
        return client.numeric(N.NOSUCHCHANNEL, channel, "There is no such room.")
    if not text:
        return client.numeric(N.NOTOPIC, channel, "No topic is set.")
    return client.numeric(N.TOPIC, channel, text)
