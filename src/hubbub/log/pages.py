"""How messages and the events that change them become a page; every log shares it."""

from collections.abc import Iterable

from hubbub.chat.events import AnyLogged, Message, Page
from hubbub.chat.fold import fold, target_of

PAGE_TEXT_BYTES_MAX = 1_048_576


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
    """Return the page of `messages`, ordered by seq and read at least one beyond `limit`.

    What is beyond, in the direction of reading, tells that there is more. A page of long messages
    ends early, at `PAGE_TEXT_BYTES_MAX`: it must fit in its reader's memory.
    """
    kept = folded(messages[:limit] if ascending else messages[-limit:], changes)
    fitting = _fitting(kept if ascending else reversed(kept))
    kept = kept[:fitting] if ascending else kept[len(kept) - fitting :]
    return Page(room=room, messages=kept, more=len(messages) > fitting, last=last)


def _fitting(messages: Iterable[Message]) -> int:
    """Return how many of `messages` a page holds, at least one."""
    total = count = 0
    for message in messages:
        total += len(message.text.encode())
        if count and total > PAGE_TEXT_BYTES_MAX:
            break
        count += 1
    return count
