"""Reads that go around damage: what can be read is given, what is missing is told, nobody waits.

How it works. A read is done as always, and its result is looked at: a room's events follow one
another by `prev`, and nothing ends early. If it fails for a reason that will not pass
(failures.py), or is not whole, it is done again in steps of one segment. Those that cannot be read
are passed over, and noted (damage.py). Their places come from the index of rooms, which holds no
texts. If the index is damaged as well, what it would lead to counts as missing, until `hubbub check
--repair` has made it anew.

So a reader of a whole log pays for nothing but a look at what it read.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from hubbub.chat.errors import Damaged
from hubbub.chat.events import AnyLogged, Fact, Message, Page, Reaction, Revisions, Stretch
from hubbub.chat.names import is_public
from hubbub.chat.queries import (
    HappenedQuery,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.chat.rules import ROOM, may_be_private
from hubbub.log.calls import only_calls
from hubbub.log.damage import Damage
from hubbub.log.found import marked
from hubbub.log.pages import SEQ_MAX
from hubbub.log.sqlite.facts import (
    closed,
    is_private,
    read_fact,
    read_facts,
    read_private,
    read_seqs,
)
from hubbub.log.sqlite.failures import OF_DAMAGE, lasting
from hubbub.log.sqlite.reader import (
    read_backlog,
    read_happened,
    read_page,
    read_reactions,
    read_revisions,
)
from hubbub.log.sqlite.seals import unsealed
from hubbub.log.sqlite.search import Walk, read_search, read_walk
from hubbub.log.sqlite.timing import read_seqs_at

T = TypeVar("T")

# These read nothing but the index, where what is said and what else happened stands apart.
_OF_ROOM = """
FROM segments WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said =
"""
_SAID_BELOW = "SELECT max(last) <of room> 1 AND last < :seq".replace("<of room>", _OF_ROOM)
_SAID_AFTER = "SELECT min(last) <of room> 1 AND last > :seq".replace("<of room>", _OF_ROOM)
_BELOW = """
SELECT max(last) FROM (
    SELECT max(last) AS last <of room> 1 AND last < :seq
    UNION ALL SELECT max(last) <of room> 0 AND last < :seq
)
""".replace("<of room>", _OF_ROOM)
_AFTER = """
SELECT min(last) FROM (
    SELECT min(last) AS last <of room> 1 AND last > :seq
    UNION ALL SELECT min(last) <of room> 0 AND last > :seq
)
""".replace("<of room>", _OF_ROOM)
_SEALED = """
SELECT '[' || sealed || ']' FROM segments
WHERE last = (SELECT min(last) FROM segments WHERE last >= ?)
"""

_SEALED_OF = """
SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments WHERE last IN (
    SELECT (SELECT min(last) FROM segments WHERE last >= value) FROM json_each(?)
)
"""
_NEWEST = "SELECT max(last) FROM segments"
_REMOVED = "SELECT last FROM removed WHERE name = ?"
_DROPPED = "SELECT last FROM dropped WHERE room_id = (SELECT id FROM rooms WHERE name = ?)"

_segments = msgspec.json.Decoder(list[list[AnyLogged]])


class _Part(NamedTuple):
    """What a room says after `low`, up to and with `high`: of one segment, and perhaps nothing."""

    low: int
    high: int
    may_be_empty: bool = False


def _before(query: PageQuery) -> int:
    return SEQ_MAX if query.before is None else query.before


def attempt(read: Callable[[], T]) -> T | None:
    """Return what `read` returns; None if it meets damage."""
    try:
        return read()
    except (sqlite3.Error, *OF_DAMAGE) as error:
        if lasting(error) is None:
            raise
        return None


class Around:
    """Reads of one connection to a log that may be damaged. What is found goes to `damage`."""

    def __init__(self, connection: sqlite3.Connection, damage: Damage) -> None:
        self._connection = connection
        self._damage = damage

    # Backlogs.

    def backlog(self, room: str, after: int, bytes_max: int, end: int) -> list[AnyLogged]:
        """Return what `read_backlog` does, without what is damaged; `end`: the room's newest seq.

        Empty if nothing after `after` can be read.
        """
        events = attempt(lambda: read_backlog(self._connection, room, after, bytes_max))
        if events is not None and _follow(events, room, after) and (events or after >= end):
            return events
        if self._was_removed(room, end):
            return []
        if after < (dropped := self._dropped(room)):
            return self.backlog(room, dropped, bytes_max, end)
        events = attempt(lambda: self._next_readable(room, after, end)) or []
        cursor = after
        for event in events:
            if event.prev > cursor:
                self._damage.missing(room, self._place(room, cursor), event.prev)
            cursor = event.seq
        if not events and after < end:
            self._damage.missing(room, self._place(room, after), end)
        return events

    def _was_removed(self, room: str, end: int) -> bool:
        """Return whether the room that had this end was removed since it was looked up."""
        row = attempt(lambda: self._connection.execute(_REMOVED, (room,)).fetchone())
        return row is not None and bool(row[0] >= end)

    def _dropped(self, room: str) -> int:
        """Return the newest seq of the room's beginning, if that is kept no longer; else 0."""
        row = attempt(lambda: self._connection.execute(_DROPPED, (room,)).fetchone())
        return int(row[0]) if row is not None else 0

    def _next_readable(self, room: str, after: int, end: int) -> list[AnyLogged]:
        """Return what can be read of the next segment of which anything can."""
        low = after
        while low < end and (high := self._key(_AFTER, room, low)) is not None:
            events = attempt(lambda low=low: read_backlog(self._connection, room, low, 1))  # type: ignore[misc]
            if not events or not _follow(events, room, events[0].prev):
                events = self._bare(room, low, high)
            if events:
                return events
            low = high
        return []

    def _place(self, room: str, after: int) -> int:
        """Return where a segment ends that `after` is in or behind: places have one name each."""
        below = attempt(lambda: self._key(_BELOW, room, after + 1))
        return after if below is None else below

    # Pages.

    def page(self, query: PageQuery, end: int) -> Page:
        """Return what `read_page` does, without what is damaged; `end`: the room's newest seq."""
        page = attempt(lambda: read_page(self._connection, query))
        if query.pinned or query.answers_to is not None:
            return self._single(page, query, end)
        if page is None or not self._is_whole(page, query):
            page = self._in_steps(query, end)
        low, high = query.after or 0, min(_before(query), end + 1) - 1
        if page.more and page.messages:
            if query.after is None:
                low = page.messages[0].prev
            else:
                high = page.messages[-1].seq
        return replace(page, missing=self._damage.within(query.room, low, high))

    def _is_whole(self, page: Page, query: PageQuery) -> bool:
        if not _may_be_shown(page.messages, query.room):
            return False
        if page.more:
            return True
        # A page ends early where the index leads nowhere.
        if query.after is None:
            first = page.messages[0].seq if page.messages else _before(query)
            return attempt(lambda: self._key(_SAID_BELOW, query.room, first)) is None
        last = page.messages[-1].seq if page.messages else query.after
        following = attempt(lambda: self._key(_SAID_AFTER, query.room, last))
        return following is None or query.before is not None

    def _in_steps(self, query: PageQuery, end: int) -> Page:
        """Return a page that is read segment by segment, from where the query begins."""
        room, ascending = query.room, query.after is not None
        found: list[Message] = []
        try:
            for part in self._parts(query, end):
                if len(found) > query.limit:
                    break
                messages = self._messages(room, part)
                found += messages if ascending else reversed(messages)
        except (sqlite3.Error, *OF_DAMAGE) as error:
            if lasting(error) is None:
                raise
            edge = found[-1].seq if found else query.after if ascending else query.before
            low, high = (edge or 0, end) if ascending else (0, (edge or end + 1) - 1)
            self._damage.missing(room, low, max(low, high))
        kept = found[: query.limit]
        messages = kept if ascending else kept[::-1]
        more, last = len(found) > query.limit, self._newest(end)
        return Page(room=room, messages=messages, more=more, last=last)

    def _parts(self, query: PageQuery, end: int) -> Iterator[_Part]:
        room, before = query.room, min(_before(query), end + 1)
        if query.after is not None:
            low = query.after
            while (key := self._key(_SAID_AFTER, room, low)) is not None and low < before - 1:
                yield _Part(low, min(key, before - 1), may_be_empty=key >= before)
                low = key
            return
        high = self._key(_SAID_BELOW, room, before)
        if self._key(_SAID_AFTER, room, before - 1) is not None:  # it may begin below `before`
            yield _Part(high or 0, before - 1, may_be_empty=True)
        while high is not None:
            low = self._key(_SAID_BELOW, room, high) or 0
            yield _Part(low, high)
            high = low or None

    def _messages(self, room: str, part: _Part) -> list[Message]:
        """Return what can be read of a part, in order."""
        low, high, may_be_empty = part
        query = PageQuery(room=room, after=low, before=high + 1, limit=high - low)
        page = attempt(lambda: read_page(self._connection, query))
        if page and _may_be_shown(page.messages, room) and (page.messages or may_be_empty):
            return page.messages
        events = self._bare(room, low, high)
        if not events:
            end = self._key(_SAID_AFTER, room, high - 1) or high
            self._damage.missing(room, self._place(room, end - 1), end)
        return [event for event in events if isinstance(event, Message)]

    def _single(self, page: Page | None, query: PageQuery, end: int) -> Page:
        """Return a page of single messages, those that can be read; none if it is not sound."""
        if page is None or not _may_be_shown(page.messages, query.room):
            self._damage.found(f"answers or pins of '{query.room}' cannot be read")
            return Page(room=query.room, messages=[], more=False, last=self._newest(end))
        return page

    def revisions(self, query: RevisionsQuery) -> Revisions:
        """Return what `read_revisions` does, nothing if any of it is damaged."""
        found = attempt(lambda: read_revisions(self._connection, query))
        return found or Revisions(room=query.room, seq=query.seq, texts=[])

    def happened(self, query: HappenedQuery) -> list[AnyLogged]:
        """Return what `read_happened` does, nothing if any of it is damaged."""
        return attempt(lambda: read_happened(self._connection, query)) or []

    def reactions(self, query: ReactionsQuery) -> list[Reaction]:
        """Return what `read_reactions` does, nothing if any of it is damaged."""
        return attempt(lambda: read_reactions(self._connection, query)) or []

    # Searches.

    def seqs_at(self, query: TimeQuery) -> tuple[int, int]:
        """Return what `read_seqs_at` does; raise Damaged if it meets damage."""
        found = attempt(lambda: read_seqs_at(self._connection, query.at))
        if found is None:
            raise Damaged("The log is damaged, and cannot be searched by dates.")
        return found

    def search(self, query: SearchQuery, windows: int) -> Page:
        """Return what `read_search` does, without what is damaged.

        Raises Damaged if it is the index that is.
        """
        page, answers = self._search(query, windows)
        return page if query.calls is None else only_calls(page, query.calls, answers)

    def _search(self, query: SearchQuery, windows: int) -> tuple[Page, frozenset[int]]:
        found = attempt(lambda: read_search(self._connection, query, windows))
        if found is not None:
            page, walk = found
            is_whole = page.more or len(walk.seqs) == len(page.messages)
            are_rightly_found = all(_may_be_found(one, query) for one in page.messages)
            if is_whole and are_rightly_found and self._are_sealed(page.messages):
                return page, walk.answers
        found_by_index = attempt(lambda: read_walk(self._connection, query, windows))
        if found_by_index is None:
            raise Damaged("The search index of the log is damaged.")
        return self._found(query, found_by_index), found_by_index.answers

    def _are_sealed(self, messages: Sequence[Message]) -> bool:
        """Return whether the segments of messages that were found are what was written."""
        seqs = msgspec.json.encode([message.seq for message in messages]).decode()
        row = attempt(lambda: self._connection.execute(_SEALED_OF, (seqs,)).fetchone())
        return row is not None and attempt(lambda: unsealed(row[0])) is not None

    def _found(self, query: SearchQuery, walk: Walk) -> Page:
        """Return what can be read of what the index says, message by message."""
        seqs = walk.seqs
        found: list[Message] = []
        missing: list[Stretch] = []
        for seq in sorted(seqs[: query.limit]):
            message = self._message(seq)
            if message is None:
                missing.append(Stretch(seq - 1, seq))
            elif _may_be_found(message, query):
                found.append(message)
            else:
                raise Damaged("The search index of the log leads to what it should not.")
        more = len(seqs) > query.limit
        last = self._newest(seqs[0] if seqs else 0)
        reached = None if more else walk.reached
        return Page(
            room=query.room,
            messages=marked(found, query.words),
            more=more,
            last=last,
            missing=missing,
            reached=reached,
        )

    def _message(self, seq: int) -> Message | None:
        """Return one message as it reads now, None if it cannot be read."""
        events = self._row(seq)
        event = next((event for event in events if event.seq == seq), None)
        if event is None:
            return None
        query = PageQuery(room=event.room, after=seq - 1, limit=1)
        page = attempt(lambda: read_page(self._connection, query))
        messages = page.messages if page else [event]
        message = next((one for one in messages if one.seq == seq), None)
        return message if isinstance(message, Message) and _has_text(message) else None

    def messages_of(self, key: int) -> list[Message]:
        """Return the messages of the segment that ends with `key`, as they read now."""
        events = self._row(key)
        if not events or not isinstance(events[-1], Message) or events[-1].seq != key:
            return []
        return self._messages(events[0].room, _Part(events[0].seq - 1, key))

    # Facts.

    def facts(self, prefix: str) -> list[Fact]:
        """Return what `read_facts` does, without the values that are damaged.

        If nothing is appended meanwhile, no rules of private rooms are missing among those of all.
        """
        facts = attempt(lambda: read_facts(self._connection, prefix))
        unled = self._private_rooms() if prefix == ROOM else {}
        for fact in facts or ():
            unled.pop(fact.key, None)
        if facts is not None and not unled:
            return facts
        found = read_seqs(self._connection, prefix)
        for key in unled.keys() - found.keys():
            self._damage.found(f"what stands under '{key}' is not found by its key")
        found = unled | found
        return sorted((self._fact(*one) for one in found.items()), key=attrgetter("key"))

    def _fact(self, key: str, seq: int) -> Fact:
        """Return the fact that the index has under a key, without a value if it cannot be read."""
        fact = attempt(lambda: read_fact(self._connection, seq))
        if fact is None:
            self._damage.found(f"what stands under '{key}' is missing")
            is_public = attempt(lambda: is_private(self._connection, key)) is False
            if may_be_private(key) and not is_public:
                return closed(key, seq)
            return Fact(seq=seq, prev=0, sender="", at=0, key=key)
        if fact.key != key:  # the row has a checksum, so it is right
            self._damage.found(f"what stands under '{fact.key}' is found under '{key}' instead")
        return fact

    def _private_rooms(self) -> dict[str, int]:
        return attempt(lambda: read_private(self._connection)) or {}

    # All.

    def _bare(self, room: str, low: int, high: int) -> list[AnyLogged]:
        """Return what one row says by itself, after `low` and up to `high`.

        Edits have blanked the texts of some messages, and cannot be read. These are left out.
        """
        events = self._row(high)
        if not events or not _follow(events, room, events[0].prev, texts=False):
            return []
        inside = [event for event in events if low < event.seq <= high]
        for event in inside:
            if not _has_text(event):
                self._damage.missing(room, event.prev, event.seq)
        return [event for event in inside if _has_text(event)]

    def _row(self, seq: int) -> list[AnyLogged]:
        """Return the events of the segment that `seq` is in, as they stand; none if damaged."""
        row = attempt(lambda: self._connection.execute(_SEALED, (seq,)).fetchone())
        segments = attempt(lambda: _segments.decode(unsealed(row[0]))) if row else None
        return segments[0] if segments else []

    def _newest(self, least: int) -> int:
        """Return the newest seq of the log, `least` or more."""
        row = attempt(lambda: self._connection.execute(_NEWEST).fetchone())
        return max(least, row[0] or 0) if row else least

    def _key(self, statement: str, room: str, seq: int) -> int | None:
        asked = {"room": room, "seq": seq}
        (key,) = self._connection.execute(statement, asked).fetchone()
        return key if key is None else int(key)


def _follow(events: Sequence[AnyLogged], room: str, after: int, *, texts: bool = True) -> bool:
    """Return whether `events` are what follows `after` in the room, with all `texts`."""
    seq = after
    for event in events:
        begins = event is events[0] and event.prev <= after
        if event.room != room or event.seq <= seq or not (begins or event.prev == seq):
            return False
        seq = event.seq
    return not texts or all(map(_has_text, events))


def _may_be_found(message: Message, query: SearchQuery) -> bool:
    """Return whether the search is about the message's room at all."""
    if not _has_text(message) or message.deleted:
        return False
    if query.room is not None:
        return message.room == query.room
    return is_public(message.room) or message.room in query.private


def _may_be_shown(messages: Sequence[Message], room: str) -> bool:
    return all(message.room == room and _has_text(message) for message in messages)


def _has_text(event: AnyLogged) -> bool:
    """Return whether a message has its text: it has none without the edit that holds it.

    One with files may never have had any.
    """
    return not isinstance(event, Message) or bool(event.text or event.files) or event.deleted
