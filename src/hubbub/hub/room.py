"""Sessions, rooms, and members: a session in a room.

A member is either live, and takes part in fan-out, or lagging, and is served from the log after
its cursor. Never both: it would receive events twice. Never neither: it would receive none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.events import AnyLogged, Event, MemberSummary, RoomSummary, Topic
from hubbub.chat.names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubbub.chat.format import Format
    from hubbub.hub.outlet import Outlet


class Session:
    """A name on a connection.

    `secret` proves to `resume` that a later connection is the same person; `earlier_secret` is the
    one it resumed from. `since` is the newest seq when this person took the name: what was said
    under it up to then, or in its private rooms, was somebody else's. A `held` session must resume,
    because somebody has its name; a `locked` one must give the password. Only a session that is
    neither has its name.
    """

    __slots__ = (
        "congested",
        "current",
        "earlier_secret",
        "format",
        "held",
        "key",
        "lagging",
        "locked",
        "members",
        "name",
        "not_own",
        "outlet",
        "pending_bytes",
        "secret",
        "since",
    )

    def __init__(self, name: str, format_: Format, outlet: Outlet, secret: str, since: int) -> None:
        self.name = name
        self.key = name_key(name)
        self.format = format_
        self.outlet = outlet
        self.secret = secret
        self.earlier_secret = ""
        self.since = since
        self.not_own: frozenset[int] = frozenset()
        """Seqs after `since` that somebody else posted under this name while it was free."""
        self.held = False
        self.locked = False
        self.congested = False
        self.members: dict[str, Member] = {}
        self.lagging: dict[str, Member] = {}
        self.current: Room | None = None
        self.pending_bytes = 0

    @property
    def secrets(self) -> tuple[str, str]:
        """The secrets that prove a later connection to be the same person; some may be empty."""
        return self.secret, self.earlier_secret

    @property
    def is_poster(self) -> bool:
        """Whether it only posts: nobody can prove to be the same person later."""
        return not self.secret

    @property
    def admitted(self) -> bool:
        """Whether it has its name, and may send any command."""
        return not (self.held or self.locked)

    def said(self, seq: int) -> bool:
        """Whether a message of this name with this seq is this person's own."""
        return seq > self.since and seq not in self.not_own

    def send(self, event: Event) -> None:
        """Send one event that is meant for this session alone.

        Only for what the session itself caused: what others cause must wait while it is congested.
        """
        if payload := self.format.encode(event, self.name):
            self.outlet.write(payload)


class Member:
    """A session in a room. While it lags, `cursor` is the last seq that was written to it.

    `described`: the `room` event was sent to it. If the session does not read, this waits until it
    does.
    """

    __slots__ = ("cursor", "described", "presence_changes", "room", "session")

    def __init__(self, session: Session, room: Room) -> None:
        self.session = session
        self.room = room
        self.cursor = 0
        self.described = True
        self.presence_changes = 0


class Room:
    """`direct` names the two whose private room it is. `dropped`: see `Head`."""

    __slots__ = (
        "direct",
        "dropped",
        "first",
        "last",
        "live",
        "members",
        "name",
        "presence_changes",
        "topic",
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
        self.first = first
        self.last = last
        self.dropped = dropped
        self.topic = topic
        self.topic_seq = last  # not known more exactly: it was set at `last` or before
        self.direct: tuple[str, ...] = ()
        self.members: dict[str, Member] = {}
        # Dictionaries as ordered sets: the order of delivery is the order of arrival.
        self.live: dict[Format, dict[Member, None]] = {}
        self.presence_changes = 0

    def enter(self, session: Session) -> Member:
        """Make the session a member; the caller makes it live or lagging at once."""
        member = Member(session, self)
        self.members[session.key] = session.members[self.name] = member
        return member

    def leave(self, member: Member) -> None:
        """Forget the member, live or not."""
        session = member.session
        del self.members[session.key], session.members[self.name]
        session.lagging.pop(self.name, None)
        self._withdraw(member)
        if session.current is self:
            session.current = None

    def go_live(self, member: Member) -> None:
        """Serve the member by fan-out from now on; it must have received all up to `last`."""
        member.session.lagging.pop(self.name, None)
        self.live.setdefault(member.session.format, {})[member] = None

    def lag(self, member: Member, cursor: int) -> None:
        """Serve the member from the log, from `cursor` on."""
        assert 0 <= cursor <= self.last, "a cursor beyond the end would skip what comes next"
        member.cursor = cursor
        member.presence_changes = self.presence_changes
        member.session.lagging[self.name] = member
        self._withdraw(member)

    def _withdraw(self, member: Member) -> None:
        group = self.live.get(member.session.format, {})
        group.pop(member, None)
        if not group:
            self.live.pop(member.session.format, None)

    def advance(self, events: Sequence[AnyLogged]) -> None:
        """Move on to the room's next events, in order, as the log handed them out."""
        assert events[0].prev == self.last, "the log left events out, or repeats them"
        self.first = self.first or events[0].seq
        self.last = events[-1].seq
        for event in events:
            if isinstance(event, Topic):
                self.topic, self.topic_seq = event.text, event.seq

    def listed(self, members_max: int) -> list[MemberSummary]:
        """Return up to `members_max` members in order of arrival."""
        return [
            MemberSummary(member.session.name)
            for member, _ in zip(self.members.values(), range(members_max), strict=False)
        ]

    def summary(self) -> RoomSummary:
        """Return the room's entry in the list of rooms."""
        return RoomSummary(self.name, self.topic, len(self.members), self.last)
