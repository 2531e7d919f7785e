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
from hubbub.hub.private import first_seen, last_seen, topic_seen
from hubbub.hub.room import Member, Room

if TYPE_CHECKING:
    from hubbub.hub.room import Session
    from hubbub.hub.state import State


def enter_room(state: State, session: Session, room: Room) -> Member:
    """Make a session a member of a room from now on, and tell the others.

    A room that is not open yet is open from then on. Raises Refused `too_many_rooms`.
    """
    check_may_open(state, room)
    # Private rooms that others opened do not count, or they could lock someone out of all rooms.
    own = sum(not _was_invited(session, member.room) for member in session.members.values())
    if own >= state.limits.rooms_per_member_max and not _was_invited(session, room):
        raise Refused(
            f"You are in {own} rooms; more are not allowed. Leave one first.",
            code="too_many_rooms",
        )
    return _enter(state, session, room)


def move_to_room(state: State, session: Session, room: Room) -> None:
    """Take a session that is in one room at a time from there to another one.

    Raises Refused `too_many_rooms`, and then the session stays where it was.
    """
    check_may_open(state, room)
    for member in list(session.members.values()):
        leave_room(state, member)
    _enter(state, session, room)
    session.current = room


def _enter(state: State, session: Session, room: Room) -> Member:
    state.rooms[room.name] = room
    member = room.enter(session)
    if session.congested:
        room.lag(member, room.last)
    else:
        room.go_live(member)
    _announce_presence(state, member, "joined")
    return member


def check_may_open(state: State, room: Room) -> None:
    """Raise Refused `too_many_rooms` if the room is not open, and none may be opened."""
    if room.name not in state.rooms and len(state.rooms) >= state.limits.rooms_max:
        raise Refused(
            "The server allows no more rooms. Join one that is open already.",
            code="too_many_rooms",
        )


def _was_invited(session: Session, room: Room) -> bool:
    return bool(room.direct) and not same_name(room.direct[0], session.name)


def leave_room(state: State, member: Member) -> None:
    """End a membership and tell the others; a room without members or events is forgotten."""
    room = member.room
    room.leave(member)
    _announce_presence(state, member, "left")
    if not room.members and not room.last and room.name != DEFAULT_ROOM:
        del state.rooms[room.name]


def _announce_presence(state: State, member: Member, change: Literal["joined", "left"]) -> None:
    room = member.room
    room.presence_changes += 1
    if not is_crowd(state, room):
        presence = e.Presence(room=room.name, name=member.session.name, state=change)
        announce(room, presence, besides=member)


def is_crowd(state: State, room: Room) -> bool:
    """Return whether a room has so many members that presence would cost more than messages."""
    return len(room.members) > state.limits.listed_max


def find_room(state: State, session: Session, raw: str) -> Room:
    """Return a room the session may read; raise Refused `no_such_room`."""
    name = raw if is_direct(raw) else allowed_room(raw)
    room = state.rooms.get(name)
    if room is None or (
        is_direct(name) and not any(same_name(session.name, one) for one in room.direct)
    ):
        raise Refused(
            f"There is no room '{name}'. Join it to open it, or ask for the list of rooms.",
            code="no_such_room",
        )
    return room


def find_or_open_room(state: State, session: Session, raw: str) -> Room:
    """Return a room the session may enter, a new one (not open yet) if need be."""
    if is_direct(raw) or (name := allowed_room(raw)) in state.rooms:
        return find_room(state, session, raw)
    return Room(name)


def open_direct_room(state: State, session: Session, name: str) -> Member:
    """Return the session's membership of its private room with the holder of `name`.

    Both are in it then. Raises Refused `not_here`, `forbidden` or `too_many_rooms`.
    """
    other = find_session(state, name)
    if other is session:
        raise Refused("You cannot have a private room with yourself.", code="forbidden")
    key = direct_room(session.name, other.name)
    room = state.rooms.get(key) or Room(key)
    room.direct = room.direct or (session.name, other.name)
    own = session.members.get(key) or enter_room(state, session, room)
    if key not in other.members:
        _leave_abandoned_rooms(state, other)
        member = enter_room(state, other, room)
        member.described = False
        if not other.congested:  # else `catch_up` does it: others must not fill its connection
            describe(state, member)
    return own


def _leave_abandoned_rooms(state: State, session: Session) -> None:
    """Leave private rooms whose other member is gone, once there are many."""
    if len(session.members) >= state.limits.rooms_per_member_max:
        for member in list(session.members.values()):
            if member.room.direct and len(member.room.members) == 1:
                leave_room(state, member)


def find_session(state: State, name: str) -> Session:
    """Return the session that has `name`; raise Refused `not_here`."""
    session = state.sessions.get(name_key(allowed_name(name)))
    if session is None:
        raise Refused(f"Nobody called '{name}' is here.", code="not_here")
    return session


def own_membership(state: State, session: Session, raw: str) -> Member:
    """Return the session's membership of a room; raise Refused `not_a_member`."""
    if (member := session.members.get(raw)) is not None:
        return member
    room = find_room(state, session, raw)
    if (member := session.members.get(room.name)) is None:
        raise Refused(f"You are not in the room '{room.name}'. Join it first.", code="not_a_member")
    return member


def describe(
    state: State,
    member: Member,
    *,
    gap: bool = False,
    epoch: str = "",
    replaced: bool = False,
    ref: str | None = None,
) -> None:
    """Send a member the `room` event of its room."""
    room, session = member.room, member.session
    member.described = True
    session.send(
        e.Room(
            room=room.name,
            topic=topic_seen(session, room),
            members=room.listed(state.limits.listed_max),
            last=last_seen(session, room),
            first=first_seen(session, room),
            gap=gap,
            epoch=epoch,
            replaced=replaced,
            direct=list(room.direct),
            more=is_crowd(state, room),
            ref=ref,
        )
    )


def list_members(state: State, room: Room, ref: str | None = None) -> e.Members:
    """Return the `members` event of a room."""
    return e.Members(
        room=room.name,
        members=room.listed(state.limits.listed_max),
        more=is_crowd(state, room),
        ref=ref,
    )


def list_rooms(state: State, ref: str | None = None) -> e.Rooms:
    """Return the `rooms` event: the public rooms by name.

    Of too many, the lobby and the fullest are kept, then those spoken in last.
    """
    public = [room for room in state.rooms.values() if not is_direct(room.name)]
    shown = state.limits.listed_max
    if len(public) > shown:
        public.sort(
            key=lambda room: (room.name == DEFAULT_ROOM, len(room.members), room.last), reverse=True
        )
        public = public[:shown]
    summaries = [room.summary() for room in sorted(public, key=lambda room: room.name)]
    return e.Rooms(rooms=summaries, ref=ref)
