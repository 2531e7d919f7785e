"""Being away from the keyboard, which somebody says of themselves, for all their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import Refused
from hubbub.chat.text import inert_line
from hubbub.hub.membership import tell_away

if TYPE_CHECKING:
    from hubbub.chat import commands as c
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Session
    from hubbub.hub.state import State

AWAY_CHARS_MAX: Final = 300


def away(state: State, session: Session, command: c.Away, at: int) -> None:
    """Note that the session's person is away from their keyboard, and have their rooms told."""
    text = inert_line(command.text).strip()
    if len(text) > AWAY_CHARS_MAX:
        raise Refused(
            f"The text has {len(text)} characters; the limit is {AWAY_CHARS_MAX}. Say less.",
            code="too_long",
        )
    session.person.says(at)
    be_away(state, session.person, text)
    session.confirm(command.ref)


def back(state: State, session: Session, command: c.Back, at: int) -> None:
    """Note that the session's person is back."""
    if session.person.away is not None:
        session.person.says(at)
        be_away(state, session.person, None)
    session.confirm(command.ref)


def be_away(state: State, person: Person, text: str | None) -> None:
    """Have others told that somebody is away, for the reason `text`, or back: None."""
    person.away = text
    state.here.is_away(person)
    sessions = state.here.named(person.key)
    for member in {one.room: one for own in sessions for one in own.members.values()}.values():
        member.room.relist()
        tell_away(state, member)
