"""What a client says in a room, before it has a sender and a seq: for the command, and the echo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hubbub.chat.events import Deleted, Message, Reaction, Signal, Topic
from hubbub.wire.irc.format import CONCAT, REPLY, seq_in
from hubbub.wire.irc.texts import action_of, from_irc

if TYPE_CHECKING:
    from hubbub.wire.irc.line import Line

EMOJI_CHARS_MAX: Final = 32
"""Of a reaction, as in `React`."""

TYPING: Final = "+typing"
_NAME: Final = re.compile(r"\+[A-Za-z0-9./-]{1,128}")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def message(line: Line, room: str, at: int) -> Message:
    """Return the message that a line is, perhaps an answer to another one."""
    done = action_of(line.params[1])
    reply_to = seq_in(line.tags.get(REPLY, ""), room)
    tags = client_tags(line)
    if reply_to is not None:
        del tags[REPLY]
    if CONCAT in line.tags:
        tags[CONCAT] = line.tags[CONCAT]
    return Message(
        room=room,
        seq=0,
        prev=0,
        sender="",
        at=at,
        text=from_irc(line.params[1] if done is None else done),
        me=done is not None,
        notice=line.command == "NOTICE",
        reply_to=reply_to,
        tags=tags,
    )


def client_tags(line: Line) -> dict[str, str]:
    """Return what a client adds for the programs of others, but that its user is writing."""
    return {
        name: _CONTROLS.sub("", value)
        for name, value in line.tags.items()
        if name != TYPING and _NAME.fullmatch(name)
    }


def reaction(line: Line, room: str, at: int) -> Reaction | None:
    """Return the reaction that a line without text is; None if it is none."""
    seq = seq_in(line.tags.get(REPLY, ""), room)
    given, taken = line.tags.get("+draft/react", ""), line.tags.get("+draft/unreact", "")
    emoji = (given or taken)[:EMOJI_CHARS_MAX]
    if seq is None or not emoji:
        return None
    return Reaction(
        room=room, seq=0, prev=0, sender="", at=at, target=seq, emoji=emoji, on=bool(given)
    )


def signal(line: Line, room: str, at: int) -> Signal | None:
    """Return what a line without text says to programs; None if that is nothing."""
    if not (tags := client_tags(line)):
        return None
    return Signal(room=room, seq=0, prev=0, sender="", at=at, tags=tags)


def deletion(room: str, seq: int, reason: str, at: int) -> Deleted:
    """Return what takes a message back."""
    return Deleted(room=room, seq=0, prev=0, sender="", at=at, target=seq, reason=reason)


def topic(room: str, text: str, at: int) -> Topic:
    """Return what gives a room a topic."""
    return Topic(room=room, seq=0, prev=0, sender="", at=at, text=text)
