"""How later events change a message: the one definition that pages and replicas share."""

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message, Reaction
from hubbub.chat.names import same_name


def target_of(event: AnyLogged) -> int | None:
    """Return the seq of the message that `event` changes, or None if it changes none."""
    return event.target if isinstance(event, Edited | Deleted | Reaction) else None


def fold(message: Message, event: AnyLogged) -> Message:
    """Return `message` as it reads after `event`, a later event that targets it."""
    if message.deleted:
        return message
    match event:
        case Edited():
            edits = event.edits if event.edits > 1 else 0
            return replace(message, text=event.text, edited=event.at, edits=edits)
        case Deleted():
            return replace(message, text="", deleted=True, reactions={})
        case Reaction():
            given = message.reactions.get(event.emoji, [])
            names = [name for name in given if not same_name(name, event.sender)]
            if event.on:
                names.append(event.sender)
            reactions = {**message.reactions, event.emoji: names}
            if not names:
                del reactions[event.emoji]
            return replace(message, reactions=reactions)
        case _:
            return message
