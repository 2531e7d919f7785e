"""Who is in which room, which rooms a session may see, and who is told of comings and goings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import (
    DEFAULT_ROOM,
    allowed_name,
    allowed_room,
    direct_room,
    is_direct,
    name_key,
    same_name,
)
from hubbub.hub.fanout import announce
from hubbub.hub.room import Member, Room

if TYPE_CHECKING:
    from hubbub.hub.hub import Hub
    from hubbub.hub.session import Session


def enter_room(hub: Hub, session: Session, room: Room) -> Member:
    """Make a session a member of a room from now on, and tell the others.

    A room that is not open yet is open from then on. Raises Refused `too_many_rooms`.
    """
    check_may_open(hub, room)
    # Private rooms that others opened do not count, or they could lock someone out of all rooms.
    own = sum(not _was_invited(session, member.room) for member in session.members.values())
    if own >= hub.limits.rooms_per_member_max and not _was_invited(session, room):
        raise Refused(
            f"You are in {own} rooms, the most allowed. Leave one first.", code="too_many_rooms"
        )
    hub.rooms[room.name] = room
    member = room.enter(session)
    if session.congested:
        room.lag(member, room.last)
    else:
        room.go_live(member)
    _announce_presence(hub, member, "joined")
    return member


def check_may_open(hub: Hub, room: Room) -> None:
    """Raise Refused `too_many_rooms` if the room is not open, and none may be opened."""
    if room.name not in hub.rooms and len(hub.rooms) >= hub.limits.rooms_max:
        raise Refused(
            "The server has as many rooms as it allows. Join one of those there are.",
            code="too_many_rooms",
        )


def _was_invited(session: Session, room: Room) -> bool:
    return bool(room.direct) and not same_name(room.direct[0], session.name)


def leave_room(hub: Hub, member: Member) -> None:
    """End a membership and tell the others; a room without members or events is forgotten."""
    room = member.room
    room.leave(member)
    _announce_presence(hub, member, "left")
    if not room.members and not room.last and room.name != DEFAULT_ROOM:
        del hub.rooms[room.name]


def _announce_presence(hub: Hub, member: Member, state: Literal["joined", "left"]) -> None:
    room = member.room
    room.presence_changes += 1
    if not is_crowd(hub, room):
        presence = e.Presence(room=room.name, name=member.session.name, state=state)
        announce(room, presence, besides=member)


def is_crowd(hub: Hub, room: Room) -> bool:
    """Tell whether a room has so many members that presence would cost more than messages."""
    return len(room.members) > hub.limits.listed_max


def find_room(hub: Hub, session: Session, raw: str) -> Room:
    """Return a room the session may read; raise Refused `no_such_room`."""
    name = raw if is_direct(raw) else allowed_room(raw)
    room = hub.rooms.get(name)
    if room is None or (
        is_direct(name) and not any(same_name(session.name, one) for one in room.direct)
    ):
        raise Refused(
            f"There is no room '{name}'. Join it to open it, or ask for the list of rooms.",
            code="no_such_room",
        )
    return room


def find_or_open_room(hub: Hub, session: Session, raw: str) -> Room:
    """Return a room the session may enter, a new one (not open yet) if need be."""
    if is_direct(raw) or (name := allowed_room(raw)) in hub.rooms:
        return find_room(hub, session, raw)
    return Room(name)


def open_direct_room(hub: Hub, session: Session, name: str) -> Room:
    """Return the private room of the session and the holder of `name`, with both in it."""
    other = find_session(hub, name)
    if other is session:
        raise Refused("You cannot have a private room with yourself.", code="forbidden")
    key = direct_room(session.name, other.name)
    room = hub.rooms.get(key) or Room(key)
    room.direct = room.direct or (session.name, other.name)
    if key not in session.members:
        enter_room(hub, session, room)
    if key not in other.members:
        _leave_abandoned_rooms(hub, other)
        enter_room(hub, other, room)
        other.send(describe(hub, room))
    return room


def _leave_abandoned_rooms(hub: Hub, session: Session) -> None:
    """Leave private rooms whose other member is gone, once there are many."""
    if len(session.members) >= hub.limits.rooms_per_member_max:
        for member in list(session.members.values()):
            if member.room.direct and len(member.room.members) == 1:
                leave_room(hub, member)


def find_session(hub: Hub, name: str) -> Session:
    """Return the session that bears `name`; raise Refused `not_here`."""
    session = hub.sessions.get(name_key(allowed_name(name)))
    if session is None:
        raise Refused(f"Nobody called '{name}' is here.", code="not_here")
    return session


def own_membership(hub: Hub, session: Session, raw: str) -> Member:
    """Return the session's membership of a room; raise Refused `not_a_member`."""
    if (member := session.members.get(raw)) is not None:
        return member
    room = find_room(hub, session, raw)
    if (member := session.members.get(room.name)) is None:
        raise Refused(f"You are not in the room '{room.name}'. Join it first.", code="not_a_member")
    return member


def describe(hub: Hub, room: Room, *, after: int | None = None, ref: str | None = None) -> e.Room:
    """Return the `room` event for someone who enters with the cursor `after`."""
    return e.Room(
        room=room.name,
        topic=room.topic,
        members=room.listed(hub.limits.listed_max),
        last=room.last,
        first=room.first,
        gap=after is not None and 0 < after < room.first,
        direct=list(room.direct),
        more=is_crowd(hub, room),
        ref=ref,
    )


def list_members(hub: Hub, room: Room, ref: str | None = None) -> e.Members:
    """Return the `members` event of a room."""
    return e.Members(
        room=room.name,
        members=room.listed(hub.limits.listed_max),
        more=is_crowd(hub, room),
        ref=ref,
    )


def list_rooms(hub: Hub, ref: str | None = None) -> e.Rooms:
    """Return the `rooms` event: the public rooms by name.

    Of too many, the lobby and the fullest are kept, then those spoken in last.
    """
    public = [room for room in hub.rooms.values() if not is_direct(room.name)]
    shown = hub.limits.listed_max
    if len(public) > shown:
        public.sort(
            key=lambda room: (room.name == DEFAULT_ROOM, len(room.members), room.last), reverse=True
        )
        public = public[:shown]
    summaries = [room.summary() for room in sorted(public, key=lambda room: room.name)]
    return e.Rooms(rooms=summaries, ref=ref)
