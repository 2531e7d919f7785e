"""Private rooms of two: who they are, how they come together, and what waits for whom.

A room is named by what stands for its two people: a passing one's name, a known one's id. So to
those who are known the room stays, whatever they are called and wherever they come from, and what
is said there while they are gone waits for them. It is logged between whom the room is, with the
first thing that is said in it. A passing person who is gone cannot come back to it, so nothing can
be said to them any more.
"""

from __future__ import annotations

from heapq import nlargest
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.listed import ConversationSummary, Participant
from hubbub.chat.names import allowed_name, known_by, name_key, private_room
from hubbub.chat.people import CONVERSATION, Conversation
from hubbub.hub.flow.private import is_seen, last_seen
from hubbub.hub.membership import bring_in, describe, enter_room, names_of, open_room
from hubbub.hub.people.records import fact
from hubbub.hub.present.far import FarSession
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room
from hubbub.hub.rules.scopes import may_read
from hubbub.hub.standing import found, private_rooms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.hub.present.room import Member, Session
    from hubbub.hub.state import State

UNREAD_MAX: Final = 100
"""Rooms in which something waits, into which a session is brought when it comes."""

LOOKED_AT_MAX: Final = 1000
"""Of the newest rooms, so many are looked at for that."""


def _find(state: State, name: str) -> Person:
    """Return who is here under `name`, or is known by it; raise Refused `not_here`."""
    key = name_key(allowed_name(name))
    if (person := state.here.holder(key)) is not None:
        return person
    if (known := state.book.owner(key)) is None:
        raise Refused(f"Nobody called '{name}' is here.", code="not_here")
    id_, profile = known
    return state.here.person(id_) or Person(profile.name, id_=id_)


def direct_room(state: State, session: Session, name: str, at: int) -> tuple[Room, Person]:
    """Return the session's private room with the person called `name`, and that person.

    With oneself, it is a place for notes. The room may not be open yet. Raises Refused `not_here`
    or `too_many_rooms`.
    """
    person, other = session.person, _find(state, name)
    key = private_room(person.handle, other.handle)
    if key not in state.rooms and other.handle != person.handle:
        state.unanswered.check(session.opener, at)
    room = state.rooms.get(key) or Room(key)
    if not room.handles:
        room.handles, room.direct = (person.handle, other.handle), (person.name, other.name)
    return room, other


def open_direct_room(state: State, session: Session, name: str, at: int) -> Member:
    """Return the session's membership of its private room with the person called `name`.

    All sessions of both are in it then. Raises Refused `not_here` or `too_many_rooms`.
    """
    person = session.person
    room, other = direct_room(state, session, name, at)
    is_new = room.name not in state.rooms
    own = session.member_in(room.name) or enter_room(state, session, room, at)
    if is_new and other is not person:
        state.unanswered.opened(room.name, session.opener, at)
    was_alone = other.key not in room.people
    brought = [*_bring_all(state, room, person, at)]
    if person.handle not in other.ignores:
        brought = [*_bring_all(state, room, other, at), *brought]
    is_alone = other.key not in room.people
    if was_alone and not is_alone and not session.congested:
        # Before the answer: so they were not always there.
        joined = e.Presence(
            room=room.name, name=other.name, person=other.id, kind=other.kind, state="joined"
        )
        session.send(joined)
        room.list_for(own)
    _describe_to(state, brought)
    return own


def open_from_outside(state: State, poster: Session, room: Room, other: Person, at: int) -> None:
    """Open a private room, if need be, for a session that posts there and does not enter it."""
    if room.name not in state.rooms:
        open_room(state, poster, room, at)
        state.unanswered.opened(room.name, poster.opener, at)
    # Those who are known are brought in by what is said. A passing person could not be reached.
    if not other.id and poster.person.handle not in other.ignores:
        _describe_to(state, list(_bring_all(state, room, other, at)))


def _bring_all(state: State, room: Room, person: Person, at: int) -> Iterator[Member]:
    for session in state.here.named(person.key):
        if isinstance(session, FarSession):
            if room.name not in session.members and session.bring(room, at):
                bring_in(state, session, room, at)
        elif room.name not in session.members and session.person is person and may_read(session):
            yield bring_in(state, session, room, at)


def _describe_to(state: State, members: list[Member]) -> None:
    for member in members:
        if not member.session.congested:  # else `catch_up` does it: others must not fill it
            describe(state, member)


def check_is_reachable(state: State, person: Person, room: Room) -> None:
    """Raise Refused `not_here` if nobody would hear what a person says in a private room."""
    handle = room.other(person.handle)
    if handle and not _is_reachable(state, handle, room):
        place = room.handles.index(handle)
        raise Refused(
            f"'{names_of(state, room)[place]}' is gone, and would not hear this. If somebody of "
            "that name is here now, they may be another person: open a private room with them.",
            code="not_here",
        )


