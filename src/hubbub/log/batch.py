"""Which drafts of a batch are committed, and how they are counted; every log shares it.

Seqs are given room by room: what a room gets at once stands, and can be kept, together.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from hubbub.chat.events import AnyLogged
from hubbub.log.nonces import Posted, is_repeat, nonce_key


def in_log_order(drafts: Sequence[AnyLogged]) -> list[AnyLogged]:
    """Return those of `drafts` that were committed, as the log counts them."""
    return sorted((draft for draft in drafts if draft.seq), key=attrgetter("seq"))


class Batch:
    """Drafts that are appended at once, without the repeats among them."""

    def __init__(self, drafts: Sequence[AnyLogged]) -> None:
        self._drafts = drafts
        self._keys = [nonce_key(draft) for draft in drafts]
        self._standing: list[AnyLogged | Posted] = []
        self.rooms: dict[str, list[AnyLogged]] = {}
        """What is to be committed, each room's in order."""
        self.posted: dict[str, AnyLogged] = {}
        """By nonce, what is to be committed."""

    @property
    def keys(self) -> list[str]:
        """What to look up before `pass_over_repeats`."""
        return [key for key in self._keys if key is not None]

    def pass_over_repeats(self, known: Mapping[str, Posted], window_seconds: int) -> None:
        """Sort the drafts by room, except those whose nonce is `known` or came up before."""
        for draft, key in zip(self._drafts, self._keys, strict=True):
            if key is not None:
                posted = self.posted.get(key) or known.get(key)
                if posted is not None and is_repeat(posted.at, draft, window_seconds):
                    self._standing.append(posted)
                    continue
                self.posted[key] = draft
            self._standing.append(draft)
            events = self.rooms.get(draft.room)
            if events is None:
                events = self.rooms[draft.room] = []
            events.append(draft)

    def count(self, last: int, tails: Mapping[str, int]) -> int:
        """Give seqs after `last`, and prevs by each room's newest seq; return the new last seq."""
        seq = last
        for room, events in self.rooms.items():
            prev = tails.get(room, 0)
            assert prev <= last, "no room is ahead of the log"
            for event in events:
                seq += 1
                event.seq, event.prev = seq, prev
                prev = seq
        return seq

    @property
    def tails(self) -> dict[str, int]:
        """Each room's newest seq, once they are counted."""
        return {room: events[-1].seq for room, events in self.rooms.items()}

    @property
    def seqs(self) -> list[int]:
        """Where each draft stands in the log, in the order of the drafts."""
        return [standing.seq for standing in self._standing]

    def undo(self) -> None:
        """Make the events drafts again."""
        for events in self.rooms.values():
            for event in events:
                event.seq = event.prev = 0
