"""A room's log as it is shown: messages, notes of this program, and own messages on their way.

Items have indices that stay the same while older messages are put before them, so that a view can
hold on to one. The messages come from the room's replica.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

import msgspec

from hubbub.chat.events import Message
from hubbub.client import Replica


class Said(msgspec.Struct, frozen=True):
    """A message of the log."""

    message: Message


class Note(msgspec.Struct, frozen=True):
    """Something that this program or the server says to the user alone. `at`: milliseconds."""

    text: str
    at: int
    is_error: bool = False


class Pending(msgspec.Struct):
    """An own message that does not stand in the log yet, or was refused: `failure` says why.

    `taken`: the server has it, and only its event is still to come.
    """

    nonce: str
    text: str
    at: int
    reply_to: int | None = None
    seq: int | None = None
    taken: bool = False
    failure: str | None = None


Item = Said | Note | Pending


class RoomLog:
    """Items from `first` up to, but without, `end`; those that are pending come last."""

    def __init__(self) -> None:
        self.first = 0
        self.pending: list[Pending] = []
        self._items: deque[Said | Note] = deque()
        self._index: dict[int, int] = {}
        self._histories = 0

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

    def newest_first(self) -> Iterator[Message]:
        """Yield the messages, the newest first."""
        return (item.message for item in reversed(self._items) if isinstance(item, Said))

    @property
    def newest(self) -> int:
        """The newest seq, 0 if there is none."""
        return next((message.seq for message in self.newest_first()), 0)

    def note(self, text: str, at: int, *, is_error: bool = False) -> None:
        """Add a note; one that says the same as the one just before it takes its place."""
        if self._items and isinstance(last := self._items[-1], Note) and last.text == text:
            self._items.pop()
        self._items.append(Note(text, at, is_error))

    def add(self, message: Message) -> None:
        """Add a message behind all others; the pending one that it settles goes."""
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
        newest = self.newest
        # In another history the same seq is another message.
        is_other = replica.histories != self._histories
        self._histories = replica.histories
        if newest and (is_other or newest not in held):
            self.clear()
            newest = 0
        self._drop_before(next(iter(held), 0))
        self._put_before(list(takewhile(self._is_older, held.values())))
        newest = newest or self.newest
        new = takewhile(lambda one: one.seq > newest, (held[seq] for seq in reversed(held)))
        added = list(new)[::-1]
        for message in added:
            self.add(message)
        for seq in changed:
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

    def _drop_before(self, oldest: int) -> None:
        """Forget what the full replica let go of, and the notes above it."""
        while (first := self._oldest()) is not None and first < oldest:
            item = self._items.popleft()
            self.first += 1
            if isinstance(item, Said):
                del self._index[item.message.seq]

    def _put_before(self, older: list[Message]) -> None:
        for message in reversed(older):
            self.first -= 1
            self._index[message.seq] = self.first
            self._items.appendleft(Said(message))
            self._settle(message)
