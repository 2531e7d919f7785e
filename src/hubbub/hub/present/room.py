"""Sessions, rooms, and members: a session in a room.

A person is in a room if one or more of their sessions are: lists, counts and presence are about
people, delivery is about members.

A member is either live, and takes part in fan-out, or lagging, and is served from the log after
its cursor. Never both: it would receive events twice. Never neither: it would receive none.
"""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from hubbub.chat.errors import PutOut, is_passing
from hubbub.chat.events import AnyLogged, Bye, Error, Event, MemberSummary, Ok, RoomSummary, Topic
from hubbub.hub.present.person import NO_SEQS, NOBODY, Opener, Person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hubbub.chat.errors import HubbubError
    from hubbub.chat.format import Format
    from hubbub.chat.roles import Scope
    from hubbub.hub.present.outlet import Outlet

NONE: Final = cast("dict[str, Any]", MappingProxyType({}))
"""One for all sessions that lag nowhere, and so on: as many empty ones take much of their memory.

It takes nothing in: whoever has something gets a dictionary of their own.
"""

PUT_OFF_MAX = 1024
"""Refs of refused commands that are kept for one session: more than a client has unanswered."""


class Session:
    """One connection of a person.

    `secret` proves to `resume` that a later connection is the same person; `earlier_secret` is the
    one it resumed from. A `held` session must resume, because somebody has its name, or is a
    `stranger`, and only people who are known are let in; a `locked` one
    must give the password. Only a session that is neither has its name. If it is
    `leaving`, its peer has hung up, and only what that said is still being acted on.
    """

    __slots__ = (
        "_member",
        "_members",
        "abandoned",
        "congested",
        "current",
        "device",
        "earlier_secret",
        "format",
        "gone",
        "held",
        "is_poster",
        "is_relayed",
        "lagging",
        "leaving",
        "locked",
        "origin",
        "outlet",
        "parting",
        "pending_bytes",
        "person",
        "put_off",
        "rooms_of_own",
        "scopes",
        "secret",
        "stranger",
        "told_ignores",
    )

    listens = 1
    """How many peers hear what is said to it."""

    def __init__(
        self, person: Person, format_: Format, outlet: Outlet, secret: str, *, origin: str = ""
    ) -> None:
        self.person = person
        self.origin = origin
        self.format = format_
        self.outlet = outlet
        self.secret = secret
        self.is_poster = not secret
        """Whether it only posts: nobody can prove to be the same person later."""
        self.is_relayed = False
        """Whether it comes by a relay, which is the way that it is to stay on."""
        self.earlier_secret = ""
        self.scopes: frozenset[Scope] | None = None
        """What the token of a bot is for; None for people."""
        self.device = ""
        """The hash of its device's secret; it ends when that is its person's no longer."""
        self.gone = False
        """Whether its connection is: somebody else may just be about to let it in."""
        self.held = False
        self.stranger = False
        self.locked = False
        self.congested = False
        self.leaving = False
        self.parting = ""
        """Why it ends, if anybody says so."""
        # Most sessions are in one room, and a dictionary takes more memory than the member in it.
        self._member: Member | None = None
        self._members: dict[str, Member] = NONE
        self.lagging: dict[str, Member] = NONE
        self.abandoned: dict[str, Member] = NONE  # private rooms that the other one has left
        self.rooms_of_own = 0  # that nobody else brought it into
        self.current: Room | None = None
        self.pending_bytes = 0
        self.told_ignores = NOBODY
        """`Person.ignores`, as the session was told it last."""
        self.put_off: dict[str, None] = NONE
        """The refs of commands that were refused for now, the oldest first: see `Say.behind`."""

    @property
    def name(self) -> str:
        """What the person is called."""
        return self.person.name

    @property
    def members(self) -> dict[str, Member]:
        """Its members by the names of their rooms, in the order in which it entered these."""
        member = self._member
        return self._members if member is None else {member.room.name: member}

    def member_in(self, room: str) -> Member | None:
        """Return its member in a room, if it is there."""
        member = self._member
        if member is not None and member.room.name == room:
            return member
        return self._members.get(room)

    def enter(self, member: Member) -> None:
        """Take in that it is in one more room."""
        if self._member is None and not self._members:
            self._member = member
            return
        if self._member is not None:
            self._members, self._member = self.members, None
        self._members[member.room.name] = member

    def leave(self, room: str) -> None:
        """Take in that it is in a room no longer."""
        if self._member is None:
            del self._members[room]
        else:
            assert self._member.room.name == room, "it is there"
            self._member = None

    @property
    def opener(self) -> Opener:
        """The person, as far as rooms are counted."""
        return Opener(self.origin, self.person.handle)

    @property
    def secrets(self) -> tuple[str, str]:
        """The secrets that prove a later connection to be the same person; some may be empty."""
        return self.secret, self.earlier_secret

    @property
    def admitted(self) -> bool:
        """Whether it has its name, and may send any command."""
        return not (self.held or self.locked)

    def refused_for_now(self, ref: str | None) -> None:
        """Take in that the command with this ref was refused for a reason that passes."""
        if ref is not None:
            self.put_off = self.put_off or {}
            self.put_off[ref] = None
            if len(self.put_off) > PUT_OFF_MAX:
                del self.put_off[next(iter(self.put_off))]

    def said_again(self, ref: str) -> None:
        """Take in that a ref stands for another command from now on."""
        if ref in self.put_off:
            del self.put_off[ref]

    def lag(self, member: Member) -> None:
        """Count a member among those that are served from the log, as the last one."""
        self.keep_up(member.room.name)
        self.lagging = self.lagging or {}
        self.lagging[member.room.name] = member

    def keep_up(self, room: str) -> None:
        """Count its member in a room among them no longer."""
        if room in self.lagging:
            del self.lagging[room]

    def abandon(self, member: Member) -> None:
        """Take in that the other one has left a private room."""
        self.abandoned = self.abandoned or {}
        self.abandoned[member.room.name] = member

    def join_again(self, room: str) -> None:
        """Take in that the other one is there again, or that the session has left, too."""
        if room in self.abandoned:
            del self.abandoned[room]

    def refuse(self, error: HubbubError, ref: str | None) -> None:
        """Tell the session that its command with this ref is refused."""
        if is_passing(error.code):
            self.refused_for_now(ref)
        self.send(Error.of(error, ref))
        if isinstance(error, PutOut):
            self.send(Bye(reason=str(error), code=error.code))
            self.outlet.end()

    def confirm(self, ref: str | None) -> None:
        """Tell the session that its command with this ref is done, if it asked for an answer."""
        if ref is not None:
            self.send(Ok(ref=ref))

    def adapt(self, change: Callable[[], None]) -> None:
        """Have a `change` of the format made; the rooms know it by what it is before and after."""
        live = [one for one in self.members.values() if one.room.name not in self.lagging]
        for member in live:
            member.room.withdraw(member)
        change()
        for member in live:
            member.room.go_live(member)

    def send(self, event: Event) -> None:
        """Send one event that is meant for this session alone.

        Only for what the session itself caused: what others cause must wait while it is congested.
        """
        if payload := self.format.encode(event, self.person.name):
            self.outlet.write(payload)


