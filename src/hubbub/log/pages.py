"""How many of the messages that were read a page holds; every log shares it."""

from collections.abc import Iterable, Sequence

from hubbub.chat.events import Message, Page

PAGE_BYTES_MAX = 1_048_576
"""Bytes of texts and of names in reactions: a page must fit in its reader's memory."""


def page_of(
    room: str | None,
    messages: Sequence[Message],
    *,
    ascending: bool,
    limit: int,
    last: int,
    is_cut: bool = False,
) -> Page:
    """Return the page of `messages`, ordered by seq and read in one of two directions.

    At least one beyond `limit` was read, if there is one: it tells that there is more. So does
    `is_cut`: those beyond were left out, because what was read is enough for a page.
    """
    kept = messages[:limit] if ascending else messages[-limit:]
    fitting = _fitting(kept if ascending else reversed(kept))
    kept = kept[:fitting] if ascending else kept[len(kept) - fitting :]
    more = is_cut or len(messages) > fitting
    return Page(room=room, messages=list(kept), more=more, last=last)


def _fitting(messages: Iterable[Message]) -> int:
    """Return how many of `messages` a page holds, at least one."""
    total = count = 0
    for message in messages:
        total += _weight(message)
        if count and total > PAGE_BYTES_MAX:
            break
        count += 1
    return count


def _weight(message: Message) -> int:
    names = (len(name.encode()) for given in message.reactions.values() for name in given)
    return len(message.text.encode()) + sum(names)
