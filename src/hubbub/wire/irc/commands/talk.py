"""Talk: what is said, shown and taken back, in rooms and in private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.rules import REASON_CHARS_MAX
from hubbub.wire.irc.asked import STATUS, Asked
from hubbub.wire.irc.commands.services import SERVICES, serve
from hubbub.wire.irc.drafts import TYPING, client_tags, deletion, message, reaction, signal
from hubbub.wire.irc.format import seq_in
from hubbub.wire.irc.isupport import TARGETS_MAX
from hubbub.wire.irc.line import BODY_BYTES_MAX, LINE_END_BYTES, Line
from hubbub.wire.irc.modes import status_in
from hubbub.wire.irc.names import is_channel, name_of, nick_of, room_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.texts import action_of, is_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client

LISTENERS_MAX: Final = 20
"""To how many of a role one line may speak: each hears it in private."""

OPENING: Final = "opening"
"""What is asked for when a talk of two begins."""


def say(client: Client, line: Line) -> Iterator[Heard]:
    """Speak to rooms and people, with a text or without (`TAGMSG`)."""
    targets = line.params[0].split(",")
    for target in targets[:TARGETS_MAX]:
        if target.lower() in SERVICES and line.command != "TAGMSG":
            yield from serve(client, line, target)
        elif not _fits(client, line, target):
            no = "With your name, this is too long for one line of IRC. Say it in two."
            yield client.at_once(line, client.numeric(N.INPUTTOOLONG, no))
        else:
            yield from say_to(client, line, target)
    if len(targets) > TARGETS_MAX:
        left_out = targets[TARGETS_MAX]
        no = f"Only {TARGETS_MAX} may be spoken to at once: the others were left out."
        yield client.at_once(line, client.numeric(N.TOOMANYTARGETS, left_out or "*", no))


def _fits(client: Client, line: Line, target: str) -> bool:
    """Return whether others can be given a line as it is: it takes the client's name along."""
    relayed = f":{client.source} {line.command} {target} :{line.params[-1]}"
    return len(relayed.encode()) + LINE_END_BYTES <= BODY_BYTES_MAX


def say_to(client: Client, line: Line, target: str) -> Iterator[Heard]:
    """Say something to one room or person; a text may have several lines."""
    text = line.params[1] if len(line.params) > 1 else ""
    if action_of(text) is None and is_request(text):
        yield client.nothing(line)  # what programs ask each other is not for people
        return
    if (status := status_in(target)) is not None:
        yield from _say_to_some(client, line, *status)
        return
    room: str | None = room_of(target).lower()
    if not is_channel(target) and (room := client.conversation(target)) is None:
        if line.command == "TAGMSG" and not client_tags(line):
            yield client.nothing(line)  # nobody opens a private room to say nothing there
            return
        client.asking.opened = None
        yield c.Direct(name=name_of(target), ref=client.ref(line, target, OPENING))
        room = client.asking.opened
    if room is None:
        return  # it was refused
    if line.command == "TAGMSG":
        yield from _gesture(client, line, target, room)
    else:
        said = message(line, room, client.clock())
        yield c.Say(
            room=room,
            text=said.text,
            me=said.me,
            notice=said.notice,
            reply_to=said.reply_to,
            tags=said.tags,
            ref=client.ref(line, target, said=said),
        )


def _say_to_some(client: Client, line: Line, sign: str, channel: str) -> Iterator[Heard]:
    """Say something to those alone who have at least a role in a room: in private, to each."""
    room, client.asking.found = room_of(channel).lower(), ()
    if room in client.rooms and line.command != "TAGMSG":
        asked = Asked(STATUS, channel, client.labelled, sign)
        yield c.Look(room=room, ref=client.asking.ref(asked))
    names, client.asking.found = client.asking.found, ()
    is_quiet = line.command != "PRIVMSG"
    if not 0 < len(names) <= LISTENERS_MAX:
        no = "Nobody else here is meant by that."
        if names:
            no = f"That would be more than {LISTENERS_MAX} people. Speak to some, by their nicks."
        refusal = client.numeric(N.CANNOTSENDTOCHAN, channel, no)
        yield client.nothing(line) if is_quiet else client.at_once(line, refusal)
        return
    for name in names:
        nick, is_first = nick_of(name), name == names[0]
        yield c.Direct(name=name, ref=client.ref(line, nick, OPENING))
        if (talk := client.conversation(nick)) is None:
            continue  # it was refused
        said = message(line, talk, client.clock())
        said.tags = {**said.tags, STATUS: f"{sign}{channel}"}
        # One echo is enough, of what is said to all of them.
        ref = client.ref(line, nick, said=said if is_first else None)
        yield c.Say(
            room=talk, text=said.text, me=said.me, notice=said.notice, tags=said.tags, ref=ref
        )


def _gesture(client: Client, line: Line, target: str, room: str) -> Iterator[Heard]:
    at = client.clock()
    if (given := reaction(line, room, at)) is not None:
        ref = client.ref(line, target, said=given)
        yield c.React(room=room, seq=given.target, emoji=given.emoji, on=given.on, ref=ref)
    elif (said := signal(line, room, at)) is not None:
        yield c.Signal(room=room, tags=said.tags, ref=client.ref(line, target, said=said))
    elif line.tags.get(TYPING) == "active":
        yield c.Typing(room=room, ref=client.ref(line, target))
    else:
        yield client.nothing(line)


def redact(client: Client, line: Line) -> Iterator[Heard]:
    """Take a message back."""
    target, id_ = line.params[:2]
    room = room_of(target).lower() if is_channel(target) else client.conversation(target)
    if room not in client.rooms and room not in client.conversations:
        room = None
    seq = None if room is None else seq_in(id_, room)
    if room is None or seq is None:
        is_nowhere = room is None and is_channel(target)
        why = ("INVALID_TARGET", target) if is_nowhere else ("UNKNOWN_MSGID", target, id_)
        no = "There is no such message."
        yield client.at_once(line, Line("FAIL", ("REDACT", *why, no), client.host))
    else:
        reason = line.params[2][:REASON_CHARS_MAX] if len(line.params) > 2 else ""
        said = deletion(room, seq, reason, client.clock())
        ref = client.ref(line, target, id_, said)
        yield c.Delete(room=room, seq=seq, reason=reason, ref=ref)