class Member:
    """A session in a room. While it lags, `cursor` is the last seq that was written to it.

    `described`: the `room` event was sent to it. If the session does not read, this waits until it
    does. `told`: see `passing`. `told_times` is the room's when the member began to lag. `echoes`
    are the seqs of what the session said while it lagged, if its format does not hear itself.
    `marker` is the read marker of its person that the session was told last, and `role` its role.
    """

    __slots__ = (
        "cursor",
        "described",
        "echoes",
        "is_own",
        "marker",
        "role",
        "room",
        "session",
        "told",
        "told_times",
    )

    def __init__(self, session: Session, room: Room) -> None:
        self.session = session
        self.room = room
        self.cursor = 0
        self.described = True
        self.is_own = True
        self.echoes = NO_SEQS
        self.marker = 0
        self.role = ""
        self.told = 0
        self.told_times = 0


class Room:
    """`people` are in it, by name key, with so many sessions in all, the `listeners`.

    `direct` names the two whose private room it is, and `handles` stand for them (see names.py),
    who opened it first; `introduced` is the number of the draft that is to say so in the log.
    `dropped`: see `Head`. `title` is what people call it, if that is not its name. While
    it is `going`, because somebody deletes or renames it, nothing more is said there.
    `invited` says when people were asked in who may enter once, whatever keeps others out, by what
    rules name them.
    `presence_changes` and `listed_at`: see `passing`. `told_times` is how often the members were
    told of such changes.
    """

    __slots__ = (
        "_listed",
        "direct",
        "dropped",
        "first",
        "going",
        "handles",
        "introduced",
        "invited",
        "last",
        "listed_at",
        "listeners",
        "live",
        "name",
        "newest_draft",
        "opened_at",
        "opener",
        "owner",
        "people",
        "presence_changes",
        "title",
        "told_times",
        "topic",
        "topic_at",
        "topic_by",
        "topic_seq",
    )

    def __init__(
        self,
        name: str,
        *,
        first: int = 0,
        last: int = 0,
        topic: str = "",
        dropped: int = 0,
    ) -> None:
        self.name = name
        self.title = ""
        self.going = False
        self.first = first
        self.last = last
        self.dropped = dropped
        self.topic = topic
        self.topic_seq = last  # not known more exactly: it was set at `last` or before
        self.topic_by, self.topic_at = "", 0  # known if it was set since the server started
        self.opened_at = 0  # likewise
        self.invited: dict[str, int] = {}
        self.direct: tuple[str, ...] = ()
        self.handles: tuple[str, ...] = ()
        self.introduced = 0
        self.people: dict[str, Person] = {}
        self.listeners = 0
        # Dictionaries as ordered sets: the order of delivery is the order of arrival.
        self.live: dict[Format, dict[Member, None]] = {}
        self.newest_draft = 0
        self._listed: list[MemberSummary] | None = None
        self.opener: Opener | None = None
        self.owner = ""  # the id of who opened it, if they are known
        self.presence_changes = 0
        self.listed_at = 0
        self.told_times = 0

    @property
    def called(self) -> str:
        """What people call it."""
        return self.title or self.name

    @property
    def is_for_notes(self) -> bool:
        """Whether it is the private room of one person with themselves."""
        return bool(self.handles) and self.handles[0] == self.handles[-1]

    def other(self, handle: str) -> str:
        """Return the handle of the other one in a private room."""
        return next((other for other in self.handles if other != handle), "")

    def enter(self, session: Session, role: str = "") -> Member:
        """Make the session a member; the caller makes it live or lagging at once.

        `role` is what power its person has here, as in `MemberSummary`.
        """
        member = Member(session, self)
        member.role = role
        session.enter(member)
        self.listeners += session.listens
        person = session.person
        if person.key not in self.people:
            if self._listed is not None and len(self._listed) == len(self.people):
                self._listed.append(_summary(person, role))
            self.people[person.key] = person
        return member

    def leave(self, member: Member, *, stays: bool) -> None:
        """Forget the member, live or not; the person `stays` who has another session here."""
        session = member.session
        session.leave(self.name)
        self.listeners -= session.listens
        if not stays:
            del self.people[session.person.key]
            self.relist()
        session.keep_up(self.name)
        self.withdraw(member)
        if session.current is self:
            session.current = None

    def renamed(self, person: Person, former_key: str) -> None:
        """Take in that somebody who is in the room has another name."""
        del self.people[former_key]
        self.people[person.key] = person
        self.relist()

    def go_live(self, member: Member) -> None:
        """Serve the member by fan-out from now on; it must have received all up to `last`."""
        member.session.keep_up(self.name)
        member.echoes = NO_SEQS
        self.live.setdefault(member.session.format.shared, {})[member] = None

    def lag(self, member: Member, cursor: int) -> None:
        """Serve the member from the log, from `cursor` on."""
        assert 0 <= cursor <= self.last, "a cursor beyond the end would skip what comes next"
        member.cursor = cursor
        member.told_times = self.told_times
        member.session.lag(member)
        self.withdraw(member)

    def withdraw(self, member: Member) -> None:
        """Serve the member by fan-out no longer; the caller makes it lagging or leave at once."""
        format_ = member.session.format.shared
        group = self.live.get(format_, {})
        group.pop(member, None)
        if not group:
            self.live.pop(format_, None)

    def advance(self, events: Sequence[AnyLogged]) -> None:
        """Move on to the room's next events, in order, as the log handed them out."""
        assert events[0].prev == self.last, "the log left events out, or repeats them"
        self.first = self.first or events[0].seq
        self.last = events[-1].seq
        for event in events:
            if type(event) is Topic:
                self.topic, self.topic_seq = event.text, event.seq
                self.topic_by, self.topic_at = event.sender, event.at

    def list_for(self, member: Member) -> None:
        """Note that a member is given a list of the members."""
        member.told = self.listed_at = self.presence_changes

    def relist(self) -> None:
        """Make the list of the members anew, because something that it says has changed."""
        self._listed = None

    def listed(
        self, members_max: int, roles: Callable[[], Mapping[str, str]]
    ) -> list[MemberSummary]:
        """Return up to `members_max` people in order of arrival; the list may grow later.

        `roles` gives, by id, those who have one.
        """
        if self._listed is None:
            first, powers = itertools.islice(self.people.values(), members_max), roles()
            self._listed = [_summary(one, powers.get(one.standing, "")) for one in first]
        return self._listed if len(self._listed) <= members_max else self._listed[:members_max]

    def summary(self) -> RoomSummary:
        """Return the room's entry in the list of rooms."""
        return RoomSummary(self.name, self.topic, len(self.people), self.last, self.title)


def _summary(person: Person, role: str) -> MemberSummary:
    return MemberSummary(person.name, person.id, role, person.kind, person.away is not None)
