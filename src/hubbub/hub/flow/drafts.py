"""Drafts on their way to the log: accepted, taken as a batch, then committed or refused.

Drafts are numbered in the order in which they are accepted. If all that wait fit into one batch,
that is the order in which they go. Otherwise senders take turns: whoever has no more waiting than
an equal share of the batch has all of it in the next one, however much others have said. The
drafts of one sender always keep their order.

A fence separates two holders of a name: what concerns the name after the fence waits until all
that was accepted before it is settled. Within one batch the log counts room by room, so only
between batches do seqs say what came first.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from hubbub.chat.events import Entry
from hubbub.chat.queries import Settled
from hubbub.hub.present.room import Room, Session

BATCH_BYTES_MAX = 524_288
"""Bytes committed at once; with it, what one fan-out writes to a member is bounded.

It is half of what a peer may leave unread before the server stops reading from it, so one commit
does not silence a sender that reads its echo a little later.
"""

OBJECT_BYTES = 256
"""About what the objects around a text weigh."""

LISTENERS_MIN = 40
LISTENERS_MAX = 1000
"""A text for more than so many counts as many times in its batch: it is written to each of them.

So nobody waits for more than about 20 MB to be written, which takes some 10 ms. Beyond the larger
number the writes themselves take longer than their bytes, and smaller batches would mean more.
"""

STORING_LISTENERS: Final = 160
"""A text counts as if it had at least so many: to store it takes as long as to write it to them.

So long texts are committed two at a time, and nobody's short one waits for many of them.
"""

NOT_COMMITTED = (
    "Nothing was posted: the server cannot write its log now. Try again in a while; "
    "with the same nonce that is safe."
)
"""What members are told. The cause names the server's folders, and is for its operator."""

NEVER_COMMITTED = (
    "Nothing was posted: the server's log is damaged where this would have to be written. "
    "Whoever runs the server finds the reason in its journal."
)
"""What the sender is told whose draft the log will not take at another time either."""


class Draft(msgspec.Struct, gc=False):
    """An event that is not committed yet, whose it is, and the ref of the command that made it.

    `cost_bytes` is what it takes while it waits, `batch_bytes` what it takes of a batch. `to` is
    the key of the other name if the room is a private one and only that is known of them, else
    empty. `has_many`: whether it has more than `LISTENERS_MIN`. `behind`: see `Say.behind`.
    """

    event: Entry
    session: Session
    ref: str | None
    cost_bytes: int
    batch_bytes: int
    number: int
    to: str
    has_many: bool
    behind: str | None = None


def batch_bytes(text_bytes: int, listeners: int) -> int:
    """Return what a text for so many listeners takes of a batch."""
    counted = STORING_LISTENERS  # nearly always: asked for each message
    if listeners > STORING_LISTENERS:
        counted = min(listeners, LISTENERS_MAX)
    return text_bytes * counted // LISTENERS_MIN + OBJECT_BYTES


def weight(rooms: Mapping[str, Room], events: Sequence[Entry]) -> int:
    """Return about what events take of a batch that are committed already."""
    total = 0
    for event in events:
        room = rooms.get(event.room)
        text = getattr(event, "text", "")
        total += batch_bytes(len(text), 0 if room is None else room.listeners)
    return total


