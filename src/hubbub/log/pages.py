"""How many of the messages that were read a page holds; every log shares it."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from hubbub.chat.events import Message, Page, Revision, Revisions
from hubbub.chat.queries import PageQuery, RevisionsQuery

SEQ_MAX = 2**63 - 1

PAGE_BYTES_MAX = 1_048_576
"""Bytes of texts and of names in reactions: a page must fit in its reader's memory."""

REVISIONS_MAX = 100
"""Former texts of one message that are told."""

FILE_BYTES = 400
"""About what is told of a file."""

COUNTED_MAX = 1000
"""Messages are not counted beyond this."""


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


def page_around(query: PageQuery, seq: int, read: Callable[[PageQuery], Page]) -> Page:
    """Return the page around `seq`: half of it older messages and that one, half of it newer ones.

    `read` returns pages of one direction. What is logged between the two comes later than the page.
    """
    older_limit = query.limit // 2 + 1
    older = read(replace(query, around=None, before=min(seq + 1, SEQ_MAX), limit=older_limit))
    upto, limit = older.last + 1, query.limit - older_limit
    newer = read(replace(query, around=None, after=seq, before=upto, limit=limit))
    free = PAGE_BYTES_MAX - sum(map(_weight, older.messages))
    fitting = _fitting(newer.messages, free, least=0)
    return replace(
        older,
        messages=older.messages + newer.messages[:fitting],
        newer=newer.more or fitting < len(newer.messages),
        missing=older.missing + newer.missing,
        count=newer.count,
    )


def _fitting(messages: Iterable[Message], bytes_max: int = PAGE_BYTES_MAX, least: int = 1) -> int:
    """Return how many of `messages` a page holds, but no fewer than `least`."""
    total = count = 0
    for message in messages:
        total += _weight(message)
        if count >= least and total > bytes_max:
            break
        count += 1
    return count


def revisions_of(query: RevisionsQuery, former: Sequence[Revision]) -> Revisions:
    """Return the answer with the newest of the `former` texts of a message, oldest first."""
    kept: list[Revision] = []
    total = 0
    for one in reversed(former[-REVISIONS_MAX:]):
        total += len(one.text.encode())
        if total > PAGE_BYTES_MAX:
            break
        kept.append(one)
    more = len(kept) < len(former)
    return Revisions(room=query.room, seq=query.seq, texts=kept[::-1], more=more)


def _weight(message: Message) -> int:
    names = (len(name.encode()) for given in message.reactions.values() for name in given)
    return len(message.text.encode()) + sum(names) + FILE_BYTES * len(message.files)
