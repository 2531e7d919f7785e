"""Who is in which room, and which rooms a session may see."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import About, PutOut, Way, Why
from hubbub.chat.names import (
    AUDIT,
    REPORTS,
    allowed_name,
    allowed_room,
    deleted_name,
    is_direct,
    is_public,
    is_system,
    known_by,
    name_key,
)
from hubbub.chat.roles import Scope
from hubbub.hub.flow.passing import LEFT, Told, away_in
from hubbub.hub.flow.private import first_seen, last_seen, topic_seen
from hubbub.hub.present.room import Member, Room
from hubbub.hub.rules.rights import Act
from hubbub.hub.rules.scopes import check_scope
from hubbub.hub.standing import (
    check,
    check_sees,
    may_change,
    name_of,
    no_such_room,
    powers,
    private_rooms,
    rules_of,
    told_rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Session
    from hubbub.hub.state import State


def enter_room(state: State, session: Session, room: Room, at: int) -> Member:
    """Make a session a member of a room from now on, and tell the others.

    A room that is not open yet is open from then on. Raises Refused `too_many_rooms`.
    """
    check_may_open(state, session, room, at)
    # Private rooms that others opened do not count, or they could lock someone out of all rooms.
    own = session.rooms_of_own
    if own >= state.limits.rooms_per_member_max and not _was_invited(session, room):
        raise Refused(
            f"You are in {own} rooms; more are not allowed. Leave one first.",
            code="too_many_rooms",
        )
    return _enter(state, session, room, at)


def move_to_room(state: State, session: Session, room: Room, at: int) -> None:
    """Take a session that is in one room at a time from there to another one.

    Raises Refused `too_many_rooms`, and then the session stays where it was.
    """
    check_may_open(state, session, room, at)
    for member in list(session.members.values()):
        leave_room(state, member)
    _enter(state, session, room, at)
    session.current = room


def _enter(state: State, session: Session, room: Room, at: int, *, asked: bool = True) -> Member:
    if room.name not in state.rooms:
        open_room(state, session, room, at)
    is_first = session.person.key not in room.people
    if room.direct and is_first:
        for alone in _others(state, room, session.person):
            alone.session.join_again(room.name)
    member = room.enter(session, powers(state, room).get(session.person.standing, ""))
    member.is_own = asked and not _was_invited(session, room)
    session.rooms_of_own += member.is_own
    state.put(room)
    if session.congested:
        room.lag(member, room.last)
    else:
        room.go_live(member)
    state.here.moved(session.person)
    if is_first:
        state.passing.change(member, "joined")
        if session.person.away is not None:
            tell_away(state, member)
    else:
        room.list_for(member)
    return member


def tell_away(state: State, member: Member) -> None:
    """Have a room told that somebody is away from the keyboard, or back."""
    state.passing.away(member, away_text(state, member.session, member.room))


def away_text(state: State, session: Session, room: Room | None) -> str:
    """Return why the session's person is away, as a room is told: only if they may write there."""
    text = session.person.away or ""
    if text and not may_change(state, session, Act.SAY, room):
        return ""
    return text


def _others(state: State, room: Room, person: Person) -> Iterator[Member]:
    """Yield the members of a private room that are not a person's."""
    for other in room.people.values():
        if other is not person:
            yield from state.here.members(room, other)


def check_may_open(state: State, session: Session, room: Room, at: int) -> None:
    """Raise Refused `too_many_rooms` if the room is not open, and the session may open none."""
    if room.name not in state.rooms:
        if not is_direct(room.name):
            check_scope(session.scopes, Scope.ROOMS)
        state.openings.check(session.opener, len(state.rooms), at)


def open_room(state: State, session: Session, room: Room, at: int) -> None:
    """Open a room, and count it as the session's."""
    room.opener, room.owner, room.opened_at = session.opener, session.person.id, at
    state.openings.opened(room.opener, at)
    state.put(room)


def bring_in(state: State, session: Session, room: Room, at: int) -> Member:
    """Make a session a member that did not ask for it, however many rooms it is in.

    It is to be told so (`describe`).
    """
    if len(session.members) >= state.limits.rooms_per_member_max:
        for alone in list(session.abandoned.values()):
            leave_room(state, alone)
    # A conversation that is opened in one session is opened in all of the person's.
    member = _enter(state, session, room, at, asked=bool(room.direct))
    member.described = False
    return member


def _was_invited(session: Session, room: Room) -> bool:
    return bool(room.handles) and room.handles[0] != session.person.handle


def leave_room(state: State, member: Member, why: Why = LEFT, *, told: Told | None = None) -> None:
    """End a membership and tell the others; a room without members or events is forgotten.

    `told`: see `Passing.change`.
    """
    room, session = member.room, member.session
    stays = any(one is not member for one in state.here.members(room, session.person))
    room.leave(member, stays=stays)
    state.here.moved(session.person)
    session.rooms_of_own -= member.is_own
    session.join_again(room.name)
    if stays:
        return
    if room.direct:
        for alone in _others(state, room, session.person):
            alone.session.abandon(alone)
    state.passing.change(member, "left", why=why, told=told)
    keep_no_longer(state, room, session.person)
    state.put(room)
    state.close_if_unused(room)


