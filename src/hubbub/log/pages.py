"""How messages and the events that change them become a page; every log shares it."""

from collections.abc import Iterable

from hubbub.chat.events import AnyLogged, Message, Page
from hubbub.chat.fold import fold, target_of


def folded(messages: Iterable[Message], changes: Iterable[AnyLogged]) -> list[Message]:
    """Return `messages` as they read after `changes`, both ordered by seq."""
    newest = {message.seq: message for message in messages}
    for change in changes:
        target = target_of(change)
        if target is not None and target in newest:
            newest[target] = fold(newest[target], change)
    return list(newest.values())


def folded_page(
    room: str | None,
    messages: list[Message],
    changes: Iterable[AnyLogged],
    *,
    ascending: bool,
    limit: int,
    last: int,
) -> Page:
    """Return the page of `messages`, ordered by seq and read up to one beyond `limit`.

    The one beyond tells that there is more; it is the last in the direction of reading.
    """
    kept = messages[:limit] if ascending else messages[-limit:]
    return Page(room=room, messages=folded(kept, changes), more=len(messages) > limit, last=last)
