"""A room's log as it is shown: messages, notes of this program, and own messages on their way.

Items have indices that stay the same while older messages are put before them, so that a view can
hold on to one. Whenever something comes or goes in between, all indices are others, and `renewals`
counts that. The messages come from the room's replica.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile

import msgspec

from hubbub.chat.events import Message, Stretch
from hubbub.client import Replica


class Said(msgspec.Struct, frozen=True):
    """A message of the log."""

    message: Message


class Note(msgspec.Struct, frozen=True):
    """Something that this program or the server says to the user alone. `at`: milliseconds.

    `lost`: it stands for a part of the room's log that the server cannot read any more.
    """

    text: str
    at: int
    is_error: bool = False
    lost: Stretch | None = None


class Pending(msgspec.Struct):
    """An own message that does not stand in the log yet, or failed: `failure` says why.

    `taken`: the server has it, and only its event is still to come. `refused`: it will not take it.
    `is_silenced`: nor anything else that the user says in this room now. `me`: it says what they
    do.
    """

    nonce: str
    text: str
    at: int
    reply_to: int | None = None
    seq: int | None = None
    taken: bool = False
    failure: str | None = None
    refused: bool = False
    is_silenced: bool = False
    me: bool = False


Item = Said | Note | Pending


def _at(item: Said | Note) -> int:
    return item.message.at if isinstance(item, Said) else item.at


def _lost(part: Stretch, at: int) -> Note:
    text = (
        f"Something is missing here (from {part.after + 1} to {part.upto}): the server's log is "
        "damaged, and it cannot be read any more."
    )
    return Note(text, at, is_error=True, lost=part)


class RoomLog:
    """Items from `first` up to, but without, `end`; those that are pending come last."""

    def __init__(self) -> None:
        self.first = 0
        self.pending: list[Pending] = []
        self._items: deque[Said | Note] = deque()
        self._index: dict[int, int] = {}
        self.renewals = 0
        self.hole_at: int | None = None
        """The index above which messages are left out for now: those of the replica's hole."""
        self._hole: Stretch | None = None
        self._histories = 0
        self._lost: list[Stretch] = []
        self._noted: set[Stretch] = set()
        self._taken_in = 0
        """The newest seq of the messages that were taken in, those hidden included."""
        self.hides: Callable[[Message], bool] = lambda _: False
        """Tells which messages are left out: those of people whom the user ignores."""

    @property
    def end(self) -> int:
        """The index behind the last item."""
        return self.settled_end + len(self.pending)

    @property
    def settled_end(self) -> int:
        """The index behind the last item that is not pending."""
        return self.first + len(self._items)

    def __getitem__(self, index: int) -> Item:
        place = index - self.first
        if not 0 <= place < len(self._items) + len(self.pending):
            raise IndexError(index)
        if place < len(self._items):
            return self._items[place]
        return self.pending[place - len(self._items)]

    def index_of(self, seq: int) -> int | None:
        """Return where the message `seq` stands, if it is here."""
        return self._index.get(seq)

    def first_after(self, seq: int) -> int | None:
        """Return the index of the first message with a greater seq, if there is one."""
        newer = takewhile(lambda one: one.seq > seq, self.newest_first())
        first = deque(newer, maxlen=1)
        return self._index[first[0].seq] if first else None

    def newest_first(self) -> Iterator[Message]:
        """Yield the messages, the newest first."""
        return (item.message for item in reversed(self._items) if isinstance(item, Said))

    @property
    def newest(self) -> int:
        """The newest seq, also of what is hidden; 0 if there is none."""
        return self._taken_in

    def note(self, text: str, at: int, *, is_error: bool = False) -> None:
        """Add a note; one that says the same as the one just before it takes its place."""
        if self._items and isinstance(last := self._items[-1], Note) and last.text == text:
            self._items.pop()
        self._items.append(Note(text, at, is_error))

    def notes(self) -> list[Note]:
        """Return what this program and the server said to the user alone."""
        return [item for item in self._items if isinstance(item, Note)]

    def reword(self, text: str, instead: str) -> None:
        """Let notes that say `text` say something else, where they stand."""
        for place, item in enumerate(self._items):
            if isinstance(item, Note) and item.text == text:
                self._items[place] = Note(instead, item.at, item.is_error)

    def add(self, message: Message) -> None:
        """Add a message behind all others; the pending one that it settles goes."""
        self._taken_in = message.seq
        if not self.hides(message):
            self._index[message.seq] = self.settled_end
            self._items.append(Said(message))
            self._settle(message)

    def _settle(self, message: Message) -> None:
        self.pending = [
            one for one in self.pending if one.seq != message.seq and one.nonce != message.nonce
        ]

    def follow(self, replica: Replica, changed: Iterable[int] = ()) -> Sequence[Message]:
        """Become what `replica` holds; `changed` names messages that read differently now.

        Returns the messages that are new at the end.
        """
        held = replica.held
        self._lost = replica.missing
        newest = self.newest
        # In another history the same seq is another message.
        is_other = replica.histories != self._histories
        self._histories = replica.histories
        if replica.hole != self._hole and not is_other:
            self.sift(replica)
            return [message for message in replica.messages if message.seq > newest]
        if newest and (is_other or newest not in held):
            self.clear()
            newest = 0
        self._drop_before(next(iter(held), 0))
        self._put_before(list(takewhile(self._is_older, held.values())))
        newest = newest or self.newest
        new = takewhile(lambda one: one.seq > newest, (held[seq] for seq in reversed(held)))
        added = list(new)[::-1]
        for message in added:
            self._note_lost(self.newest, message.seq, message.at)
            self.add(message)
        self._note_lost_at_end(replica.cursor)
        changed = set(changed)
        answered = {held[seq].reply_to or 0 for seq in changed if seq in held}  # which count them
        for seq in changed | answered:
            if (index := self._index.get(seq)) is not None:
                self._items[index - self.first] = Said(held[seq])
        return added

    def _is_older(self, message: Message) -> bool:
        """Return whether a message belongs before all items."""
        if (oldest := self._oldest()) is not None:
            return message.seq < oldest
        notes = (item.at for item in self._items if isinstance(item, Note))
        return message.at < next(notes, 0)

    def _oldest(self) -> int | None:
        return next((item.message.seq for item in self._items if isinstance(item, Said)), None)

    def clear(self) -> None:
        """Forget all but what is pending: the replica begins elsewhere now."""
        self.first = self.settled_end
        self._items.clear()
        self._index.clear()
        self._noted.clear()
        self._taken_in = 0
        self.renewals += 1
        self._hole = self.hole_at = None

    def sift(self, replica: Replica) -> None:
        """Show, of what the replica holds, what is not hidden now; notes stay among it."""
        notes: list[Said | Note] = [note for note in self.notes() if note.lost is None]
        said: list[Said | Note] = [Said(message) for message in replica.messages]
        self.clear()
        self._lost = replica.missing
        self._hole = hole = replica.hole
        for item in heapq.merge(said, notes, key=_at):
            if isinstance(item, Note):
                self._items.append(item)
                continue
            if hole is not None and self._taken_in <= hole.after < item.message.seq:
                self.hole_at = self.settled_end
            self._note_lost(self.newest, item.message.seq, item.message.at)
            self.add(item.message)
        if hole is not None and self.hole_at is None:
            self.hole_at = self.settled_end
        self._note_lost_at_end(replica.cursor)

    def _drop_before(self, oldest: int) -> None:
        """Forget what the full replica let go of, and the notes above it."""
        while (first := self._oldest()) is not None and first < oldest:
            item = self._items.popleft()
            self.first += 1
            if isinstance(item, Said):
                del self._index[item.message.seq]

    def _note_lost(self, after: int, before: int, at: int) -> None:
        """Say at the end what is missing between two messages."""
        for part in self._lost:
            if after < part.upto < before and part not in self._noted:
                self._noted.add(part)
                self._items.append(_lost(part, at))

    def _note_lost_at_end(self, cursor: int) -> None:
        if (last := next(self.newest_first(), None)) is not None:
            self._note_lost(self.newest, cursor + 1, last.at)

    def _put_before(self, older: list[Message]) -> None:
        if older:
            self._taken_in = max(self._taken_in, older[-1].seq)
        for message in reversed(older):
            if self.hides(message):
                continue
            before = self._oldest() or 0
            for part in reversed(self._lost):
                if message.seq < part.upto < before and part not in self._noted:
                    self._noted.add(part)
                    self.first -= 1
                    self._items.appendleft(_lost(part, message.at))
            self.first -= 1
            self._index[message.seq] = self.first
            self._items.appendleft(Said(message))
            self._settle(message)
