"""People: what oneself is called and whether one is there, and who the others are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.commands.channels import WATCHED_MAX
from hubbub.chat.masks import is_mask
from hubbub.chat.text import whole_number
from hubbub.wire.irc.commands.entering import no_nick
from hubbub.wire.irc.isupport import KICK_CHARS_MAX
from hubbub.wire.irc.monitoring import TARGETS_BYTES_MAX, in_runs
from hubbub.wire.irc.names import is_channel, is_nick, name_of, room_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line

NUMBER_MAX: Final = 1_000_000
USERHOSTS_MAX: Final = 5


def nick(client: Client, line: Line) -> Iterator[Heard]:
    """Be called something else."""
    wanted = line.params[0]
    if wanted == client.nick:
        yield client.nothing(line)
        return
    if not is_nick(wanted):
        yield client.at_once(line, no_nick(client, wanted))
        return
    yield c.BeCalled(name=name_of(wanted), ref=client.ref(line, wanted))


def away(client: Client, line: Line) -> Iterator[Heard]:
    """Be away, or back."""
    text = line.params[0] if line.params else ""
    ref = client.ref(line, detail=text)
    yield c.Away(text=text, ref=ref) if text else c.Back(ref=ref)


def oper(client: Client, line: Line) -> Iterator[Heard]:
    """Run the server, too."""
    name, password = line.params[:2]
    yield c.Oper(name=name, password=password, ref=client.ref(line))


def kill(client: Client, line: Line) -> Iterator[Heard]:
    """End somebody's sessions."""
    whom, reason = line.params[0], line.params[1] if len(line.params) > 1 else ""
    yield c.Kill(name=name_of(whom), reason=reason[:KICK_CHARS_MAX], ref=client.ref(line, whom))


def who(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who is in a room, or who people are."""
    mask, fields = line.params[0], line.params[1] if len(line.params) > 1 else ""
    ref = client.ref(line, mask, fields)
    if is_channel(mask):
        yield c.Look(room=room_of(mask).lower(), ref=ref)
    elif is_mask(mask):
        yield c.Look(peers=True, ref=ref)
    else:
        yield c.Look(names=(name_of(mask),), ref=ref)


def whois(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who somebody is."""
    whom = line.params[-1].partition(",")[0]
    yield c.Look(names=(name_of(whom),), ref=client.ref(line, whom or "*"))


def whowas(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who was here before."""
    whom = line.params[0]
    most = whole_number(line.params[1], NUMBER_MAX) if len(line.params) > 1 else None
    yield c.WhoWas(name=name_of(whom), most=most or 0, ref=client.ref(line, whom))


def userhost(client: Client, line: Line) -> Iterator[Heard]:
    """Ask from where people are."""
    names = tuple(name_of(one) for one in line.params[:USERHOSTS_MAX])
    yield c.Look(names=names, ref=client.ref(line))


def monitor(client: Client, line: Line) -> Iterator[Heard]:
    """Watch who comes and goes."""
    word = line.params[0].upper()
    nicks = [one for one in (line.params[1] if len(line.params) > 1 else "").split(",") if one]
    watched = {} if client.monitored is None else client.monitored
    match word:
        case "+":
            yield from _watch(client, line, watched, nicks)
        case "-":
            unwanted = {one.lower() for one in nicks}
            gone = [one for one in watched if one.lower() in unwanted]
            client.monitored = {one: None for one in watched if one not in gone} or None
            if gone:
                yield c.Watch(names=tuple(name_of(one) for one in gone), off=True)
        case "C":
            client.monitored = None
            yield c.Watch(off=True)
        case "L":
            lines = [
                client.numeric(N.MONLIST, ",".join(run))
                for run in in_runs(watched, TARGETS_BYTES_MAX)
            ]
            end = client.numeric(N.ENDOFMONLIST, "End of MONITOR list")
            yield client.at_once(line, *lines, end)
        case "S":
            yield from _ask(client, line, list(watched))


def _watch(
    client: Client, line: Line, watched: dict[str, None], nicks: list[str]
) -> Iterator[Heard]:
    known = {one.lower() for one in watched}
    new = list(dict.fromkeys(one for one in nicks if one.lower() not in known))
    left = WATCHED_MAX - len(watched)
    client.monitored = {**watched, **dict.fromkeys(new[:left])} or None
    if new[left:]:
        no = "You watch as many as may be."
        full = client.numeric(N.MONLISTISFULL, str(WATCHED_MAX), ",".join(new[left:])[:300], no)
        yield client.at_once(line, full)
    yield from _ask(client, line, new[:left])


def _ask(client: Client, line: Line, nicks: list[str]) -> Iterator[Heard]:
    if nicks:
        client.gathered = []
        yield c.Watch(names=tuple(name_of(one) for one in nicks), ref=client.ref(line))
