"""One room as the user has it: its log, what of it was seen, the draft, and who is typing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from hubbub.chat.events import Message
from hubbub.chat.names import is_direct, same_name
from hubbub.client import Replica
from hubbub.desk.log import RoomLog

TYPING_SECONDS = 6.0
"""How long somebody counts as typing after the last word of it."""

RECENT_MESSAGES = 300
"""How far back a speaker counts as recent."""

IsMention = Callable[[str], bool]
IsOwn = Callable[[Message], bool]


class Draft(NamedTuple):
    """A text that was not sent, and the row and column of its cursor; None: at its end."""

    text: str = ""
    cursor: tuple[int, int] | None = None


class RoomState:
    """Times are seconds of any steady clock; `is_mention` tells whether a text names the user."""

    def __init__(self, name: str, seen: int | None = None) -> None:
        self.name = name
        self.called = name
        """What people call it: a title, or in a private room the name of the other one."""
        self.is_private = False
        """Whether only its members see it."""
        self.refusal = ""
        """Why the server took nothing of the user's the last time, as a sentence; they may try."""
        self.last = 0
        """The newest seq that it is known to have."""
        self.log = RoomLog()
        self.seen = seen
        """The newest seq that the user saw; None where nothing is known."""
        self.unread = 0
        self.mentions = 0
        self.unread_after: int | None = None
        """The unread line stands behind this seq; None: nowhere."""
        self.draft = Draft()
        self.filled = False
        """Whether the newest page has come; until then nothing is shown."""
        self.beginning = False
        """Whether the first item is the very first message of the room."""
        self._typing: dict[str, float] = {}
        self._changed: set[int] = set()
        self._counted: int | None = None
        self._interrupted = True

    @property
    def is_direct(self) -> bool:
        """Whether this is a private room of two."""
        return is_direct(self.name)

    @property
    def title(self) -> str:
        """How it is shown, and said."""
        return f"@{self.called}" if self.is_direct else f"#{self.called}"

    def entitle(self, direct: Sequence[str], own_name: str) -> None:
        """Name a private room after the other one."""
        others = [name for name in direct if not same_name(name, own_name)]
        if others:
            self.called = others[0]

    def change(self, seq: int) -> None:
        """Have the next `follow` take in a message that reads differently now."""
        self._changed.add(seq)

    def begin_anew(self, last: int) -> None:
        """Forget everything: the history is another one now, of which `last` is the newest."""
        self.log.clear()
        self.seen = last
        self.unread = self.mentions = 0
        self.unread_after = self._counted = None
        self.filled = self.beginning = False
        self._changed.clear()
        self._interrupted = True

    def interrupt(self) -> None:
        """What comes next stands under an unread line, even if the user is looking."""
        self._interrupted = True

    def follow(
        self, replica: Replica, is_own: IsOwn, is_mention: IsMention, *, attentive: bool
    ) -> list[Message]:
        """Take in what the replica has that the log has not; return others' new messages.

        `attentive`: the user is looking at the room's end.
        """
        if self.seen is None:
            # The first visit: nothing of the past is new, but in a private room all is.
            self.seen = 0 if self.is_direct else replica.last
        self.seen = min(self.seen, replica.last)  # the log may have been emptied meanwhile
        since = self.seen if self._counted is None else self._counted
        changed, self._changed = self._changed, set()
        self.log.follow(replica, changed)
        self.last = replica.last
        self.beginning = replica.back_to == 0
        new = list(takewhile(lambda message: message.seq > since, self.log.newest_first()))
        for message in new:
            self._typing.pop(message.sender, None)
        fresh = [one for one in reversed(new) if not is_own(one)]
        if fresh and self.unread == 0 and (self._interrupted or not attentive):
            self.unread_after = self.seen
        if fresh or self._counted is None:
            self._interrupted = False
        self._counted = max(since, self.log.newest)
        self.unread += len(fresh)
        self.mentions += sum(self.is_direct or is_mention(message.text) for message in fresh)
        if attentive:
            self.look()
        return fresh

    def look(self) -> None:
        """The user sees the room's end."""
        self.seen = max(self.seen or 0, self.log.newest)
        self.unread = self.mentions = 0

    def read_up_to(self, seq: int, is_own: IsOwn, is_mention: IsMention) -> None:
        """The user has read so far, on whatever device; a marker never moves back.

        0 is what a server says that has never been told, and means nothing.
        """
        if seq <= (self.seen or 0):
            return
        self.seen = seq
        if self._counted is not None:
            self._count(is_own, is_mention)

    def sift(self, replica: Replica, is_own: IsOwn, is_mention: IsMention) -> None:
        """Show, and count, what is not hidden now."""
        self.log.sift(replica)
        if self._counted is not None:
            self._count(is_own, is_mention)

    def _count(self, is_own: IsOwn, is_mention: IsMention) -> None:
        seen = self.seen or 0
        newer = takewhile(lambda message: message.seq > seen, self.log.newest_first())
        unread = [one for one in newer if one.seq <= (self._counted or 0) and not is_own(one)]
        self.unread = len(unread)
        self.mentions = sum(self.is_direct or is_mention(one.text) for one in unread)

    def leave(self) -> None:
        """The user has seen the unread line and goes on."""
        self.unread_after = None

    def type(self, name: str, now: float) -> None:
        """Somebody is writing."""
        self._typing[name] = now + TYPING_SECONDS

    def typing(self, now: float) -> list[str]:
        """Return who is writing."""
        self._typing = {name: until for name, until in self._typing.items() if until > now}
        return sorted(self._typing)

    def recent_speakers(
        self, own_name: str, present: Iterable[str], people: Mapping[str, str]
    ) -> list[str]:
        """Return others' names for completion, those who spoke last first.

        `people`: the ids of those who are here and known, by the names that they have now.
        """
        recent = islice(self.log.newest_first(), RECENT_MESSAGES)
        called = {id_: name for name, id_ in people.items()}
        spoke = dict.fromkeys(called.get(one.person, one.sender) for one in recent)
        names = [*spoke, *(name for name in present if name not in spoke)]
        return [name for name in names if not same_name(name, own_name)]