def keep_no_longer(state: State, room: Room, person: Person) -> None:
    """Take from somebody who leaves what they were given in passing; with the last one, all."""
    rules = state.order.rules.get(room.name)
    if rules is None or not rules.in_passing:
        return
    if room.people:
        state.order.put_rules(room.name, rules.without(person.standing))
    else:
        state.order.remove(room.name)


def put_out_of(state: State, member: Member, why: Why, reason: str) -> None:
    """End a membership by somebody's decision, after what happened in the room before; tell the
    session so, with a sentence for people."""
    session, room = member.session, member.room
    hears = not (session.congested or room.name in session.lagging or is_crowd(state, room))
    if hears:
        for note in state.passing.for_one_who_goes(member, state.drafts):
            told = note.inner if session.format.knows_inner else None
            session.send(told or note.event)
    leave_room(state, member, why)
    tell_put_out(session, room, why, reason)


def tell_put_out(session: Session, room: Room, why: Why, reason: str) -> None:
    """Tell a session that it was put out of a room, with a sentence for people."""
    if session.format.knows_inner:
        session.send(PutOut(room=room.name, by=why.by, reason=why.reason))
    else:
        session.send(e.Removed(room=room.name, reason=reason))


def rename_in_rooms(state: State, sessions: Sequence[Session], rename: Callable[[], None]) -> None:
    """Have somebody renamed who has these sessions, and tell the rooms that they are in."""
    person = sessions[0].person
    former_key, former_name = person.key, person.name
    members = {one.room: one for session in sessions for one in session.members.values()}
    knowing = set(sessions)
    known_as = {room: state.passing.known_as(room, former_name) for room in members}
    for member in members.values():
        state.passing.change(member, "left", why=Why(Way.RENAMED))
    rename()
    for room, member in members.items():
        room.renamed(person, former_key)
        state.passing.change(member, "joined", formerly=known_as[room], told=knowing)
        if person.away is not None:
            tell_away(state, member)
        for one in state.here.members(room, person):
            room.list_for(one)  # they are told otherwise


def is_crowd(state: State, room: Room) -> bool:
    """Return whether a room has so many people that presence would cost more than messages."""
    return len(room.people) > state.limits.listed_max


def find_room(state: State, session: Session, raw: str) -> Room:
    """Return a room the session sees; raise Refused `no_such_room`, or `forbidden` if it is private
    and the session's person is not let in."""
    if is_system(raw):
        return _find_system_room(state, session, raw)
    name = raw if is_direct(raw) else state.name_of(allowed_room(raw))
    room = state.rooms.get(name)
    if room is not None and is_direct(name):
        state.introduce(room)
    if room is None or (is_direct(name) and session.person.handle not in room.handles):
        raise no_such_room(name)
    check_sees(state, session, room)
    return room


def _find_system_room(state: State, session: Session, name: str) -> Room:
    """Return a room that the server keeps, if the session's person may see it; else raise Refused.

    There is one from the beginning, even if nothing stands in it yet.
    """
    _, is_about_one, raw = name.partition(f"{REPORTS}/")
    about = state.rooms.get(raw)
    if name == AUDIT:
        check(state, session, Act.SEE_AUDIT, None)
    elif name == REPORTS:
        check(state, session, Act.SEE_REPORTS, None)
    elif is_about_one and about is not None:
        check(state, session, Act.SEE_REPORTS, about)
    else:
        raise no_such_room(name)
    return state.rooms.get(name) or Room(name)


def find_or_open_room(state: State, session: Session, raw: str) -> Room:
    """Return a room the session may enter, a new one (not open yet) if need be."""
    if not is_public(raw) or (name := state.name_of(allowed_room(raw))) in state.rooms:
        return find_room(state, session, raw)
    room = Room(name)
    check_sees(state, session, room)  # rules stay while nobody is there, and nothing was said
    return room


def find_person(state: State, name: str) -> Person:
    """Return who is here under `name`; raise Refused `not_here`."""
    person = state.here.holder(name_key(allowed_name(name)))
    if person is None:
        raise Refused(f"Nobody called '{name}' is here.", code="not_here")
    return person


def find_known(state: State, raw: str) -> str:
    """Return the id of somebody who is known, here or away; raise Refused `not_here`."""
    name = allowed_name(raw)
    here = state.here.holder(name_key(name))
    if here is not None and here.id:
        return here.id
    if (id_ := state.book.names.get(name_key(name))) is not None:
        return id_
    if here is not None:
        raise Refused(
            f"'{name}' is here in passing, and would not be known again. They must join with "
            "hubbub, or in a browser.",
            code="not_here",
        )
    raise Refused(f"Nobody called '{name}' is known here.", code="not_here")


