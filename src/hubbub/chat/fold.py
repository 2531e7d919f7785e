"""How later events change a message: the one definition that pages and replicas share."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message, Pinned, Reaction
from hubbub.chat.events.logged import NO_REACTIONS, NO_TAGS
from hubbub.chat.names import same_name


def target_of(event: AnyLogged) -> int | None:
    """Return the seq of the message that `event` changes, or None if it changes none."""
    return event.target if isinstance(event, Edited | Deleted | Reaction | Pinned) else None


def touched_by(event: AnyLogged) -> int | None:
    """Return the seq of the message that pages show otherwise after `event`, or None.

    An answer touches what it answers: it is counted there.
    """
    return event.reply_to if isinstance(event, Message) else target_of(event)


def fold(message: Message, event: AnyLogged) -> Message:
    """Return `message` as it reads after `event`, a later event that touches it.

    An answer to it counts; if `event` deletes that, it does not any more.
    """
    if isinstance(event, Message):
        return message if event.deleted else replace(message, replies=message.replies + 1)
    if isinstance(event, Deleted) and event.target != message.seq:
        return replace(message, replies=max(message.replies - 1, 0))
    return message if message.deleted else _changed(message, event)


def _changed(message: Message, event: AnyLogged) -> Message:
    match event:
        case Edited():
            edits = event.edits if event.edits > 1 else 0
            return replace(message, text=event.text, edited=event.at, edits=edits, tags=NO_TAGS)
        case Deleted():
            return replace(
                message,
                text="",
                deleted=True,
                reactions=NO_REACTIONS,
                pinned=False,
                files=(),
                tags=NO_TAGS,
            )
        case Reaction():
            return replace(message, reactions=_reacted(message.reactions, event))
        case Pinned():
            return replace(message, pinned=event.on)
    return message


def _reacted(
    reactions: Mapping[str, Sequence[str]], event: Reaction
) -> Mapping[str, Sequence[str]]:
    given = reactions.get(event.emoji, [])
    names = [name for name in given if not same_name(name, event.sender)]
    if event.on:
        names.append(event.sender)
    changed = {**reactions, event.emoji: names}
    if not names:
        del changed[event.emoji]
    return changed or NO_REACTIONS
