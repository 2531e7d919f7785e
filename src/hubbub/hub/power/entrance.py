"""The door and `access`: operators decide, while the server runs, who may come in.

It holds for people who come from then on, and puts nobody out.
"""

from typing import Final

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat import rules as keys
from hubbub.chat.access import AccessChanges
from hubbub.chat.errors import Refused
from hubbub.chat.facts import fact_of
from hubbub.chat.rules import Door
from hubbub.hub.asking import Reading, write
from hubbub.hub.flow.drafts import Draft
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check
from hubbub.hub.state import State

_ONE: Final = "all"
"""The rest of both keys: there is one door, and one `access`."""


def set_door(state: State, session: Session, command: c.SetDoor, at: int) -> Draft:
    """Let nobody new in, or again whoever comes."""
    check(state, session, Act.LOCK_DOOR, None)
    door = Door(at, session.person.name) if command.locked else None
    fact = fact_of(keys.DOOR + _ONE, door, by=session.person.id, at=at)
    draft = state.drafts.add(fact, session, command.ref, 0)
    record(state, session, "locked the door" if command.locked else "opened the door")
    return draft


def set_access(state: State, session: Session, command: c.SetAccess, at: int) -> Reading:
    """Change who is let in, if the command says so, and answer who is."""
    check(state, session, Act.ACCESS, None)
    given = AccessChanges(enter=command.enter, guests=command.guests, passing=command.passing).given
    if given:
        changed = replace(state.order.access, **given)
        key = keys.ACCESS + _ONE
        expects = state.order.seq(key)
        fact = fact_of(key, changed, by=session.person.id, at=at, expects=expects)
        yield from write(state, [fact])
        if state.order.access != changed:
            raise Refused(
                "Somebody else changed who is let in at the same moment. Look at what holds now, "
                "and try again.",
                code="forbidden",
            )
        said = ", ".join(f"{name} is {value}".lower() for name, value in given.items())
        record(state, session, f"set who is let in: {said}")
    now = state.access
    session.send(
        e.Access(
            enter=now.enter,
            guests=now.guests,
            passing=now.passing,
            password=bool(state.password),
            ref=command.ref,
        )
    )
