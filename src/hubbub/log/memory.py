"""A log that forgets everything at exit: for tests, and the model that other logs are tested by.

Its coroutines never suspend, so a test may run one by plain `send(None)`.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter

from hubbub.chat.events import AnyLogged, Edited, Message, Page, Topic
from hubbub.chat.fold import target_of
from hubbub.chat.limits import Limits
from hubbub.chat.names import is_direct
from hubbub.chat.queries import Epoch, Head, PageQuery, SearchQuery
from hubbub.log.batch import Batch, in_log_order
from hubbub.log.epochs import begun_at
from hubbub.log.feed import Feed
from hubbub.log.newest import as_it_reads, fitting, newest_of
from hubbub.log.nonces import Posted
from hubbub.log.pages import folded, folded_page
from hubbub.log.port import Log
from hubbub.log.words import phrases_of, words_of

_seq_of = attrgetter("seq")


class MemoryLog(Log):
    """The log as plain lists."""

    def __init__(
        self, *, duplicate_window_seconds: int = Limits().duplicate_window_seconds
    ) -> None:
        self._duplicate_window_seconds = duplicate_window_seconds
        self._epoch = begun_at(0)
        self._last = 0
        self._feeds: list[Feed] = []
        self._tails: dict[str, int] = {}
        self._rooms: dict[str, list[AnyLogged]] = {}
        self._topics: dict[str, str] = {}
        self._messages: list[Message] = []
        self._changes: defaultdict[int, list[AnyLogged]] = defaultdict(list)
        self._posted: dict[str, Posted] = {}

    async def heads(self) -> list[Head]:
        return [
            Head(room=room, first=events[0].seq, last=events[-1].seq, topic=self._topics[room])
            for room, events in self._rooms.items()
        ]

    async def epochs(self) -> list[Epoch]:
        return [self._epoch]

    async def append(self, drafts: Sequence[AnyLogged]) -> list[int]:
        batch = Batch(drafts)
        batch.pass_over_repeats(self._posted, self._duplicate_window_seconds)
        self._last = batch.count(self._last, self._tails)
        self._tails.update(batch.tails)
        self._posted.update({key: Posted(e.seq, e.at) for key, e in batch.posted.items()})
        for room, events in batch.rooms.items():
            self._topics.setdefault(room, "")
            self._rooms.setdefault(room, []).extend(events)
            for event in events:
                self._note(event)
        for feed in self._feeds:
            feed.hand_out(in_log_order(drafts))
        return batch.seqs

    def follow(self) -> Feed:
        feed = Feed()
        self._feeds.append(feed)
        return feed

    def _note(self, event: AnyLogged) -> None:
        if isinstance(event, Message):
            self._messages.append(event)
        elif isinstance(event, Topic):
            self._topics[event.room] = event.text
        target = target_of(event)
        if target is not None:
            self._changes[target].append(event)

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        events = self._rooms.get(room, [])
        later = islice(events, bisect_right(events, after, key=_seq_of), None)
        return fitting(map(self._as_it_reads, later), bytes_max)

    def _as_it_reads(self, event: AnyLogged) -> AnyLogged:
        message = event.target if isinstance(event, Edited) else event.seq
        return as_it_reads(event, newest_of(self._changes.get(message, ())))

    async def page(self, query: PageQuery) -> Page:
        events = self._rooms.get(query.room, [])
        start = 0 if query.after is None else bisect_right(events, query.after, key=_seq_of)
        end = (
            len(events) if query.before is None else bisect_left(events, query.before, key=_seq_of)
        )
        messages = [event for event in events[start:end] if isinstance(event, Message)]
        ascending = query.after is not None
        reach = query.limit + 1
        messages = messages[:reach] if ascending else messages[-reach:]
        return folded_page(
            query.room,
            messages,
            self._changes_of(messages),
            ascending=ascending,
            limit=query.limit,
            last=self._last,
        )

    async def search(self, query: SearchQuery) -> Page:
        phrases = phrases_of(query.words)
        found = [message for message in self._readable(query) if _holds(message.text, phrases)]
        return folded_page(
            query.room, found, (), ascending=False, limit=query.limit, last=self._last
        )

    def _readable(self, query: SearchQuery) -> Iterator[Message]:
        for message in folded(self._messages, self._changes_of(self._messages)):
            if message.deleted or (query.before is not None and message.seq >= query.before):
                continue
            if message.room == query.room or (query.room is None and not is_direct(message.room)):
                yield message

    def _changes_of(self, messages: Sequence[Message]) -> Iterator[AnyLogged]:
        for message in messages:
            yield from self._changes.get(message.seq, ())

    async def close(self) -> None:
        pass  # it holds nothing but memory


def _holds(text: str, phrases: list[tuple[str, ...]]) -> bool:
    """Return whether `text` holds each of `phrases`, whose last words may go on."""
    words = tuple(words_of(text))
    return bool(phrases) and all(
        any(
            words[at : at + len(phrase) - 1] == phrase[:-1]
            and words[at + len(phrase) - 1].startswith(phrase[-1])
            for at in range(len(words) - len(phrase) + 1)
        )
        for phrase in phrases
    )
