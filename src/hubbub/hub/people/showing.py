"""How somebody is shown to those who speak IRC, whose lists have more of people than ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.text import inert_line
from hubbub.hub.membership import is_crowd
from hubbub.hub.present.person import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hubbub.chat import commands as c
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

CHARS_MAX: Final = 150
"""Of a user name and of a real name: others find them in lines with much besides."""


def show(state: State, session: Session, command: c.Show, at: int) -> None:
    """Take in how the session's person wants to be shown."""
    person = session.person
    before = person.shown or Shown()
    if command.user is not None and before.user:  # another client of a member's has come
        session.confirm(command.ref)
        return
    user, real = _allowed(command.user, before.user), _allowed(command.real, before.real)
    if command.bot is not None:
        _be_program(state, person, is_one=command.bot)
    is_hidden = before.is_hidden if command.hidden is None else command.hidden
    after = before._replace(user=user, real=real, is_hidden=is_hidden)
    if after != before:
        person.shown = after
        person.says(at)
        state.here.moved(person)
    if command.user is None and real != before.real:  # whoever just comes changes nothing
        tell_real(state, person, session)
    session.confirm(command.ref)


def tell_real(state: State, person: Person, session: Session | None = None) -> None:
    """Tell others, all but this session, that somebody has another real name."""
    real = "" if person.shown is None else person.shown.real
    for peer in peers(state, person):
        if peer is not session:
            peer.send(e.Shown(name=person.name, real=real))
    for watcher in state.here.watching(person):
        watcher.send(e.Shown(name=person.name, real=real, is_far=True))


def after(passing: Shown | None, known: Shown | None) -> Shown | None:
    """Return how somebody is shown who was `passing`, and is `known` by now."""
    if passing is None or known is None:
        return known or passing
    return known if known.user or known.real else passing._replace(about=known.about)


def _allowed(wanted: str | None, before: str) -> str:
    if wanted is None:
        return before
    if len(text := inert_line(wanted).strip()) > CHARS_MAX:
        raise Refused(f"That has {len(text)} characters; {CHARS_MAX} may be.", code="too_long")
    return text


def _be_program(state: State, person: Person, *, is_one: bool) -> None:
    """Note that somebody in passing says to be a program, or a person after all."""
    if person.id:
        raise Refused("Of members, an operator makes bots, by a token.", code="forbidden")
    person.kind = "bot" if is_one else ""
    for session in state.here.named(person.key):
        for member in session.members.values():
            member.room.relist()


def peers(state: State, person: Person) -> set[Session]:
    """Return the sessions that speak IRC and share a room with somebody.

    Not those that are behind, nor those in a crowd: they hear of nobody there.
    """
    rooms = {one.room for own in state.here.named(person.key) for one in own.members.values()}
    return sessions_in([room for room in rooms if not is_crowd(state, room)])


def sessions_in(rooms: Iterable[Room]) -> set[Session]:
    """Return the sessions in rooms that speak IRC, and are not behind."""
    groups = [group for room in rooms for group in room.live.values()]
    return {one.session for group in groups for one in group if one.session.format.knows_inner}