class Drafts:
    """The drafts that wait, the batch in flight, and what is settled.

    All drafts up to number `settled` are settled, and the later ones in `_ahead`. `batches` counts
    the batches that were settled.
    """

    __slots__ = (
        "_ahead",
        "_concerning",
        "_fences",
        "_fresh",
        "_fresh_bytes",
        "_queues",
        "accepted",
        "batches",
        "in_flight",
        "settled",
    )

    def __init__(self) -> None:
        self._fresh: list[Draft] = []
        self._fresh_bytes = 0
        self._queues: dict[object, deque[Draft]] = {}  # by sender; whose turn comes next is first
        self.in_flight: list[Draft] = []
        self._fences: dict[str, int] = {}  # by name: the newest draft before the fence
        # By name: its sessions that have unsettled drafts, and such drafts to it alone.
        self._concerning: dict[str, int] = {}
        self._ahead: set[int] = set()
        self.accepted = 0
        self.settled = 0
        self.batches = 0

    def add(
        self,
        event: Entry,
        session: Session,
        ref: str | None,
        text_bytes: int,
        *,
        to: str = "",
        listeners: int = 0,
    ) -> Draft:
        """Let a draft for so many listeners wait for the next commit; `to`: see `Draft`."""
        cost = text_bytes + OBJECT_BYTES
        batch = batch_bytes(text_bytes, listeners)
        person = session.person
        if not session.pending_bytes:
            self._begin(person.key)
        if to:
            self._begin(to)
        session.pending_bytes += cost
        self.accepted += 1
        person.newest_draft = self.accepted
        person.drafts += 1
        self._fresh_bytes += batch
        has_many = listeners > LISTENERS_MIN
        draft = Draft(event, session, ref, cost, batch, self.accepted, to, has_many)
        self._fresh.append(draft)
        return draft

    @property
    def are_waiting(self) -> bool:
        """Whether there is something to take."""
        return bool(self._fresh or self._queues)

    def concern(self, name: str) -> bool:
        """Return whether drafts by the holder of a name, or to them alone, are not settled yet."""
        return name in self._concerning

    def fence(self, name: str) -> int:
        """Keep what was accepted so far out of the batches of what will concern `name`.

        Returns the number of drafts accepted so far: when `settled` is as high, the fence is gone.
        """
        self._fences[name] = self.accepted
        return self.accepted

    def is_settled(self, number: int) -> bool:
        """Return whether the draft with this number is committed or refused; 0 is no draft."""
        return number <= self.settled or number in self._ahead

    def next_batch(self) -> Settled:
        """Return what a decision asks that waits for a draft to be settled."""
        return Settled(self.batches + 1)

    def take(self, *, for_few: bool = False) -> list[Draft]:
        """Hand over the next batch, in the order of acceptance: about `BATCH_BYTES_MAX` at most.

        One batch is in flight at a time: `settle` it before the next is taken. `for_few`: what has
        many listeners waits, and with it what the same sender said after it; there may be nothing.
        """
        assert not self.in_flight, "two batches in flight would settle in an unknown order"
        some_wait = for_few and any(draft.has_many for draft in self._fresh)
        if some_wait or self._queues or self._fences or self._fresh_bytes > BATCH_BYTES_MAX:
            self._line_up()
            self.in_flight = self._take_turns(for_few=for_few)
        else:
            self.in_flight = self._fresh
        self._fresh, self._fresh_bytes = [], 0
        return self.in_flight

    def _line_up(self) -> None:
        for draft in self._fresh:
            session = draft.session
            sender: object = session.opener if session.is_poster else session.person
            if (queue := self._queues.get(sender)) is None:
                queue = self._queues[sender] = deque()
            queue.append(draft)

    def _take_turns(self, *, for_few: bool) -> list[Draft]:
        """Take all of a fair share of each sender's drafts, then one of each in turn."""

        def waits(draft: Draft) -> bool:
            return (for_few and draft.has_many) or self._is_fenced(draft)

        batch: list[Draft] = []
        total, share = 0, BATCH_BYTES_MAX // max(1, len(self._queues))
        more: deque[object] = deque()
        for sender, queue in self._queues.items():
            left = share
            while queue and queue[0].batch_bytes <= left and not waits(queue[0]):
                left -= queue[0].batch_bytes
                batch.append(queue.popleft())
            total += share - left
            if queue and not waits(queue[0]):
                more.append(sender)
        while more and total < BATCH_BYTES_MAX:
            queue = self._queues.pop(sender := more.popleft())
            total += queue[0].batch_bytes
            batch.append(queue.popleft())
            self._queues[sender] = queue  # to the end: it has had its turn
            if queue and not waits(queue[0]):
                more.append(sender)
        self._queues = {sender: queue for sender, queue in self._queues.items() if queue}
        batch.sort(key=lambda draft: draft.number)
        assert batch or for_few or not self._queues, "the oldest draft is behind no fence"
        return batch

    def _is_fenced(self, draft: Draft) -> bool:
        return any(
            self.settled < fence < draft.number
            for name in (draft.session.person.key, draft.to)
            if (fence := self._fences.get(name)) is not None
        )

    def settle(self) -> None:
        """Count the batch in flight as settled."""
        batch, self.in_flight = self.in_flight, []
        for draft in batch:
            session = draft.session
            session.pending_bytes -= draft.cost_bytes
            if not session.pending_bytes:
                self._end(session.person.key)
            if draft.to:
                self._end(draft.to)
        newest = self.settled + len(batch)
        if batch and batch[-1].number == newest:  # they ascend, so none was left out
            self.settled = newest
        else:
            self._ahead.update(draft.number for draft in batch)
        while self.settled + 1 in self._ahead:
            self.settled += 1
            self._ahead.remove(self.settled)
        if self._fences:
            self._fences = {
                name: fence for name, fence in self._fences.items() if fence > self.settled
            }
        self.batches += 1
        assert self.are_waiting or self.settled == self.accepted

    def _begin(self, name: str) -> None:
        self._concerning[name] = self._concerning.get(name, 0) + 1

    def _end(self, name: str) -> None:
        self._concerning[name] -= 1
        if not self._concerning[name]:
            del self._concerning[name]
