"""Talk: what is said, shown and taken back, in rooms and in private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.wire.irc.client import without_label
from hubbub.wire.irc.commands.services import SERVICES, serve
from hubbub.wire.irc.drafts import deletion, message, reaction
from hubbub.wire.irc.format import seq_in
from hubbub.wire.irc.isupport import TARGETS_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import HOST, is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.texts import action_of, is_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client


def say(client: Client, line: Line) -> Iterator[Heard]:
    """Speak to rooms and people, with a text or without (`TAGMSG`)."""
    targets = line.params[0].split(",")
    for target in targets[:TARGETS_MAX]:
        if target.lower() in SERVICES and line.command != "TAGMSG":
            yield from serve(client, line)
        else:
            yield from _say_to(client, line, target)
        line = without_label(line)
    if len(targets) > TARGETS_MAX:
        left_out = targets[TARGETS_MAX]
        no = f"Only {TARGETS_MAX} may be spoken to at once: the others were left out."
        yield client.at_once(line, client.numeric(N.TOOMANYTARGETS, left_out or "*", no))


def _say_to(client: Client, line: Line, target: str) -> Iterator[Heard]:
    text = line.params[1] if len(line.params) > 1 else ""
    is_question = action_of(text) is None and is_request(text)
    if is_channel(target):
        room = room_of(target).lower()
    elif (found := client.conversation(target)) is not None:
        room = found
    elif line.command == "TAGMSG" or is_question:
        yield client.nothing(line)  # nobody opens a private room to say nothing there
        return
    else:
        yield c.Direct(name=name_of(target), ref=client.ref(line, target))
        if (found := client.conversation(target)) is None:
            return  # it was refused
        room = found
    if line.command == "TAGMSG":
        yield from _gesture(client, line, target, room)
    elif is_question:
        yield client.nothing(line)  # what programs ask each other is not for people
    else:
        said = message(line, room, client.clock())
        ref = client.ref(line, target, said=said)
        yield c.Say(room=room, text=said.text, me=said.me, reply_to=said.reply_to, ref=ref)


def _gesture(client: Client, line: Line, target: str, room: str) -> Iterator[Heard]:
    if (said := reaction(line, room, client.clock())) is not None:
        ref = client.ref(line, target, said=said)
        yield c.React(room=room, seq=said.target, emoji=said.emoji, on=said.on, ref=ref)
    elif line.tags.get("+typing") == "active":
        yield c.Typing(room=room, ref=client.ref(line, target))
    else:
        yield client.nothing(line)


def redact(client: Client, line: Line) -> Iterator[Heard]:
    """Take a message back."""
    target, id_ = line.params[:2]
    room = room_of(target).lower() if is_channel(target) else client.conversation(target)
    seq = None if room is None else seq_in(id_, room)
    if room is None or seq is None:
        code = "INVALID_TARGET" if room is None else "UNKNOWN_MSGID"
        no = "There is no such message."
        yield client.at_once(line, Line("FAIL", ("REDACT", code, target, id_, no), HOST))
    else:
        said = deletion(room, seq, client.clock())
        yield c.Delete(room=room, seq=seq, ref=client.ref(line, target, id_, said))