def _is_reachable(state: State, handle: str, room: Room) -> bool:
    """Return whether one of the two may hear what is said, now or when they come back."""
    if id_ := known_by(handle):
        return id_ in state.book.profiles
    holder = state.here.holder(handle) or state.kept.holder(handle)
    if holder is None or holder.id:
        return False
    # If the room went on since they took the name, they are who was spoken to.
    return handle in room.people or is_seen(holder, room, room.last)


def said(state: State, person: Person, room: Room, at: int) -> None:
    """Have logged between whom a private room is, and bring in those who are known and here.

    To be called before what is said waits for the log.
    """
    other = room.other(person.handle)
    if not (person.id or known_by(other)):
        return
    if room.name not in state.conversations and state.drafts.is_settled(room.introduced):
        first, second = room.handles
        conversation = Conversation((first, second), (room.direct[0], room.direct[1]))
        key = CONVERSATION + room.name
        room.introduced = state.note(fact(state, key, conversation, person.id)).number
    for one in (state.here.person(person.id), state.here.person(known_by(other))):
        if one is not None and person.handle not in one.ignores:
            _describe_to(state, list(_bring_all(state, room, one, at)))


def bring_those_known(state: State, room: Room) -> None:
    """Bring those into a private room who are known, before they hear of what was said there.

    Where that was said, it was done before (`said`), but another node does so here.
    """
    state.introduce(room)
    for handle in dict.fromkeys(room.handles):
        person = state.here.person(known_by(handle))
        if person is not None and room.other(handle) not in person.ignores:
            _describe_to(state, list(_bring_all(state, room, person, state.at)))


def bring_into_unread(state: State, session: Session) -> None:
    """Bring a session into those conversations and private rooms in which something waits.

    One that knows no rooms cannot ask for it: what waits is said to it.
    """
    unread = list(islice(_unread(state, session), UNREAD_MAX))
    _prepare(state, unread)
    for room in unread:
        member = bring_in(state, session, room, state.at)
        if session.format.knows_rooms:
            describe(state, member, brought=True)
        else:
            member.described = True
            id_ = session.person.id
            room.lag(member, state.markers.seq(id_, room.name))
            state.markers.move(id_, room.name, room.last)
            state.markers.log_later(id_, room.name, state.at)


def _unread(state: State, session: Session) -> Iterator[Room]:
    if not may_read(session):
        return
    person = session.person
    rooms = islice(state.recent.rooms(person.id), LOOKED_AT_MAX)
    for room in chain(rooms, _private_rooms(state, session)):
        is_unread = room.last > state.markers.seq(person.id, room.name)
        is_out = room.name not in session.members
        if is_unread and is_out and room.other(person.handle) not in person.ignores:
            yield room


def _private_rooms(state: State, session: Session) -> Iterator[Room]:
    """Yield the private rooms into which a session may be brought.

    One that knows no rooms is in one at a time, and takes itself there.
    """
    if session.format.knows_rooms:
        for room in private_rooms(state, session.person.id):
            if found(state, state.order.bans, session, room) is None:
                yield room


def list_conversations(
    state: State, session: Session, before: int | None, ref: str | None
) -> e.Conversations:
    """Return the private rooms of the session's person: those in which something was said last.

    Of a passing person, those that the session is in. `before`: only those whose newest seq is
    below, in order of it.
    """
    person = session.person
    rooms = state.recent.rooms(person.id) if person.id else _rooms_in(session)
    if before is not None:
        older = ((last_seen(person, room), room.name, room) for room in rooms)
        chosen = nlargest(state.limits.listed_max + 1, (one for one in older if one[0] < before))
        rooms = (room for _, _, room in chosen)
    newest = list(islice(rooms, state.limits.listed_max))
    _prepare(state, newest)
    listed = [_summary(state, person, room) for room in newest]
    return e.Conversations(conversations=listed, more=next(rooms, None) is not None, ref=ref)


def _prepare(state: State, rooms: Iterable[Room]) -> None:
    """Look up together who shares these rooms."""
    state.book.profiles.prepare(known_by(handle) for room in rooms for handle in room.handles)


def _rooms_in(session: Session) -> Iterator[Room]:
    return (one.room for one in reversed(session.members.values()) if one.room.direct)


def _summary(state: State, person: Person, room: Room) -> ConversationSummary:
    two = list(zip(room.handles, names_of(state, room), strict=True))
    others = [one for one in two if one[0] != person.handle] or two[:1]  # or it is for notes
    with_ = [_participant(state, handle, name) for handle, name in others]
    return ConversationSummary(
        room=room.name,
        with_=with_,
        last=last_seen(person, room),
        seen=state.markers.seq(person.id, room.name),
    )


def _participant(state: State, handle: str, name: str) -> Participant:
    id_ = known_by(handle)
    profile = state.book.profiles.get(id_)
    kind = "passing" if not id_ else profile.kind if profile is not None else "forgotten"
    return Participant(name=name, kind=kind, person=id_)
