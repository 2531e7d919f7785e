"""People: what oneself is called and whether one is there, and who the others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.chat.heard import Introduction
from hubbub.wire.irc.commands.login import come_anew
from hubbub.wire.irc.names import HOST, USER, is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line
    from hubbub.wire.irc.voice import Voice


def nick(voice: Voice, line: Line) -> Iterator[Heard]:
    """Be called something else."""
    wanted = line.params[0]
    if wanted == voice.nick:
        yield voice.nothing(line)
        return
    ref = voice.ref(line, wanted if " " not in wanted and wanted[:1] != ":" else "*")
    if voice.person is not None:
        yield c.Rename(name=name_of(wanted), ref=ref)
        return
    # In passing, one is who one is called: under another name, somebody else comes.
    before, rooms = voice.nick, voice.rooms
    yield Introduction(name_of(wanted), voice, ref, again=True)
    if voice.nick != before:
        yield from come_anew(voice, rooms)


def away(client: Client, line: Line) -> Iterator[Heard]:
    """Be away, or back."""
    text = line.params[0] if line.params else ""
    ref = client.ref(line, detail=text)
    yield c.Away(text=text, ref=ref) if text else c.Back(ref=ref)


def oper(client: Client, line: Line) -> Iterator[Heard]:
    """Run the server, too."""
    yield c.Operate(code=line.params[1], ref=client.ref(line))


def who(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who is in a room, or who somebody is."""
    mask, fields = line.params[0], line.params[1] if len(line.params) > 1 else ""
    ref = client.ref(line, mask, fields)
    if is_channel(mask):
        yield c.Members(room=room_of(mask).lower(), ref=ref)
    else:
        yield c.Profile(name=name_of(mask), ref=ref)


def whois(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who somebody is."""
    whom = line.params[-1].partition(",")[0]
    yield c.Profile(name=name_of(whom), ref=client.ref(line, whom or "*"))


def whowas(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who was here before."""
    whom = line.params[0]
    yield client.at_once(
        line,
        client.numeric(N.WASNOSUCHNICK, whom, "Who was here before is not kept."),
        client.numeric(N.ENDOFWHOWAS, whom, "End of WHOWAS"),
    )


def userhost(client: Client, line: Line) -> Iterator[Heard]:
    """Ask from where somebody is."""
    own = client.nick
    found = [f"{own}=+{USER}@{HOST}" for one in line.params[:5] if one.lower() == own.lower()]
    yield client.at_once(line, client.numeric(N.USERHOST, " ".join(found)))
