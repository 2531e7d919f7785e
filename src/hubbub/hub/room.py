"""A room: where its log stands, and its members, live or lagging."""

from collections.abc import Sequence

from hubbub.chat.events import AnyLogged, MemberSummary, RoomSummary, Topic
from hubbub.hub.session import Format, Session


class Member:
    """A session in a room. While it lags, `cursor` is the last seq that was written to it."""

    __slots__ = ("cursor", "presence_changes", "room", "session")

    def __init__(self, session: Session, room: "Room") -> None:
        self.session = session
        self.room = room
        self.cursor = 0
        self.presence_changes = 0


class Room:
    """`live` members take part in fan-out; the others are served from the log at their own pace."""

    __slots__ = ("direct", "first", "last", "live", "members", "name", "presence_changes", "topic")

    def __init__(
        self,
        name: str,
        *,
        first: int = 0,
        last: int = 0,
        topic: str = "",
        direct: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.first = first
        self.last = last
        self.topic = topic
        self.direct = direct
        self.members: dict[str, Member] = {}
        # Dictionaries as ordered sets: the order of delivery is the order of arrival.
        self.live: dict[Format, dict[Member, None]] = {}
        self.presence_changes = 0

    def enter(self, session: Session) -> Member:
        """Make the session a member, not yet live."""
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
        """Take note of events that were committed, in order; at least one."""
        self.first = self.first or events[0].seq
        self.last = events[-1].seq
        for event in events:
            if isinstance(event, Topic):
                self.topic = event.text

    def listed(self, members_max: int) -> list[MemberSummary]:
        """Return up to `members_max` members in order of arrival."""
        return [
            MemberSummary(member.session.name)
            for member, _ in zip(self.members.values(), range(members_max), strict=False)
        ]

    def summary(self) -> RoomSummary:
        """Return the room's entry in the list of rooms."""
        return RoomSummary(self.name, self.topic, len(self.members), self.last)
