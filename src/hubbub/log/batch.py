"""Which drafts of a batch are committed, and how they are counted; every log shares it.

Seqs are given room by room: what a room gets at once stands, and can be kept, together. Facts come
first, so what is known of people is known before what they say. So what is said to a room in the
batch that removes it is said to the next one of that name.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import cast

from hubbub.chat.events import AnyLogged, Entry, Fact, Message
from hubbub.chat.names import SYSTEM_ROOM
from hubbub.chat.removal import removed_by
from hubbub.log.nonces import nonce_key

_seq_of = attrgetter("seq")


def in_log_order(drafts: Sequence[Entry]) -> list[Entry]:
    """Return those of `drafts` that were committed, as the log counts them."""
    committed = [draft for draft in drafts if draft.seq]
    committed.sort(key=_seq_of)
    return committed


class Batch:
    """Drafts that are appended at once, without the repeats among them."""

    def __init__(self, drafts: Sequence[Entry]) -> None:
        self._drafts = drafts
        # By their places among the drafts; most have none, so a call for each would cost more.
        self._keys = {
            place: key
            for place, draft in enumerate(drafts)
            if type(draft) is Message
            and draft.nonce is not None
            and (key := nonce_key(draft)) is not None
        }
        self._repeats: dict[int, Entry | int] = {}
        self.facts: list[Fact] = []
        self.rooms: dict[str, list[AnyLogged]] = {}
        """What is to be committed, each room's in order."""
        self.posted: dict[str, Entry] = {}
        """By nonce, what is to be committed that has one."""
        self.files: list[Message] = []
        """Of these, the messages with files."""
        facts = [draft for draft in drafts if draft.room == SYSTEM_ROOM]
        self.removes = [room for fact in facts if (room := removed_by(fact))]
        """The rooms that are removed, before anything else of the batch is done."""

    @property
    def keys(self) -> list[str]:
        """What to look up before `pass_over_repeats`."""
        return [*self._keys.values()]

    def pass_over_repeats(self, known: Mapping[str, int]) -> None:
        """Sort the drafts by room, except those whose nonce came up before or has a `known` seq.

        What was posted to an earlier room of the name must not be known.
        """
        for place, key in self._keys.items():
            posted = self.posted.get(key) or known.get(key)
            if posted is None:
                self.posted[key] = self._drafts[place]
            else:
                self._repeats[place] = posted
        rooms: dict[str, list[Entry]] = {}
        if self._repeats:  # in the order in which a log would count them that drops repeats later
            rooms = {draft.room: [] for draft in self._drafts}
        for draft in self._fresh():
            events = rooms.get(draft.room)
            if events is None:
                events = rooms[draft.room] = []
            events.append(draft)
            if type(draft) is Message and draft.files:
                self.files.append(draft)
        self.facts = cast("list[Fact]", rooms.pop(SYSTEM_ROOM, []))
        committed = {room: events for room, events in rooms.items() if events}
        self.rooms = cast("dict[str, list[AnyLogged]]", committed)

    def _fresh(self) -> Sequence[Entry]:
        """Return the drafts that are no repeats."""
        if not self._repeats:
            return self._drafts
        return [one for place, one in enumerate(self._drafts) if place not in self._repeats]

    def count(self, last: int, tails: Mapping[str, int]) -> int:
        """Give seqs after `last`, and prevs by each room's newest seq; return the new last seq."""
        seq = last
        for room, events in self._counted():
            prev = 0 if room in self.removes else tails.get(room, 0)
            assert prev <= last, "no room is ahead of the log"
            for event in events:
                seq += 1
                event.seq, event.prev = seq, prev
                prev = seq
        return seq

    def _counted(self) -> Iterator[tuple[str, Sequence[Entry]]]:
        if self.facts:
            yield SYSTEM_ROOM, self.facts
        yield from self.rooms.items()

    @property
    def tails(self) -> dict[str, int]:
        """Each room's newest seq, once they are counted."""
        return {room: events[-1].seq for room, events in self._counted()}

    @property
    def seqs(self) -> list[int]:
        """Where each draft stands in the log, in the order of the drafts."""
        seqs = [draft.seq for draft in self._drafts]
        for place, first in self._repeats.items():
            seqs[place] = first if isinstance(first, int) else first.seq
        return seqs

    def undo(self) -> None:
        """Make the events drafts again."""
        for _, events in self._counted():
            for event in events:
                event.seq = event.prev = 0


class Numbered(Batch):
    """Entries that were numbered elsewhere: they keep their seqs."""

    def count(self, last: int, tails: Mapping[str, int]) -> int:
        """Give prevs by each room's newest seq, except where they are known; return the last seq.

        Another log may know of events before a room's first that are not here.
        """
        for room, events in self._counted():
            prev = 0 if room in self.removes else tails.get(room, 0)
            for event in events:
                assert event.seq > max(prev, last), "what another log has numbered comes in order"
                event.prev = event.prev or prev
                prev = event.seq
        return max(self.tails.values())

    def undo(self) -> None:
        """Leave the seqs: the entries may be applied again."""
