"""When a message is a repeat of one already posted (protocol section 6, promise 3).

A nonce stands for one message of its sender in its room, for as long as the log keeps that. No
clock has a say in it: whatever was away, however long, and whatever time it is now, a repeat is a
repeat.

What was said elsewhere is nobody's here, and whoever said it may have another name there by now. So
its nonce, which the import makes, stands for it in its room alone.
"""

from collections.abc import Callable

from hubbub.chat.events import Entry, Message
from hubbub.chat.names import name_key
from hubbub.chat.queries import PageQuery, PostedAs


def nonce_key(draft: Entry) -> str | None:
    """Return what to look `draft` up by, or None if it asks for no protection from repeats.

    Sender (by id, if they are known), room and nonce in one: a log keeps a key of one text more
    cheaply than one of three.
    """
    if not isinstance(draft, Message) or draft.nonce is None:
        return None
    if draft.imported:
        return f"\n\n{draft.room}\n{draft.nonce}"  # no id is empty
    return _key(draft.sender, draft.person, draft.room, draft.nonce)


def _key(sender: str, person: str, room: str, nonce: str) -> str:
    # No name, id, room or nonce holds a line break, so no id can be taken for a name.
    return f"\n{person}\n{room}\n{nonce}" if person else f"{name_key(sender)}\n{room}\n{nonce}"


def room_of(key: str) -> str:
    """Return the room that a key is of."""
    return key.rsplit("\n", 2)[1]


def looked_up(query: PageQuery, seq_of: Callable[[str], int | None]) -> PageQuery:
    """Return `query` by seq, if it is by nonce; `seq_of` returns where a key was posted."""
    match query.posted_as:
        case PostedAs(sender=sender, nonce=nonce, person=person):
            seq = seq_of(_key(sender, person, query.room, nonce)) or 0  # which no message has
            return PageQuery(room=query.room, after=seq - 1, before=seq + 1, limit=1)
        case None:
            return query
