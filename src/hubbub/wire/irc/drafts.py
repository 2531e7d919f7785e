"""What a client says in a room, before it has a sender and a seq: for the command, and the echo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.events import Deleted, Message, Reaction
from hubbub.wire.irc.format import seq_in
from hubbub.wire.irc.texts import action_of, from_irc

if TYPE_CHECKING:
    from hubbub.wire.irc.line import Line

EMOJI_CHARS_MAX: Final = 32
"""Of a reaction, as in `React`."""


def message(line: Line, room: str, at: int) -> Message:
    """Return the message that a line is, perhaps an answer to another one."""
    done = action_of(line.params[1])
    return Message(
        room=room,
        seq=0,
        prev=0,
        sender="",
        at=at,
        text=from_irc(line.params[1] if done is None else done),
        me=done is not None,
        reply_to=seq_in(line.tags.get("+draft/reply", ""), room),
    )


def reaction(line: Line, room: str, at: int) -> Reaction | None:
    """Return the reaction that a line without text is; None if it is none."""
    seq = seq_in(line.tags.get("+draft/reply", ""), room)
    given, taken = line.tags.get("+draft/react", ""), line.tags.get("+draft/unreact", "")
    emoji = (given or taken)[:EMOJI_CHARS_MAX]
    if seq is None or not emoji:
        return None
    return Reaction(
        room=room, seq=0, prev=0, sender="", at=at, target=seq, emoji=emoji, on=bool(given)
    )


def deletion(room: str, seq: int, at: int) -> Deleted:
    """Return what takes a message back."""
    return Deleted(room=room, seq=0, prev=0, sender="", at=at, target=seq)
