"""Where the user stopped in a room: how far they have seen it, what is unread, and the line above.

Pure. It follows the newest messages; `further` are unread, too, but too far back to be here.
"""

from collections.abc import Callable, Iterable
from itertools import takewhile

from hubbub.chat.events import Message

Tells = Callable[[Message], bool]


class Bookmark:
    """`seen`: the newest seq that the user saw; None where nothing is known.

    `line`: the unread line stands behind this seq; None: nowhere. `is_held`: what follows shall
    stay unread, though the user looks at it.
    """

    def __init__(self, seen: int | None = None, line: int | None = None) -> None:
        self.seen = seen
        self.line = line
        self.is_held = False
        self.fresh: list[int] = []
        """What is unread, as far as it is here."""
        self.calls: list[int] = []
        """What of it calls the user."""
        self._further = 0
        self._counted: int | None = None
        self._interrupted = True

    @property
    def unread(self) -> int:
        """How many messages of others the user has not seen."""
        return self._further + len(self.fresh)

    def interrupt(self) -> None:
        """What comes next stands under an unread line, even if the user is looking."""
        self._interrupted = True

    def follow(
        self, newest_first: Iterable[Message], last: int, *, is_new: Tells, attentive: bool
    ) -> list[Message]:
        """Count what is new since the last time, up to the seq `last`; return it."""
        self.seen = min(self.seen or 0, last)  # the log may have been emptied meanwhile
        since = self.seen if self._counted is None else self._counted
        new = list(takewhile(lambda message: message.seq > since, newest_first))[::-1]
        fresh = [one for one in new if is_new(one)]
        if fresh and self.unread == 0 and (self._interrupted or not attentive):
            self.line = self.seen
        if fresh or self._counted is None:
            self._interrupted = False
        self._counted = max(since, new[-1].seq if new else 0)
        self.fresh += [one.seq for one in fresh]
        return fresh

    def recount(self, newest_first: Iterable[Message], *, is_new: Tells, is_call: Tells) -> None:
        """Count anew what is here: other messages are shown than before."""
        seen, counted = self.seen or 0, self._counted or 0
        newer = list(takewhile(lambda message: message.seq > seen, newest_first))[::-1]
        fresh = [one for one in newer if one.seq <= counted and is_new(one)]
        self.fresh = [one.seq for one in fresh]
        self.calls = [one.seq for one in fresh if is_call(one)]

    def count(self, total: int) -> None:
        """So many messages follow what the user saw."""
        self._further = max(0, total - len(self.fresh))

    def read_to(self, seq: int, others: int | None = None) -> None:
        """The user has seen all up to a seq: so many messages of `others`, if that is known."""
        if seq <= (self.seen or 0):
            return
        before = len(self.fresh)
        self.seen = seq
        self.fresh = [one for one in self.fresh if one > seq]
        self.calls = [one for one in self.calls if one > seq]
        known = before - len(self.fresh)
        self._further = 0 if others is None else max(0, self._further - (others - known))

    def read(self, newest: int) -> None:
        """The user has seen the room's end."""
        self.seen = max(self.seen or 0, newest)
        self.fresh, self.calls, self._further = [], [], 0

    def begin(self, seen: int) -> None:
        """Count anew what follows a seq, which is where the user stopped."""
        self.seen = seen
        self.line = self._counted = None
        self.fresh, self.calls, self._further = [], [], 0
        self._interrupted = True

    def go_on(self) -> None:
        """The user has seen the line and goes on; what is unread begins where they stopped."""
        self.is_held = False
        self.line = self.seen if self.unread else None
