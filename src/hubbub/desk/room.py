"""One room as the user has it: its log, what of it was seen, the draft, and who is typing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from hubbub.chat.events import Message, Stretch
from hubbub.chat.names import is_direct, same_name
from hubbub.client import Replica
from hubbub.desk.bookmark import Bookmark
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

    def __init__(self, name: str, seen: int | None = None, line: int | None = None) -> None:
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
        self.bookmark = Bookmark(seen, line)
        """Where the user stopped."""
        self.draft = Draft()
        self.filled = False
        """Whether the newest page has come; until then nothing is shown."""
        self.beginning = False
        """Whether the first item is the very first message of the room."""
        self.dropped = False
        """Whether there were older ones, which are kept no longer."""
        self._back_to = 0
        self._hole: Stretch | None = None
        self._newest = 0
        self._typing: dict[str, float] = {}
        self._changed: set[int] = set()

    @property
    def is_direct(self) -> bool:
        """Whether this is a private room of two."""
        return is_direct(self.name)

    @property
    def title(self) -> str:
        """How it is shown, and said."""
        return f"@{self.called}" if self.is_direct else f"#{self.called}"

    @property
    def seen(self) -> int | None:
        """The newest seq that the user saw; None where nothing is known."""
        return self.bookmark.seen

    @property
    def unread(self) -> int:
        """How many messages of others the user has not seen."""
        return self.bookmark.unread

    @property
    def mentions(self) -> int:
        """How many of these call the user."""
        return len(self.bookmark.calls)

    @property
    def unread_after(self) -> int | None:
        """The unread line stands behind this seq; None: nowhere."""
        return self.bookmark.line

    def entitle(self, direct: Sequence[str], own_name: str) -> None:
        """Name a private room after the other one, or after us if it is for our own notes."""
        others = [name for name in direct if not same_name(name, own_name)] or direct
        if others:
            self.called = others[0]

    def change(self, seq: int) -> None:
        """Have the next `follow` take in a message that reads differently now."""
        self._changed.add(seq)

    def begin_anew(self, last: int) -> None:
        """Forget everything: the history is another one now, of which `last` is the newest."""
        self.log.clear()
        self.bookmark.begin(last)
        self.filled = self.beginning = False
        self._changed.clear()

    def enter(self, last: int) -> None:
        """The user is in the room, of which `last` is the newest seq by now.

        At the first visit nothing of the past is new; in a private room all of it is.
        """
        if self.bookmark.seen is None:
            self.bookmark.seen = 0 if self.is_direct else last

    def interrupt(self) -> None:
        """What comes next stands under an unread line, even if the user is looking."""
        self.bookmark.interrupt()

    def follow(
        self, replica: Replica, is_own: IsOwn, is_mention: IsMention, *, attentive: bool
    ) -> list[Message]:
        """Take in what the replica has that the log has not; return others' new messages.

        `attentive`: the user is looking at the room's end.
        """
        changed, self._changed = self._changed, set()
        self.log.follow(replica, changed)
        self.last = replica.last
        self.beginning, self.dropped = replica.back_to == 0, replica.dropped
        has_grown = (replica.back_to, replica.hole) != (self._back_to, self._hole)
        self._back_to, self._hole = replica.back_to, replica.hole
        self._newest = next(reversed(replica.held), 0)
        fresh = self.bookmark.follow(
            self._newest_first(replica),
            replica.last,
            is_new=lambda one: not is_own(one),
            attentive=attentive,
        )
        for message in fresh:
            self._typing.pop(message.sender, None)
        calls = [one for one in fresh if self.calls(one, replica, is_own, is_mention)]
        self.bookmark.calls += [one.seq for one in calls]
        if has_grown and self.unread and self.is_here(self.seen or 0):
            self._recount(replica, is_own, is_mention)  # all that is unread is here now
        if attentive:
            self.look()
        return fresh

    def _recount(self, replica: Replica, is_own: IsOwn, is_mention: IsMention) -> None:
        self.bookmark.recount(
            self._newest_first(replica),
            is_new=lambda one: not is_own(one),
            is_call=lambda one: self.calls(one, replica, is_own, is_mention),
        )
        if self.is_here(self.seen or 0):
            self.bookmark.count(0)

    def is_here(self, seq: int) -> bool:
        """Return whether what follows a seq is here."""
        hole = self._hole
        return seq >= self._back_to and not (hole and hole.after <= seq < hole.upto)

    def _newest_first(self, replica: Replica) -> Iterator[Message]:
        """Yield the messages that are shown, the newest first."""
        newest_first = (replica.held[seq] for seq in reversed(replica.held))
        return (one for one in newest_first if not self.log.hides(one))

    def calls(
        self, message: Message, replica: Replica, is_own: IsOwn, is_mention: IsMention
    ) -> bool:
        """Return whether a message calls the user: by their name, or because it answers them.

        What is imported was said to others, and long ago.
        """
        if message.imported:
            return False
        answered = replica.held.get(message.reply_to or 0)
        is_answer = answered is not None and is_own(answered)
        return self.is_direct or is_answer or is_mention(message.text)

    def look(self) -> None:
        """The user sees the room's end."""
        if not self.bookmark.is_held:
            self.bookmark.read(self._newest)

    def read_all(self) -> None:
        """The user has read everything, as they say, and goes on."""
        self.bookmark.is_held = False
        self.look()
        self.leave()

    def read_to(self, seq: int, is_own: IsOwn, replica: Replica) -> None:
        """The user has seen all up to a message."""
        seen = self.seen or 0
        others = None
        if self.is_here(seen):
            held = replica.held
            newer = takewhile(lambda at: at > seen, reversed(held))
            others = sum(at <= seq and not is_own(held[at]) for at in newer)
        self.bookmark.read_to(seq, others)

    def read_up_to(self, seq: int) -> None:
        """The user has read so far, on whatever device.

        0 is what a server says that has never been told, and means nothing.
        """
        self.bookmark.read_to(seq)

    def stop_at(self, seq: int) -> None:
        """What follows a seq shall be unread again, though the user looks at it."""
        self.bookmark.begin(seq)
        self.bookmark.is_held = True

    def sift(self, replica: Replica, is_own: IsOwn, is_mention: IsMention) -> None:
        """Show, and count, what is not hidden now."""
        self.log.sift(replica)
        self._recount(replica, is_own, is_mention)

    def leave(self) -> None:
        """The user has seen the unread line and goes on."""
        self.bookmark.go_on()

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
