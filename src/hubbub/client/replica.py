"""A room as this side knows it: a pure local copy, kept by folding the room's events.

It proves that it misses nothing (protocol section 5, `prev`), and joins pages of older messages to
what it holds, whether they were read before or after the newest event it knows. Beside the newest
part of the room it can hold a *passage* further back, with a *hole* between the two, until pages
close it. No I/O.
"""

from collections import deque
from collections.abc import Iterable
from enum import Enum
from operator import itemgetter
from types import MappingProxyType

from hubbub.chat.events import (
    AnyLogged,
    Away,
    Deleted,
    Members,
    MemberSummary,
    Message,
    Missing,
    Page,
    Presence,
    RoleChanged,
    Room,
    RoomRules,
    Seen,
    Stretch,
    Topic,
)
from hubbub.chat.fold import fold, touched_by
from hubbub.chat.roles import Role

MESSAGES_MAX = 1000
CHANGES_MAX = 1000
POWERS = {role.word for role in Role if role >= Role.MODERATOR}


class Fit(Enum):
    """How an event fits what the replica knows: only NEXT was new and has been applied."""

    NEXT = "next"
    REPEAT = "repeat"
    GAP = "gap"


def place_of(event: AnyLogged | Missing) -> Stretch:
    """Return the part of the room's log that an event takes up, or that is missing."""
    if isinstance(event, Missing):
        return Stretch(event.after, event.upto)
    return Stretch(event.prev, event.seq)


def _part_of(page: Page, before: int | None, after: int | None, around: int | None) -> Stretch:
    """Return the part of the room's log of which a page, asked for so, has all messages."""
    seqs = [message.seq for message in page.messages]
    if after is not None:
        newer = page.more
        low = after
    else:
        newer = page.newer
        low = seqs[0] - 1 if seqs else page.last if around is None else around
        low = low if page.more else 0
    high = page.last if before is None else min(before - 1, page.last)
    if newer:
        high = seqs[-1] if seqs else low
    return Stretch(min(low, high), high)


