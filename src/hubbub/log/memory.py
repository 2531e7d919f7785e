"""A log that forgets everything at exit: for tests, and the model that other logs are tested by.

Its coroutines never suspend, so a test may run one by plain `send(None)`.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import chain, islice
from operator import attrgetter

from msgspec.structs import replace

from hubbub.chat.events import (
    AnyLogged,
    Deleted,
    Edited,
    Entry,
    Fact,
    Message,
    Page,
    Reaction,
    Revision,
    Revisions,
    Topic,
)
from hubbub.chat.facts import Standing
from hubbub.chat.fold import fold, touched_by
from hubbub.chat.leads import is_of_guest, leads_to
from hubbub.chat.names import is_public, name_key
from hubbub.chat.queries import (
    Calls,
    Dropped,
    Drops,
    Epoch,
    HappenedQuery,
    Head,
    Over,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.chat.removal import goes_with, removed_by
from hubbub.chat.rules import ROOM, makes_private
from hubbub.chat.tags import carries, sender_tag, tags_of
from hubbub.chat.words import Phrase, phrases_of, words_of
from hubbub.log.batch import Batch, in_log_order
from hubbub.log.calls import calling
from hubbub.log.damage import Damage
from hubbub.log.epochs import begun_at
from hubbub.log.feed import Feed
from hubbub.log.found import marked
from hubbub.log.newest import as_it_reads, fitting, newer
from hubbub.log.nonces import looked_up, nonce_key
from hubbub.log.pages import COUNTED_MAX, page_around, page_of, revisions_of
from hubbub.log.port import Log

_seq_of = attrgetter("seq")


class MemoryLog(Log):
    """The log as plain lists."""

    def __init__(self) -> None:
        self.damage = Damage("memory")
        self._epoch = begun_at(0)
        self._last = 0
        self._feeds: list[Feed] = []
        self._tails: dict[str, int] = {}
        self._rooms: dict[str, list[AnyLogged]] = {}
        self._topics: dict[str, str] = {}
        self._removed: dict[str, int] = {}
        self._dropped: dict[str, int] = {}
        self._messages: dict[int, Message] = {}
        """By seq, as they read now."""
        self._newest: dict[int, Edited | Deleted] = {}
        self._revisions: dict[int, list[Revision]] = {}
        self._answered: dict[int, str] = {}
        """By the seqs of answers, whom they answer, as tags."""
        self._posted: dict[str, int] = {}
        self._standing = Standing({})
        self._facts: dict[str, Fact] = {}
        self._files: dict[str, tuple[int, str, int]] = {}
        """By id, the seq of the message or 0, the hash and the size."""
        self._loosenings = 0
        self._led: dict[str, dict[str, None]] = {}
        """By what leads to facts, their keys, the oldest first."""
        self._guests: dict[str, None] = {}
        """The keys of the facts of guests, the oldest first."""

    async def heads(self) -> list[Head]:
        heads = [
            Head(
                room=room,
                first=events[0].seq if events else 0,
                last=self._tails[room],
                topic=self._topics[room],
                dropped=self._dropped.get(room, 0),
                removed=self._removed.get(room, 0),
            )
            for room, events in self._rooms.items()
        ]
        gone = ((room, last) for room, last in self._removed.items() if room not in self._rooms)
        return [*heads, *(Head(room, 0, 0, "", removed=last) for room, last in gone)]

    async def epochs(self) -> list[Epoch]:
        return [self._epoch]

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        batch = Batch(drafts)
        for room in batch.removes:
            self._remove(room)
        batch.pass_over_repeats(self._posted)
        self._last = batch.count(self._last, self._tails)
        self._tails.update(batch.tails)
        self._posted.update({key: event.seq for key, event in batch.posted.items()})
        for fact in batch.facts:
            if self._standing.take(fact):
                self._put(fact)
                if room := removed_by(fact):
                    self._clear(room)
        for room, events in batch.rooms.items():
            self._topics.setdefault(room, "")
            self._rooms.setdefault(room, []).extend(events)
            for event in events:
                self._note(event)
        for feed in self._feeds:
            feed.hand_out(in_log_order(drafts))
        return batch.seqs

    def _remove(self, room: str) -> None:
        events = self._rooms.pop(room, None)
        if events is None:
            return
        self._removed[room] = self._tails.pop(room)
        self._loosen({event.seq for event in events})
        del self._topics[room]
        self._dropped.pop(room, None)
        self._forget(events)

    def _forget(self, events: Sequence[AnyLogged]) -> None:
        for event in events:
            self._messages.pop(event.seq, None)
            self._newest.pop(event.seq, None)
            self._revisions.pop(event.seq, None)
            if (key := nonce_key(event)) is not None:
                self._posted.pop(key, None)

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        found = {room: self._drop(room, one) for room, one in over.items()}
        return Drops({room: one for room, one in found.items() if one is not None}, ())

    def _drop(self, room: str, over: Over) -> Dropped | None:
        events = self._rooms.get(room, [])
        kept = next(
            (
                place
                for place, event in enumerate(events)
                if event.at >= over.before and event.seq > over.upto
            ),
            len(events),
        )
        if not kept:
            return None
        gone, self._rooms[room] = events[:kept], events[kept:]
        seqs = {event.seq for event in gone}
        self._loosen(seqs)
        self._forget(gone)
        self._rooms[room] = [
            replace(one, text="") if isinstance(one, Edited) and one.target in seqs else one
            for one in self._rooms[room]
        ]
        self._dropped[room] = gone[-1].seq
        first = self._rooms[room][0].seq if self._rooms[room] else 0
        return Dropped(gone[-1].seq, first)

    async def surplus(self, room: str, messages: int) -> int:
        said = [event.seq for event in self._rooms.get(room, []) if isinstance(event, Message)]
        return said[-messages - 1] if len(said) > messages else 0

    def _loosen(self, seqs: Set[int]) -> None:
        for id_, (seq, hash_, size) in self._files.items():
            if seq in seqs:
                self._files[id_] = (0, hash_, size)
                self._loosenings += 1

    def _clear(self, room: str) -> None:
        """Let nothing stand any more that was said of a room, which is removed."""
        for key in [key for key, fact in self._facts.items() if goes_with(fact, room)]:
            self._standing.seqs.pop(key, None)
            del self._facts[key]

    async def facts(self, prefix: str = "") -> list[Fact]:
        keys = sorted(key for key in self._standing.seqs if key.startswith(prefix))
        return [self._facts[key] for key in keys]

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        return [self._facts[key] for key in keys if key in self._standing.seqs]

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        return [self._facts[key] for key in islice(reversed(self._led.get(lead, {})), limit)]

    def guests(self, limit: int) -> list[Fact]:
        return [self._facts[key] for key in islice(self._guests, limit)]

    def _put(self, fact: Fact) -> None:
        """Keep a fact that takes, and what leads to it."""
        gone = [fact.key]
        if fact.key.endswith("/"):
            gone = [key for key in self._facts if key.startswith(fact.key)]
        for former in filter(None, map(self._facts.get, gone)):
            self._guests.pop(former.key, None)
            for lead in leads_to(former):
                self._led[lead].pop(former.key, None)
        if is_of_guest(fact):
            self._guests[fact.key] = None
        for lead in leads_to(fact):
            self._led.setdefault(lead, {})[fact.key] = None
        self._facts[fact.key] = fact

    def check(self) -> None:
        pass

    async def try_writing(self) -> None:
        pass

    def free_bytes(self) -> int | None:
        return None

    def follow(self) -> Feed:
        feed = Feed()
        self._feeds.append(feed)
        return feed

    def _note(self, event: AnyLogged) -> None:
        match event:
            case Message():
                self._messages[event.seq] = event
                if (answered := self._messages.get(event.reply_to or 0)) is not None:
                    self._answered[event.seq] = _tag_of(answered)
                for file in event.files:
                    self._files[file.id] = (event.seq, file.sha256, file.size)
            case Topic():
                self._topics[event.room] = event.text
            case Edited(target=seq, kept=True) if (
                before := self._messages.get(seq)
            ) is not None and not before.deleted:
                former = Revision(before.edited or before.at, before.text)
                self._revisions.setdefault(seq, []).append(former)
            case Deleted(target=seq):
                self._revisions.pop(seq, None)
                if not self._messages[seq].deleted:
                    self._fold_into(self._messages[seq].reply_to, event)
        self._fold_into(touched_by(event), event)
        if isinstance(event, Edited | Deleted):
            self._newest[event.target] = newer(self._newest.get(event.target), event)
            if isinstance(event, Deleted):
                self._loosen({event.target})

    def _fold_into(self, touched: int | None, event: AnyLogged) -> None:
        if touched is not None and touched in self._messages:
            self._messages[touched] = fold(self._messages[touched], event)

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        events = self._rooms.get(room, [])
        later = islice(events, bisect_right(events, after, key=_seq_of), None)
        return fitting((as_it_reads(event, self._newest) for event in later), bytes_max)

    @property
    def _newest_seq(self) -> int:
        """The newest seq of what people can see."""
        ends = (self._tails[room] for room in self._rooms)
        return max(*ends, *self._removed.values(), 0, 0)

    async def page(self, query: PageQuery) -> Page:
        if query.around is not None:
            return page_around(query, query.around, self._page)
        return self._page(looked_up(query, self._posted.get))

    def _page(self, query: PageQuery) -> Page:
        events = self._rooms.get(query.room, [])
        start = 0 if query.after is None else bisect_right(events, query.after, key=_seq_of)
        end = (
            len(events) if query.before is None else bisect_left(events, query.before, key=_seq_of)
        )
        seqs = [
            event.seq
            for event in events[start:end]
            if isinstance(event, Message) and self._is_asked_for(event.seq, query)
        ]
        ascending = query.after is not None
        reach = query.limit + 1
        messages = [self._messages[seq] for seq in (seqs[:reach] if ascending else seqs[-reach:])]
        page = page_of(
            query.room, messages, ascending=ascending, limit=query.limit, last=self._newest_seq
        )
        counted = min(len(seqs), COUNTED_MAX) if query.counts and ascending else None
        return replace(page, count=counted)

    def _is_asked_for(self, seq: int, query: PageQuery) -> bool:
        message = self._messages[seq]
        if query.answers_to is not None:
            return message.reply_to == query.answers_to and not message.deleted
        return message.pinned or not query.pinned

    async def revisions(self, query: RevisionsQuery) -> Revisions:
        return revisions_of(query, self._revisions.get(query.seq, []))

    async def happened(self, query: HappenedQuery) -> list[AnyLogged]:
        """Return what was logged in a room besides messages, edits and deletions, in order."""
        found: list[AnyLogged] = [
            event
            for event in self._rooms.get(query.room, [])
            if query.after < event.seq < query.before
            and not isinstance(event, Message | Edited | Deleted)
        ]
        return found[-query.limit :] if query.newest else found[: query.limit]

    async def reactions(self, query: ReactionsQuery) -> list[Reaction]:
        standing: dict[tuple[int, str, str], Reaction] = {}
        for event in self._rooms.get(query.room, []):
            if isinstance(event, Reaction) and event.target in query.targets:
                key = (event.target, event.emoji, name_key(event.sender))
                standing.pop(key, None)
                message = self._messages.get(event.target)
                if event.on and message is not None and not message.deleted:
                    standing[key] = event
        return [event for event in standing.values() if event.person == query.person]

    async def holder(self, file: str) -> tuple[str, int] | None:
        seq, _, _ = self._files.get(file, (0, "", 0))
        return (self._messages[seq].room, seq) if seq else None

    async def was_said(self, file: str) -> bool:
        """Return whether the file is, or was, in a message, and its bytes are here."""
        return file in self._files

    async def stored(self) -> dict[str, int]:
        sizes: Counter[str] = Counter()
        for seq, _, size in self._files.values():
            if seq:
                sizes[self._messages[seq].room] += size
        return dict(sizes)

    @property
    def loosenings(self) -> int:
        """How many files have lost their messages."""
        return self._loosenings

    async def loose(self) -> list[str]:
        return [hash_ for seq, hash_, _ in self._files.values() if not seq]

    async def held(self, hashes: Sequence[str]) -> set[str]:
        return {hash_ for seq, hash_, _ in self._files.values() if seq} & set(hashes)

    async def forget_loose(self, hashes: Sequence[str]) -> None:
        gone = [id_ for id_, (seq, hash_, _) in self._files.items() if not seq and hash_ in hashes]
        for id_ in gone:
            del self._files[id_]

    @property
    def search_seconds(self) -> float:
        """Return 0: nothing but the event loop is waited for."""
        return 0.0

    async def search(self, query: SearchQuery, windows: int) -> Page:  # noqa: ARG002 (all are one)
        if query.calls is None:
            found = [message for message in self._readable(query) if _matches(message, query)]
            found = marked(found, query.words)
        else:
            found = self._calling(query, query.calls)
        return page_of(
            query.room,
            found,
            ascending=False,
            limit=query.limit,
            last=self._newest_seq,
        )

    def _calling(self, query: SearchQuery, calls: Calls) -> list[Message]:
        found = [one for one in self._readable(query) if _tag_of(one) != calls.tag]
        answers = {one.seq for one in found if self._answered.get(one.seq) == calls.tag}
        return calling(found, calls, answers)

    async def seqs_at(self, query: TimeQuery) -> tuple[int, int]:
        events = chain(*self._rooms.values())
        seq = min((one.seq for one in events if one.at >= query.at), default=self._last + 1)
        return seq, seq

    def _readable(self, query: SearchQuery) -> Iterator[Message]:
        for message in self._messages.values():
            if message.deleted or message.seq <= query.after:
                continue
            if query.before is not None and message.seq >= query.before:
                continue
            if message.room == query.room or (
                query.room is None and self._is_across(message.room, query)
            ):
                yield message

    def _is_across(self, room: str, query: SearchQuery) -> bool:
        """Return whether a search across rooms finds what stands in a room."""
        if not is_public(room):
            return room in query.private
        key = ROOM + room
        is_private = key in self._standing.seqs and makes_private(self._facts[key])
        return not is_private or room in query.private

    async def close(self) -> None:
        pass  # it holds nothing but memory


def _tag_of(message: Message) -> str:
    return sender_tag(message.sender, message.person)


def _matches(message: Message, query: SearchQuery) -> bool:
    """Return whether a message is by one of those, has all of that in it, and holds each phrase."""
    phrases = phrases_of(query.words)
    if not (phrases or query.senders or query.contents or query.is_about_all):
        return False
    tags = tags_of(message.text, message.sender, message.person, has_file=bool(message.files))
    words = tuple(words_of(message.text))
    return carries(tags, query.senders, query.contents) and all(
        any(_stands(words[at:], phrase) for at in range(len(words))) for phrase in phrases
    )


def _stands(words: tuple[str, ...], phrase: Phrase) -> bool:
    """Return whether `words` begin with a phrase, whose last word may go on."""
    *front, last = phrase.words
    if len(words) <= len(front) or list(words[: len(front)]) != front:
        return False
    return words[len(front)].startswith(last) if phrase.goes_on else words[len(front)] == last
