"""Who goes first among those who wait for the same thing: a queue with fair turns, and no clock.

How it works (start-time fair queueing: Goyal, Vin, Cheng 1996). Parties form a tree, such as
everybody → an address → a connection. A party's *tag* is what it has used, as seen by its siblings:
at each level the lowest tag goes first, and what a turn cost is charged to the party and to all
above it once it is known. So siblings that always wait get the same share of their parent's turns,
however expensive each of theirs is, and one that uses less than its share hardly waits.

A new party starts where those stand that are served now, its parent's `virtual` time. A party that
was quiet is not owed all that it did not use, or a crowd of sleepers could keep everybody waiting
when it wakes up: its tag follows `credit` behind.

What holds at all times: a party is in its parent's heap if something waits in it, perhaps under an
older tag, which was lower. Both are seen to when it comes to the front.
"""

import itertools
from heapq import heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


class Party(Generic[T]):
    """One of those who wait, or all of those below it. Nothing waits in a party that has others."""

    __slots__ = ("heap", "is_queued", "items", "parent", "tag", "virtual", "waiting")

    def __init__(self, parent: "Party[T] | None") -> None:
        self.parent = parent
        self.virtual = 0.0
        """The highest tag at which a party below has had a turn."""
        self.tag = 0.0 if parent is None else parent.virtual
        self.waiting = 0
        """How much waits here and below."""
        self.items: dict[T, None] = {}
        self.heap: list[tuple[float, int, Party[T]]] = []
        self.is_queued = False


class FairQueue(Generic[T]):
    """What waits, each thing once, in fair order. Tags, costs and `credit` are in one unit."""

    def __init__(self, credit: float) -> None:
        self._credit = credit
        self._order = itertools.count()  # among equal tags, whoever came first
        self.everybody: Party[T] = Party(None)

    def __len__(self) -> int:
        return self.everybody.waiting

    def put(self, party: Party[T], item: T) -> None:
        """Let `item` wait for a turn of `party`."""
        assert item not in party.items, "it waits already"
        party.items[item] = None
        while (parent := party.parent) is not None:
            if not party.waiting:
                party.tag = max(party.tag, parent.virtual - self._credit)
            party.waiting += 1
            self._queue(party, parent)
            party = parent
        party.waiting += 1

    def _queue(self, party: Party[T], parent: Party[T]) -> None:
        if not party.is_queued:
            party.is_queued = True
            heappush(parent.heap, (party.tag, next(self._order), party))

    def take(self) -> tuple[Party[T], T]:
        """Return whose turn it is, and what of theirs has waited longest; something must wait."""
        party = self.everybody
        while not party.items:
            first = self._take_first(party)
            party.virtual = max(party.virtual, first.tag)
            if first.waiting > 1:
                self._queue(first, party)  # behind those that have used as much
            party = first
        item = next(iter(party.items))
        self.discard(party, item)
        return party, item

    def _take_first(self, party: Party[T]) -> Party[T]:
        while True:
            tag, _, first = heappop(party.heap)
            first.is_queued = False
            if first.waiting and tag == first.tag:
                return first
            if first.waiting:
                self._queue(first, party)

    def discard(self, party: Party[T], item: T) -> None:
        """Let `item` wait no more."""
        del party.items[item]
        above: Party[T] | None = party
        while above is not None:
            above.waiting -= 1
            above = above.parent

    def charge(self, party: Party[T], cost: float) -> None:
        """Charge what a turn of `party` cost to it and to all above it."""
        above: Party[T] | None = party
        while above is not None:
            above.tag += cost
            above = above.parent