class Replica:
    """Holds the newest messages of a room, at most `messages_max`, without a hole but `missing`.

    `passage`, if there is one, is a part further back of which all messages are held as well.
    `cursor` is the seq of the last event applied; every message with `start` < seq <= `cursor` is
    held. `last` is the newest seq that the room is known to have: with `cursor` there, the replica
    is complete. Join a room again with `after=cursor` and `epoch` when `apply` says GAP, or after a
    lost connection.

    `epoch` names the run of the log under which `cursor` was reached. `histories` counts how often
    the server replaced what came before `cursor` by another history: nothing held is older.
    `missing` names, in order, the parts of what is held that the server cannot read. `dropped`: the
    room had older messages than it begins with, which are kept no longer.
    """

    def __init__(self, room: str, cursor: int = 0, *, messages_max: int = MESSAGES_MAX) -> None:
        self.room = room
        self.topic = ""
        self.members: list[str] = []
        self.people: dict[str, str] = {}
        """The ids of members who are known, by their names."""
        self.rules = RoomRules(room=room)
        """What holds in the room."""
        self.role = ""
        """What power we have in the room: that of a "moderator", "owner" or "operator", or none."""
        self.roles: dict[str, str] = {}
        """The same of those members who had any when they came, or were listed, by their names."""
        self.kinds: dict[str, str] = {}
        """Whether they are a "guest", "member" or "bot", by their names; passing people are not."""
        self.away: dict[str, str] = {}
        """Why those members are away from their keyboard who are, as far as it was told, by their
        names."""
        self.seen: int | None = None
        """How far we have read on any device; None where the server does not know us."""
        self.unread = False
        """Whether that was moved back, for what follows is to be read again."""
        self.direct: list[str] = []
        self.cursor = cursor
        self.last = cursor
        self.epoch = ""
        self.histories = 0
        self._messages_max = messages_max
        self._stands = False  # whether the server ever confirmed `cursor` as a place in its log
        self._entering = False
        self._forget()

    def _forget(self) -> None:
        """Drop what is held: it does not lead up to `cursor` any more."""
        self.start = self.cursor
        self.passage: Stretch | None = None
        self.missing: list[Stretch] = []
        self.dropped = False
        self._held: dict[int, Message] = {}
        # Changes of messages that are not held: a page on its way may bring such a message as it
        # read before the change. Pages asked for later have it folded in, so a few are enough.
        self._changes: deque[tuple[int, AnyLogged]] = deque()
        # A page whose `last` is older than this may lack a change that is not kept any more.
        self._page_last_min = 0
        # Messages from a page that was read later than `cursor`: up to which seq they are folded.
        self._ahead: dict[int, int] = {}

    @property
    def called(self) -> str:
        """What people call the room: its title, or else its name."""
        return self.rules.title or self.room

    @property
    def messages(self) -> list[Message]:
        """The messages held, in order, as they read at `cursor` or a newer page they came in."""
        return list(self._held.values())

    @property
    def held(self) -> MappingProxyType[int, Message]:
        """The same messages by their seq, as a view."""
        return MappingProxyType(self._held)

    @property
    def back_to(self) -> int:
        """The seq after which the oldest part that is held begins; 0: with the whole room."""
        return self.start if self.passage is None else self.passage.after

    @property
    def hole(self) -> Stretch | None:
        """The part between the passage and the newest part, of which nothing is held."""
        return None if self.passage is None else Stretch(self.passage.upto, self.start)

    @property
    def is_full(self) -> bool:
        """Whether no older messages can be joined on."""
        return len(self._held) >= self._messages_max

    def entered(self, room: Room, after: int | None) -> None:
        """Take in the answer to a `join` that carried `after`, before the events that follow it."""
        self.topic = room.topic
        self._list(room.members)
        self.direct = list(room.direct)
        self.role = room.role
        self.rules = RoomRules(room=room.room, title=room.title)  # if more holds, that follows
        if room.seen is not None:
            self._see(room.seen, unread=room.unread)
        if after is None and self._stands:
            # It answers nothing that we saw: somebody else opened the room, or we looked again. The
            # cursor still stands where the epoch says.
            self.last = max(self.last, room.last)
            return
        stood, self._stands = self._stands, True
        self.epoch = room.epoch
        self._entering = after is not None
        # A server without epochs cannot say so. A cursor that a program gave may be anything.
        is_beyond = room.last < self.cursor and not (room.epoch or room.direct)
        if room.replaced or (stood and is_beyond):
            self._replace(room.last)
        elif room.gap or is_beyond:
            # Of a room that has no first event nothing is kept, so nothing follows up to its end.
            self.cursor = min(self.cursor, room.last) if room.first else room.last
            self._forget()
        self.last = max(self.cursor, room.last)

    def _replace(self, cursor: int) -> None:
        """Go on from `cursor` in another history than what is held comes from."""
        self.histories += 1
        self.cursor = self.last = cursor
        self._forget()

    def apply(self, event: AnyLogged | Missing) -> Fit:
        """Fold in an event of the room's log if it is the next one, and say whether it was.

        What is missing of the log has its place in it as well.
        """
        place = place_of(event)
        if place.upto <= self.cursor:
            return Fit.REPEAT
        if place.after != self.cursor:
            if not self._entering:
                return Fit.GAP  # joining again tells whether it is a gap, or another history
            self._begin_after(place.after)
        self._entering = False
        if isinstance(event, Missing):
            self._miss([place])
        else:
            self._fold_in(event)
        self.cursor = place.upto
        self.last = max(self.last, self.cursor)
        assert self.start <= self.cursor <= self.last, "the cursor is within the room"
        if self._ahead and self.cursor >= max(self._ahead.values()):
            self._ahead.clear()
        return Fit.NEXT

    def _begin_after(self, prev: int) -> None:
        """Go on from `prev`: just after entering, the server has sent what there is from there."""
        if prev > self.cursor:
            self.cursor = prev
            self._forget()  # what lies between is not kept any more
        elif self.epoch and self.direct:
            pass  # the same history; what was said meanwhile was said to another holder of our name
        elif self._held and next(reversed(self._held)) > prev:
            self._replace(prev)  # the server knows nothing of what we hold
        else:  # the cursor was given to us, and stood between two events
            self.cursor = prev
            self.start = min(self.start, prev)

    def _miss(self, stretches: list[Stretch]) -> None:
        """Note what is missing; parts that touch are one."""
        whole: list[Stretch] = []
        for part in sorted(self.missing + stretches):
            if whole and part.after <= whole[-1].upto:
                part = Stretch(whole[-1].after, max(whole.pop().upto, part.upto))  # noqa: PLW2901
            whole.append(part)
        self.missing = [part for part in whole if self._reaches(part.upto)]

    def _reaches(self, seq: int) -> bool:
        """Return whether what is held includes a place in the room's log."""
        passage = self.passage
        return seq > self.start or (passage is not None and passage.after < seq <= passage.upto)

    def _fold_in(self, event: AnyLogged) -> None:
        if isinstance(event, Message):
            self._held[event.seq] = event
            self._change(event)
            if len(self._held) > self._messages_max and self.passage is not None:
                self._drop_passage()
            elif len(self._held) > self._messages_max:
                self.start = next(iter(self._held))
                del self._held[self.start]
                if self.missing:
                    self._miss([])
            return
        if isinstance(event, Topic):
            self.topic = event.text
        self._change(event)

    def _change(self, event: AnyLogged) -> None:
        """Fold an event into the message that it touches, if it touches one."""
        target = touched_by(event)
        if isinstance(event, Deleted) and (gone := self._held.get(event.target)) is not None:
            is_told = gone.deleted and event.seq > self._ahead.get(gone.seq, 0)
            self._touch(None if is_told else gone.reply_to, event)
        self._touch(target, event)

    def _touch(self, target: int | None, event: AnyLogged) -> None:
        if target is None:
            return
        if target not in self._held:
            self._changes.append((target, event))
            if len(self._changes) > CHANGES_MAX:
                _, lost = self._changes.popleft()
                self._page_last_min = max(self._page_last_min, lost.seq)
        elif event.seq > self._ahead.get(target, 0):
            self._held[target] = fold(self._held[target], event)

    def observe(self, event: Presence | Members | Away) -> None:
        """Take in who is in the room, and who of them is away."""
        if isinstance(event, Members):
            self._list(event.members)
            return
        if isinstance(event, Away):
            self.away.pop(event.name, None)
            if event.on:
                self.away[event.name] = event.text
            return
        self.members = [name for name in self.members if name != event.name]
        for known in (self.people, self.roles, self.kinds, self.away):
            known.pop(event.name, None)
        if event.formerly:
            self.renamed(event.formerly, event.name)
        if event.state == "joined":
            self.members.append(event.name)
            if event.person:
                self.people[event.name] = event.person
            if event.role:
                self.roles[event.name] = event.role
            if event.kind:
                self.kinds[event.name] = event.kind

    def renamed(self, former: str, name: str) -> None:
        """Take in that one of the two who share a private room has another name."""
        self.direct = [name if one == former else one for one in self.direct]

    def _list(self, members: Iterable[MemberSummary]) -> None:
        self.members = [one.name for one in members]
        self.people = {one.name: one.person for one in members if one.person}
        self.roles = {one.name: one.role for one in members if one.role}
        self.kinds = {one.name: one.kind for one in members if one.kind}
        self.away = {one.name: self.away.get(one.name, "") for one in members if one.away}

    def mark(self, event: RoomRules | RoleChanged | Seen) -> None:
        """Take in what holds in the room, what we are in it, or how far we have read it."""
        match event:
            case RoomRules():
                self.rules = event
            case RoleChanged():
                self.role = event.role if event.role in POWERS else ""
            case Seen():
                self._see(event.seq, unread=event.unread)

    def _see(self, seq: int, *, unread: bool) -> None:
        if unread or seq > (self.seen or 0):
            self.unread = unread
        self.seen = seq if unread else max(self.seen or 0, seq)

    def add_page(
        self,
        page: Page,
        before: int | None = None,
        *,
        after: int | None = None,
        around: int | None = None,
    ) -> bool:
        """Join on a page that was asked for so; one `around` a message may become the passage.

        Returns False, and changes nothing, if the page does not touch what is held, is too old to
        be brought up to date (ask again), or the replica is full.
        """
        part = _part_of(page, before, after, around)
        is_newest = part.upto >= self.start
        is_apart = not (is_newest or self._touches_passage(part))
        held = self._held if not is_apart else self._without_passage()
        free = self._messages_max - len(held)
        if (is_apart and around is None) or page.last < self._page_last_min or free <= 0:
            return False
        # What is newer than `start` is held already, or arrives as an event.
        new = [one for one in page.messages if one.seq <= self.start and one.seq not in held]
        if len(new) > free and not is_newest:
            return False
        if is_apart:
            self._drop_passage()
        if not is_newest:
            self._widen_passage(part)
        elif len(new) > free:
            self._lengthen(new[-free - 1].seq)
            new = new[-free:]
        else:
            self._lengthen(part.after)
        self._hold(self._brought_up_to_date(message, page.last) for message in new)
        self._discount(new)
        self._miss(page.missing)
        self.dropped = self.dropped or page.dropped
        return True

    def _touches_passage(self, part: Stretch) -> bool:
        passage = self.passage
        return passage is not None and part.after <= passage.upto and part.upto >= passage.after

    def _widen_passage(self, part: Stretch) -> None:
        passage = self.passage or part
        self.passage = Stretch(min(passage.after, part.after), max(passage.upto, part.upto))

    def _lengthen(self, start: int) -> None:
        """Have the newest part begin after `start`, or with the passage if it gets there."""
        self.start = min(self.start, start)
        if self.passage is not None and self.start <= self.passage.upto:
            self.start = min(self.start, self.passage.after)
            self.passage = None

    def _without_passage(self) -> dict[int, Message]:
        return {seq: message for seq, message in self._held.items() if seq > self.start}

    def _drop_passage(self) -> None:
        if self.passage is None:
            return
        self.passage = None
        self._held = self._without_passage()
        # The changes that were folded into its messages are known no more.
        self._page_last_min = max(self._page_last_min, self.cursor)
        self._miss([])

    def _hold(self, messages: Iterable[Message]) -> None:
        new = {message.seq: message for message in messages}
        oldest = next(iter(self._held), None)
        is_older = oldest is None or not new or next(reversed(new)) < oldest
        held = new | self._held
        self._held = held if is_older else dict(sorted(held.items(), key=itemgetter(0)))

    def _brought_up_to_date(self, message: Message, page_last: int) -> Message:
        self._ahead.pop(message.seq, None)
        if page_last > self.cursor:
            self._ahead[message.seq] = page_last
        for target, change in self._changes:
            if target == message.seq and change.seq > page_last:
                message = fold(message, change)
        return message

    def _discount(self, new: Iterable[Message]) -> None:
        """Have answers not count that were deleted while the page with them was on its way."""
        for message in new:
            if message.reply_to is None or message.deleted or not self._held[message.seq].deleted:
                continue
            changes = [change for target, change in self._changes if target == message.seq]
            self._touch(message.reply_to, next(c for c in changes if isinstance(c, Deleted)))
