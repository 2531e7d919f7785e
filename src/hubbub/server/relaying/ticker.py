"""What is committed, told to relays: each keeps a copy of the log, and says how far it is.

What was committed lately is kept, encoded once for all of them. A relay that was away for a moment,
or is started again with the server, goes on from there. One that is further behind, or has a copy
of another history, gets the whole log: what stands of the facts, and every room's events, in the
order of the log. What is committed meanwhile waits, and follows.

A copy is not brought up to date from the log itself: what was cleared or removed left no trace
there that could be told. Of the beginnings of rooms that are kept no longer it does tell, so they
are told to whoever begins to follow.
"""

from __future__ import annotations

import asyncio
from collections import deque
from heapq import heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from hubbub.background import begin
from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import NOTHING, Fact
from hubbub.chat.queries import Epoch, goes_on
from hubbub.faults import faults
from hubbub.server.notes import logger
from hubbub.wire.relay import Kind, encode, encode_committed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from typing import Protocol

    from hubbub.chat.events import AnyLogged, Entry
    from hubbub.chat.queries import Dropped
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
"""A relay that is told the whole log, or is slow, and has so much to apply, has to begin anew."""

AGAIN_SECONDS: Final = 1.0
"""After so long, a log that could not be read is told again."""

_encoder = msgspec.json.Encoder()


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
        self.last = entries[-1].seq
        try:
            parts = parts_of(settled(entries, self._log))
        except Damaged as error:
            logger.warning("relays begin anew", reason=str(error))
            self._forget()
            return
        except Exception as error:  # noqa: BLE001 (a fault of ours: members here go on)
            faults.note("relays begin anew", error)
            self._forget()
            return
        for part in parts:
            _, told = part
            self._recent.append(part)
            self._recent_bytes += len(told)
            self._tell(told)
        while self._recent_bytes > RECENT_BYTES_MAX:
            self._base, told = self._recent.popleft()
            self._recent_bytes -= len(told)

    def _forget(self) -> None:
        """Have all begin anew: what was committed cannot be told."""
        self._base = self.last
        self._recent.clear()
        self._recent_bytes = 0
        for link in list(self._followers):
            link.cut_off()

    def note_dropped(self, dropped: Mapping[str, Dropped]) -> None:
        """Take in that the beginnings of rooms are kept no longer."""
        self._tell(_encode_dropped({room: one.last for room, one in dropped.items()}))

    def _tell(self, told: bytes) -> None:
        for follower in list(self._followers.values()):
            follower.tell(told)

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
        return [told for upto, told in self._recent if upto > last]

    def behind(self, link: Link) -> int | None:
        """Return how many bytes a relay has yet to apply; None if it may lack more than that."""
        follower = self._followers.get(link)
        return None if follower is None else follower.behind

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
        self._is_behind = since is None
        self._waiting: list[bytes] | None = since or []
        self._under_way: deque[int] = deque()
        self._unapplied_bytes = sum(map(len, self._waiting))
        self._may_go_on = asyncio.Event()
        self._task = begin(self._begin(asked), "a relay is not told what it lacks")

    @property
    def behind(self) -> int | None:
        """How many bytes it has yet to apply; None as long as it is told what was before."""
        return None if self._waiting is not None else self._unapplied_bytes

    def tell(self, told: bytes) -> None:
        """Tell what happened, behind all else."""
        self._unapplied_bytes += len(told)
        if self._waiting is not None:
            self._waiting.append(told)
        else:
            self._send(told)
        if self._unapplied_bytes > WAITING_BYTES_MAX:
            logger.warning("a relay is too slow: it begins anew")
            self._link.cut_off()

    def applied(self) -> None:
        """Take in that a part was applied."""
        if self._under_way:
            self._unapplied_bytes -= self._under_way.popleft()
        self._may_go_on.set()

    def stop(self) -> None:
        """Tell nothing more."""
        self._task.cancel()

    def _send(self, told: bytes) -> None:
        self._under_way.append(len(told))
        self._link.say_first(told)

    async def _begin(self, asked: Follow) -> None:
        while True:
            try:
                await self._tell_what_was(asked)
                break
            except LogError as error:
                logger.warning("a relay cannot be told the log for now", reason=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:
                self._link.cut_off()  # it begins anew
                raise
        waiting, self._waiting = self._waiting or [], None
        for told in waiting:
            self._send(told)

    async def _tell_what_was(self, asked: Follow) -> None:
        epochs = await self._log.epochs()
        is_whole = self._is_behind or not goes_on(asked.epochs, asked.last, epochs)
        history = msgspec.json.encode(History(epochs, is_whole))
        self._link.say_first(encode(Kind.HISTORY, 0, history))
        if is_whole:
            await self._tell_whole()
            self._link.say_first(encode(Kind.WHOLE))
        elif dropped := {one.room: one.dropped for one in await self._log.heads() if one.dropped}:
            # Some of it may not have been told yet, so it follows that.
            self.tell(_encode_dropped(dropped))

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
        for _, told in parts_of(batch):
            while len(self._under_way) >= UNDER_WAY_MAX:
                self._may_go_on.clear()
                await self._may_go_on.wait()
            self._unapplied_bytes += len(told)
            self._send(told)


def _encode_dropped(upto: Mapping[str, int]) -> bytes:
    return encode(Kind.DROPPED, 0, msgspec.json.encode(upto))


def parts_of(entries: Sequence[Entry]) -> list[tuple[int, bytes]]:
    """Return what brings entries to a copy, in parts, each with the seq of its last one.

    They are of bounded length, unless an entry is longer.
    """
    parts: list[tuple[int, bytes]] = []
    encoded: list[bytes] = []
    size = 0
    for entry in entries:
        encoded.append(_encoder.encode(entry))
        size += len(encoded[-1])
        if size >= PART_BYTES:
            parts.append((entry.seq, encode_committed(b"[%b]" % b",".join(encoded))))
            encoded, size = [], 0
    if encoded:
        parts.append((entries[-1].seq, encode_committed(b"[%b]" % b",".join(encoded))))
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


async def _readable(log: Log, room: str, after: int, size: int) -> Sequence[AnyLogged]:
    """Return what follows in a room; nothing if all of that is damaged."""
    try:
        return await log.backlog(room, after, size)
    except Damaged:
        return []


async def in_order(log: Log, end: int) -> AsyncIterator[Entry]:
    """Yield all that stands in a log up to the seq `end`, in its order; raises LogError.

    What is damaged is left out.
    """
    facts = [replace(one, expects=None, prev=0) for one in await log.facts() if one.seq <= end]
    rooms = [head.room for head in await log.heads() if head.last]
    size = min(ROOM_BYTES, ROOMS_BYTES // max(1, len(rooms)))
    heap: list[tuple[int, int, Sequence[Entry]]] = []
    if standing := sorted(facts, key=attrgetter("seq")):
        heap.append((standing[0].seq, 0, standing))
    for number, room in enumerate(rooms, 1):
        if events := await _readable(log, room, 0, size):
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
            rest = await _readable(log, rooms[number - 1], entries[-1].seq, size)
        if rest:
            heappush(heap, (rest[0].seq, number, rest))
