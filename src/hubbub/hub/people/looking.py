"""Who people are who are here, for those who ask about several at once: WHO and WHOIS of IRC."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import Looked, Looks, Were
from hubbub.chat.names import name_key
from hubbub.chat.roles import Role
from hubbub.hub.membership import away_text, find_room
from hubbub.hub.present.person import Shown
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import (
    check_entry,
    check_found,
    check_sees,
    powers,
    role_elsewhere,
    rules_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat import commands as c
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

ROOMS_MAX: Final = 50
"""Of one person's that are told."""


def look(state: State, session: Session, command: c.Look, _at: int) -> None:
    """Answer who people are."""
    room = None
    if command.room is not None:
        room = find_room(state, session, command.room)
        check_entry(state, session, Act.READ, room)
        people: Iterable[Person] = room.people.values()
    elif command.peers:
        people = _peers(session)
    else:
        people = _named(state, command.names)
    most = state.limits.listed_max
    found = list(islice(people, most + 1))
    with_rooms = bool(command.names)
    session.send(
        Looked(
            people=[
                _looks(state, session, one, room, with_rooms=with_rooms) for one in found[:most]
            ],
            room=None if room is None else room.name,
            more=len(found) > most,
            private=room is not None and rules_of(state, room).private,
            unlisted=room is not None and rules_of(state, room).unlisted,
            ref=command.ref,
        )
    )


def who_was(state: State, session: Session, command: c.WhoWas, _at: int) -> None:
    """Answer who was here of a name."""
    try:
        found = state.here.former.named(name_key(command.name))
    except ValueError:
        found = []
    session.send(Were(people=found[: command.most or None], ref=command.ref))


def _peers(session: Session) -> Iterator[Person]:
    """Yield the session's person, and all who share a room with them, once."""
    seen = {session.person: None}
    yield session.person
    for member in session.members.values():
        for one in member.room.people.values():
            if one not in seen:
                seen[one] = None
                yield one


def _named(state: State, names: Iterable[str]) -> Iterator[Person]:
    for name in names:
        try:
            person = state.here.holder(name_key(name))
        except ValueError:
            continue
        if person is not None:
            yield person


def _looks(
    state: State, session: Session, person: Person, room: Room | None, *, with_rooms: bool
) -> Looks:
    standing = person.standing
    shown = person.shown or Shown()
    away = None if person.away is None else away_text(state, state.here.named(person.key)[0], None)
    return Looks(
        name=person.name,
        person=person.id,
        kind=person.kind,
        role="" if room is None else powers(state, room).get(standing, ""),
        may_write=room is not None and bool(standing) and standing in rules_of(state, room).writers,
        is_operator=role_elsewhere(state, standing) >= Role.OPERATOR,
        away=away,
        user=shown.user,
        real=shown.real,
        rooms=tuple(_rooms(state, session, person)) if with_rooms else (),
        about=shown.about if with_rooms else {},
        came_at=person.came_at,
        spoke_at=person.spoke_at,
    )


def _rooms(state: State, session: Session, person: Person) -> Iterator[tuple[str, str]]:
    """Yield rooms that somebody is in and the session may know of, with their roles there."""
    members = (one for own in state.here.named(person.key) for one in own.members.values())
    rooms = dict.fromkeys(one.room for one in members if not one.room.direct)
    is_hidden = (person.shown or Shown()).is_hidden and person is not session.person
    for room in islice(rooms, ROOMS_MAX):
        if is_hidden and room.name not in session.members:
            continue
        try:
            check_sees(state, session, room)
            check_found(state, session, room)
        except Refused:
            continue
        yield room.name, powers(state, room).get(person.standing, "")
