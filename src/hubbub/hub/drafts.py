"""Drafts on their way to the log: accepted, taken as a batch, then committed or refused.

Drafts are counted in the order in which they were accepted, and settle in that order. A fence
keeps what was accepted before it and what comes after out of the same batch: within one batch the
log counts room by room, so only between batches do seqs say what came first.
"""

from collections.abc import Iterator

import msgspec

from hubbub.chat.events import AnyLogged
from hubbub.hub.room import Session

BATCH_BYTES_MAX = 524_288
"""Text bytes committed at once; with it, what one fan-out writes to a member is bounded.

It is half of what a peer may leave unread before the server stops reading from it, so one commit
does not silence a sender that reads its echo a little later.
"""

OBJECT_BYTES = 256
"""About what the objects around a text weigh."""


class Draft(msgspec.Struct, gc=False):
    """An event that is not committed yet, whose it is, and the ref of the command that made it."""

    event: AnyLogged
    session: Session
    ref: str | None
    cost_bytes: int


class Drafts:
    """The queue of drafts, and how many were ever accepted and settled."""

    __slots__ = ("_fences", "accepted", "in_flight", "settled", "waiting")

    def __init__(self) -> None:
        self.waiting: list[Draft] = []
        self.in_flight: list[Draft] = []
        self._fences: list[int] = []  # counts of accepted drafts, ascending
        self.accepted = 0
        self.settled = 0

    def add(self, event: AnyLogged, session: Session, ref: str | None, text_bytes: int) -> None:
        """Let a draft wait for the next commit."""
        cost = text_bytes + OBJECT_BYTES
        session.pending_bytes += cost
        self.accepted += 1
        self.waiting.append(Draft(event, session, ref, cost))

    def unsettled(self) -> Iterator[Draft]:
        """Yield the drafts that are neither committed nor refused."""
        yield from self.in_flight
        yield from self.waiting

    def fence(self) -> int:
        """Keep what was accepted so far and what comes from now on in different batches.

        Returns how many were accepted so far: when as many are settled, the fence is passed.
        """
        if not self._fences or self._fences[-1] < self.accepted:
            self._fences.append(self.accepted)
        return self.accepted

    def take(self) -> list[Draft]:
        """Hand over the oldest drafts that wait, about `BATCH_BYTES_MAX` of them at the most.

        One batch is in flight at a time: `settle` it before the next is taken.
        """
        assert not self.in_flight, "two batches in flight would settle in an unknown order"
        end = len(self.waiting)
        while self._fences and self._fences[0] <= self.settled:
            del self._fences[0]
        if self._fences:
            end = min(end, self._fences[0] - self.settled)
        total = 0
        for count, draft in enumerate(self.waiting, 1):
            total += draft.cost_bytes
            if total >= BATCH_BYTES_MAX or count == end:
                end = count
                break
        self.in_flight, self.waiting = self.waiting[:end], self.waiting[end:]
        return self.in_flight

    def settle(self) -> None:
        """Count the batch in flight as settled."""
        self.settled += len(self.in_flight)
        self.in_flight = []
        assert self.settled + len(self.waiting) == self.accepted