def own_membership(state: State, session: Session, raw: str) -> Member:
    """Return the session's membership of a room; raise Refused `not_a_member`."""
    if (member := session.member_in(raw)) is not None:
        return member
    room = find_room(state, session, raw)
    if (member := session.member_in(room.name)) is None:
        raise Refused(
            f"You are not in the room '{room.called}'. Join it first.", code="not_a_member"
        )
    return member


def describe(
    state: State,
    member: Member,
    *,
    gap: bool = False,
    epoch: str = "",
    replaced: bool = False,
    brought: bool = False,
    seen: int = 0,
    ref: str | None = None,
) -> None:
    """Send a member the `room` event of its room; `brought` if the session did not ask for it.

    `seen`: the seq up to which there is something in any case.
    """
    room, session = member.room, member.session
    member.described = True
    room.list_for(member)
    tell_about(state, session, room)
    read = state.markers.read(session.person.id, room.name)
    member.marker = read.seq
    member.role = powers(state, room).get(session.person.standing, "")
    session.send(
        e.Room(
            room=room.name,
            topic=topic_seen(session.person, room),
            members=_listed(state, room),
            last=max(last_seen(session.person, room), seen),
            first=first_seen(session.person, room),
            gap=gap,
            epoch=epoch,
            replaced=replaced,
            direct=names_of(state, room),
            more=is_crowd(state, room),
            seen=read.seq if session.person.id else None,
            unread=read.unread,
            role=member.role,
            title=room.title,
            brought=brought and rules_of(state, room).private,
            seen_at=read.at if session.format.reads_by_time else None,
            place=_place_of(state, session, room) if session.format.keeps_place else None,
            ref=ref,
        )
    )
    if room.direct:
        for other in _others(state, room, session.person):
            if other.session.person.away is not None:
                text = away_text(state, other.session, room)
                session.send(away_in(room, other.session.person, text))
                break
    if (rules := told_rules(state, room)) is not None:
        session.send(rules)


def _place_of(state: State, session: Session, room: Room) -> int:
    return state.markers.places.get(session.person.id, {}).get(room.name, 0)


def tell_about(state: State, session: Session, room: Room, ref: str | None = None) -> None:
    """Tell a session what a room is about and what holds there, if it has words for that."""
    if not session.format.knows_inner or room.direct:
        return
    rules = rules_of(state, room)
    is_in = session.person.key in room.people
    session.send(
        About(
            room=room.name,
            topic=topic_seen(session.person, room),
            topic_by=room.topic_by,
            topic_at=room.topic_at,
            opened_at=room.opened_at,
            private=rules.private,
            read_only=rules.read_only,
            topic_role=rules.topic_by,
            slow_seconds=rules.slow_seconds,
            invite_only=rules.invite_only,
            key=rules.key if is_in else "*" * bool(rules.key),
            limit=rules.limit,
            unlisted=rules.unlisted,
            outsiders=rules.outsiders,
            writers=frozenset(name for one in rules.writers if (name := name_of(state, one))),
            real="" if session.person.shown is None else session.person.shown.real,
            ref=ref,
        )
    )


def _listed(state: State, room: Room) -> list[e.MemberSummary]:
    return room.listed(state.limits.listed_max, lambda: powers(state, room))


def names_of(state: State, room: Room) -> list[str]:
    """Return what the two are called now who share a private room; nothing if it is none."""
    return [
        _name_of(state, known_by(handle), name)
        for handle, name in zip(room.handles, room.direct, strict=True)
    ]


def _name_of(state: State, id_: str, former: str) -> str:
    """Return what somebody is called now who was called otherwise, if they are known by an id."""
    if id_ in state.forgotten:
        return deleted_name(id_)
    return name_of(state, id_) or former


def list_members(state: State, room: Room, ref: str | None = None) -> e.Members:
    """Return the `members` event of a room."""
    return e.Members(
        room=room.name,
        members=_listed(state, room),
        more=is_crowd(state, room),
        ref=ref,
    )


def list_rooms(state: State, id_: str = "", ref: str | None = None) -> e.Rooms:
    """Return the `rooms` event: the public rooms by name, and the private ones of one person.

    Of too many public ones, the lobby and the fullest are kept, then those spoken in last.
    """
    listed = state.directory.listed()
    private = [replace(room.summary(), private=True) for room in private_rooms(state, id_)]
    if private:
        listed = sorted([*listed, *private], key=attrgetter("room"))
    return e.Rooms(rooms=listed, ref=ref)


def list_rooms_after(state: State, id_: str, after: str, ref: str | None) -> e.Rooms:
    """Return the `rooms` event with those whose names come next, public ones and one person's."""
    limit = state.limits.listed_max
    private = [
        replace(room.summary(), private=True)
        for room in private_rooms(state, id_)
        if room.name > after
    ]
    listed = [*state.directory.after(after, limit + 1), *private]
    listed.sort(key=attrgetter("room"))
    return e.Rooms(rooms=listed[:limit], more=len(listed) > limit, ref=ref)
