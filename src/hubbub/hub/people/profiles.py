"""What anybody may ask about somebody who is here or known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name, name_key
from hubbub.chat.people import PERSON
from hubbub.chat.roles import Role
from hubbub.hub.membership import away_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hubbub.chat import commands as c
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Session
    from hubbub.hub.state import State


def profile(state: State, session: Session, command: c.Profile, _at: int) -> None:
    """Answer who somebody is."""
    told = profile_of(state, command.name)
    told.ref = command.ref
    session.send(told)


def profile_of(state: State, name: str) -> e.Profile:
    """Return who is called so; raise Refused `not_here` if nobody is."""
    key = name_key(allowed_name(name))
    person, known = state.here.holder(key), state.book.owner(key)
    if person is not None:
        return _told(state, person.id, person)
    if known is None:
        raise Refused(f"Nobody called '{name}' is here, or known here.", code="not_here")
    return _told(state, known[0], state.here.person(known[0]))


def _told(state: State, id_: str, person: Person | None) -> e.Profile:
    """Return who a person is; they are here if `person` is given, and passing without an id."""
    known = state.book.profiles.get(id_)
    told = e.Profile(name="" if person is None else person.name, kind="passing")
    if known is not None:
        is_operator = id_ in state.order.operators
        told.name, told.kind, told.person = told.name or known.name, known.kind, id_
        told.role = Role.OPERATOR.word if is_operator else ""
        told.since, told.seen, told.formerly = known.since, known.seen, known.formerly
    if person is not None:
        told.kind = person.kind or told.kind
        if person.standing in state.here.operating:
            told.role = Role.OPERATOR.word
        told.here, told.away = True, person.away is not None
        told.text = away_text(state, state.here.named(person.key)[0], None)
        told.seen = state.at if known is not None else 0
    return told


def take(state: State, facts: Iterable[e.Fact]) -> None:
    """Take in the next facts of the log: people who are here may be of another kind now."""
    for fact in facts:
        if not fact.key.startswith(PERSON):
            continue
        person = state.here.person(fact.key.removeprefix(PERSON))
        known = None if person is None else state.book.profiles.told(person.id)
        if person is None or known is None or known.kind == person.kind:
            continue
        person.kind = known.kind
        for session in state.here.named(person.key):
            for member in session.members.values():
                member.room.relist()
