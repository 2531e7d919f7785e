"""People: who somebody is, and what the client says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.masks import fits
from hubbub.wire.irc.asked import STATUS
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.modes import has_status
from hubbub.wire.irc.monitoring import TARGETS_BYTES_MAX, in_runs
from hubbub.wire.irc.names import HOST, channel_of, nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.lists import (
    end_of_names,
    names,
    nobody,
    sign_of,
    signed,
    user_of,
    who,
    whois,
    whowas,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hubbub.chat.events import Account, Certificates, Ok, Reloaded, Shown, Wallops
    from hubbub.chat.events.channels import Looked, Watched, Were
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client


def looked(client: Client, event: Looked) -> Iterable[Line]:
    """Return who people are, as was asked."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    return client.answer([*_ANSWERS[asked.command](client, asked, event)], asked.label)


def _names(client: Client, asked: Asked, event: Looked) -> Iterator[Line]:
    listed = ((signed(client, one.role, may_write=one.may_write), one.name) for one in event.people)
    sign = sign_of(private=event.private, unlisted=event.unlisted)
    yield from names(client, asked.target, listed, sign=sign)
    if asked.detail:
        yield end_of_names(client, asked.detail, more=event.more)


def _who(client: Client, asked: Asked, event: Looked) -> Iterator[Line]:
    channel = "*" if event.room is None else channel_of(event.room)
    for one in event.people:
        if event.room is not None or fits(asked.target, nick_of(one.name)):
            yield who(client, asked, channel, one)
    yield client.numeric(N.ENDOFWHO, asked.target, "End of /WHO list")


def _whois(client: Client, asked: Asked, event: Looked) -> Iterator[Line]:
    for one in event.people:
        yield from whois(client, one)
    if not event.people:
        yield from nobody(client, "WHOIS", asked.target)


def _userhost(client: Client, _asked: Asked, event: Looked) -> Iterator[Line]:
    found = [
        f"{nick_of(one.name)}{'*' * one.is_operator}={'+' if one.away is None else '-'}"
        f"{user_of(one)}@{HOST}"
        for one in event.people
    ]
    yield client.numeric(N.USERHOST, " ".join(found))


def _of_role(client: Client, asked: Asked, event: Looked) -> Iterator[Line]:
    """Take in who has a role in a room, besides the client."""
    client.asking.found = tuple(
        one.name
        for one in event.people
        if one.name != client.name and has_status(asked.detail, one.role, may_write=one.may_write)
    )
    yield from ()


_ANSWERS: Final[dict[str, Callable[[Client, Asked, Looked], Iterator[Line]]]] = {
    "NAMES": _names,
    STATUS: _of_role,
    "USERHOST": _userhost,
    "WHO": _who,
    "WHOIS": _whois,
}


def were(client: Client, event: Were) -> Iterable[Line]:
    """Return who was here."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    lines = [line for one in event.people for line in whowas(client, one)]
    if not lines:
        lines.append(client.numeric(N.WASNOSUCHNICK, asked.target, "Nobody of that name was here."))
    lines.append(client.numeric(N.ENDOFWHOWAS, asked.target, "End of WHOWAS"))
    return client.answer(lines, asked.label)


def watched(client: Client, event: Watched) -> Iterable[Line]:
    """Return that somebody whom the client watches came, went, or is away or back."""
    if client.gathered is not None and event.why == "asked":
        client.gathered.append(event)
        return []
    if event.why != "away":
        return _monitored(client, [event])
    if not _hears(client, "away-notify", is_far=True):
        return []
    why = () if event.away is None else (event.away or "away",)
    return [Line("AWAY", why, source_of(event.name))]


def _hears(client: Client, cap: str, *, is_far: bool) -> bool:
    """Return whether a client wants to hear of something about people, also of those who are far:
    it watches them, but shares no room with them."""
    return cap in client.caps and (not is_far or "extended-monitor" in client.caps)


def monitors(client: Client, _asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield which of those whom the client watches are here."""
    yield from _monitored(client, client.gathered or [])
    client.gathered = None


def _monitored(client: Client, those: Iterable[Watched]) -> list[Line]:
    here = [source_of(one.name) for one in those if one.here]
    gone = [nick_of(one.name) for one in those if not one.here]
    return [
        client.numeric(number, ",".join(run))
        for number, nicks in ((N.MONONLINE, here), (N.MONOFFLINE, gone))
        for run in in_runs(nicks, TARGETS_BYTES_MAX)
    ]


def away(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield whether the client is away."""
    if asked.detail:
        yield client.numeric(N.NOWAWAY, "You are marked as being away.")
    else:
        yield client.numeric(N.UNAWAY, "You are no longer marked as being away.")


def operates(client: Client, _asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield that the client is an operator now."""
    client.modes = client.modes.replace("o", "") + "o"
    yield client.numeric(N.YOUREOPER, "You run this server now, too.")
    yield Line("MODE", (client.nick, "+o"), client.host)


def reloaded(client: Client, event: Reloaded) -> Iterable[Line]:
    """Return that the configuration was read again, and what of it waits for a restart."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    waiting = f" After a restart: {', '.join(event.restart)}." if event.restart else ""
    said = f"The configuration was read again.{waiting}"
    return client.answer([client.numeric(N.REHASHING, "hubbub.toml", said)], asked.label)


def password_changed(client: Client, _asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield that the client's person has another password."""
    yield client.notice("Your password is another one from now on.")


def certificates(client: Client, event: Certificates) -> Iterable[Line]:
    """Return which certificates the client's person has linked."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    lines = [client.notice(one) for one in event.fingerprints]
    return client.answer(lines or [client.notice("You have linked no certificate.")], asked.label)


def certificate_set(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield that a certificate is linked, or not any more."""
    done = "You can log in by it from now on." if asked.target == "ADD" else "It counts no more."
    yield client.notice(done)


def own_mode_set(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield modes that the client has now, or no longer."""
    for sign, letter in zip(asked.detail[::2], asked.detail[1::2], strict=True):
        client.modes = client.modes.replace(letter, "") + letter * (sign == "+")
    yield Line("MODE", (asked.target, asked.detail), client.source)


def renamed(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield the real name that the client has now."""
    yield Line("SETNAME", (asked.detail,), client.source)


def account(client: Client, event: Account) -> Iterator[Line]:
    """Yield that somebody else is a member now."""
    if _hears(client, "account-notify", is_far=event.is_far):
        yield Line("ACCOUNT", (nick_of(event.account),), source_of(event.name))


def shown(client: Client, event: Shown) -> Iterator[Line]:
    """Yield the real name of somebody else."""
    if _hears(client, "setname", is_far=event.is_far):
        yield Line("SETNAME", (event.real,), source_of(event.name))


def wallops(client: Client, event: Wallops) -> Iterator[Line]:
    """Yield what somebody who runs the server tells, if the client wants to hear that."""
    if "w" in client.modes:
        yield Line("WALLOPS", (event.text,), source_of(event.name))
