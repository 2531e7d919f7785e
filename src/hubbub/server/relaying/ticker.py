"""What is committed, told to relays: each keeps a copy of the log, and says how far it is.

What was committed lately is kept, encoded once for all of them. A relay that was away for a moment,
or is started again with the server, goes on from there. One that is further behind, or has a copy
of another history, gets the whole log: what stands of the facts, and every room's events, in the
order of the log. What is committed meanwhile waits, and follows.

A copy is not brought up to date from the log itself: what was cleared or removed left no trace
there that could be told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from heapq import heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from msgspec.structs import replace

from hubbub.chat.errors import LogError
from hubbub.chat.events import NOTHING, Fact
from hubbub.chat.queries import Epoch
from hubbub.wire.relay import Kind, encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from typing import Protocol

    from hubbub.chat.events import Entry
    from hubbub.log.port import Log

    class Link(Protocol):
        """A link to a relay."""

        def say_first(self, word: bytes) -> None:
            """Send a message, before anything that members are told from now on."""

        def cut_off(self) -> None:
            """End the link at once."""


RECENT_BYTES_MAX: Final = 16_777_216
PART_BYTES: Final = 262_144
ROOM_BYTES: Final = 65_536
"""What is read of a room at a time, while a whole log is told."""

ROOMS_BYTES: Final = 16_777_216
"""What is held of all rooms together, as far as there is more than an event of each."""

UNDER_WAY_MAX: Final = 16
"""Parts of a whole log that a relay has not applied yet."""

WAITING_BYTES_MAX: Final = 67_108_864
"""A relay that is told the whole log, or is slow, and has so much waiting, has to begin anew."""

_encoder = msgspec.json.Encoder()
logger = structlog.get_logger()


class Follow(msgspec.Struct, frozen=True):
    """What the `relay` of this name has: up to which seq, of which history."""

    relay: str
    last: int
    epochs: list[Epoch]


class History(msgspec.Struct, frozen=True):
    """What it gets: what follows that, or the `whole` log, of this history."""

    epochs: list[Epoch]
    whole: bool


class Ticker:
    """Tells relays what `log` has, and what is committed after `last`."""

    def __init__(self, log: Log, last: int) -> None:
        self._log = log
        self._base = self.last = last
        self._recent: deque[tuple[int, bytes]] = deque()
        self._recent_bytes = 0
        self._followers: dict[Link, _Follower] = {}

    def note(self, entries: Sequence[Entry]) -> None:
        """Take in what was committed, in the order of the log; call it before the next commit."""
        for part in parts_of(settled(entries, self._log)):
            _, encoded = part
            self._recent.append(part)
            self._recent_bytes += len(encoded)
            for follower in list(self._followers.values()):
                follower.tell(encoded)
        self.last = entries[-1].seq
        while self._recent_bytes > RECENT_BYTES_MAX:
            self._base, encoded = self._recent.popleft()
            self._recent_bytes -= len(encoded)

    def follow(self, link: Link, asked: Follow) -> None:
        """Tell a relay what it lacks, and then all that is committed.

        If it has another link, that one is lost, and we have yet to hear of it.
        """
        self.leave(link)
        for other in [one for one, it in self._followers.items() if it.relay == asked.relay]:
            other.cut_off()
        self._followers[link] = _Follower(
            link, self._log, asked, self._since(asked.last), self.last
        )

    def _since(self, last: int) -> list[bytes] | None:
        if not self._base <= last <= self.last:
            return None
        return [encoded for upto, encoded in self._recent if upto > last]

    def applied(self, link: Link) -> None:
        """Take in that a relay has applied a part."""
        if link in self._followers:
            self._followers[link].applied()

    def leave(self, link: Link) -> None:
        """Tell a relay nothing more."""
        if (follower := self._followers.pop(link, None)) is not None:
            follower.stop()


class _Follower:
    """One relay. `since`: what was committed after what it has, if that is known; up to `end`."""

    def __init__(
        self, link: Link, log: Log, asked: Follow, since: list[bytes] | None, end: int
    ) -> None:
        self._link = link
        self._log = log
        self.relay = asked.relay
        self._end = end
        self._is_whole = since is None
        self._waiting: list[bytes] | None = since or []
        self._waiting_bytes = 0
        self._under_way = 0
        self._may_go_on = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._begin(asked))

    def tell(self, encoded: bytes) -> None:
        """Tell what was committed, behind all else."""
        self._waiting_bytes += len(encoded)
        if self._waiting is not None:
            self._waiting.append(encoded)
        else:
            self._send(encoded)
        if self._waiting_bytes > WAITING_BYTES_MAX:
            logger.warning("a relay is too slow: it begins anew")
            self._link.cut_off()

    def applied(self) -> None:
        """Take in that a part was applied."""
        self._under_way -= 1
        if not self._under_way and self._waiting is None:
            self._waiting_bytes = 0
        self._may_go_on.set()

    def stop(self) -> None:
        """Tell nothing more."""
        self._task.cancel()

    def _send(self, encoded: bytes) -> None:
        self._under_way += 1
        self._link.say_first(encode(Kind.COMMITTED, 0, encoded))

    async def _begin(self, asked: Follow) -> None:
        try:
            epochs = await self._log.epochs()
            is_whole = self._is_whole or asked.epochs != epochs[: len(asked.epochs)]
            history = msgspec.json.encode(History(epochs, is_whole))
            self._link.say_first(encode(Kind.HISTORY, 0, history))
            if is_whole:
                await self._tell_whole()
                self._link.say_first(encode(Kind.WHOLE))
        except LogError as error:
            logger.warning("a relay cannot be told the log; it begins anew", reason=str(error))
            self._link.cut_off()
            return
        waiting, self._waiting = self._waiting or [], None
        for encoded in waiting:
            self._send(encoded)

    async def _tell_whole(self) -> None:
        batch: list[Entry] = []
        size = 0
        async for entry in in_order(self._log, self._end):
            batch.append(entry)
            size += len(entry.value) if isinstance(entry, Fact) else 100
            size += len(getattr(entry, "text", ""))
            if size >= PART_BYTES:
                await self._send_parts(batch)
                batch, size = [], 0
        await self._send_parts(batch)

    async def _send_parts(self, batch: Sequence[Entry]) -> None:
        for _, encoded in parts_of(batch):
            while self._under_way >= UNDER_WAY_MAX:
                self._may_go_on.clear()
                await self._may_go_on.wait()
            self._send(encoded)


def parts_of(entries: Sequence[Entry]) -> list[tuple[int, bytes]]:
    """Return entries encoded in parts of bounded length, each with the seq of its last one."""
    parts: list[tuple[int, bytes]] = []
    encoded: list[bytes] = []
    size = 0
    for entry in entries:
        encoded.append(_encoder.encode(entry))
        size += len(encoded[-1])
        if size >= PART_BYTES:
            parts.append((entry.seq, b"[%b]" % b",".join(encoded)))
            encoded, size = [], 0
    if encoded:
        parts.append((entries[-1].seq, b"[%b]" % b",".join(encoded)))
    return parts


def settled(entries: Sequence[Entry], log: Log) -> list[Entry]:
    """Return what was just committed, with what became of facts that may not have taken.

    A copy may lack what they were compared with: something else stands there by then.
    """
    facts = [entry for entry in entries if isinstance(entry, Fact)]
    if not facts:
        return list(entries)
    newest = {fact.key: fact for fact in facts}
    compared = {fact.key for fact in facts if fact.expects is not None}
    standing = {fact.key: fact.seq for fact in log.look_up(list(compared))}

    def _settled(fact: Fact) -> Fact | None:
        value = fact.value
        if fact.key in compared and fact.seq != standing.get(fact.key):
            if fact.key in standing or fact is not newest[fact.key]:
                return None
            value = NOTHING
        return replace(fact, value=value, expects=None, prev=0)

    told: list[Entry] = []
    for entry in entries:
        if isinstance(entry, Fact):
            if (fact := _settled(entry)) is not None:
                told.append(fact)
        else:
            told.append(entry)
    return told


async def in_order(log: Log, end: int) -> AsyncIterator[Entry]:
    """Yield all that stands in a log up to the seq `end`, in its order; raises LogError."""
    facts = [replace(one, expects=None, prev=0) for one in await log.facts() if one.seq <= end]
    rooms = [head.room for head in await log.heads() if head.last]
    size = min(ROOM_BYTES, ROOMS_BYTES // max(1, len(rooms)))
    heap: list[tuple[int, int, Sequence[Entry]]] = []
    if standing := sorted(facts, key=attrgetter("seq")):
        heap.append((standing[0].seq, 0, standing))
    for number, room in enumerate(rooms, 1):
        if events := await log.backlog(room, 0, size):
            heappush(heap, (events[0].seq, number, events))
    while heap and heap[0][0] <= end:
        _, number, entries = heappop(heap)
        until = min(end, heap[0][0] if heap else end)
        place = 0
        while place < len(entries) and entries[place].seq <= until:
            yield entries[place]
            place += 1
        rest = entries[place:]
        if not rest and number:
            rest = await log.backlog(rooms[number - 1], entries[-1].seq, size)
        if rest:
            heappush(heap, (rest[0].seq, number, rest))
