"""Running the server as IRC has it: for as long as one is connected, by a configured password."""

import hmac

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.events import Bye, RoleChanged, Wallops
from hubbub.chat.queries import Guess
from hubbub.chat.roles import Role
from hubbub.chat.text import inert_line
from hubbub.hub.asking import Reading
from hubbub.hub.membership import find_person
from hubbub.hub.people.leaving import depart
from hubbub.hub.people.operating import operate
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_power
from hubbub.hub.state import State


def oper(state: State, session: Session, command: c.Oper, at: int) -> Reading:
    """Let somebody run the server who knows a password for that, or the code of its start."""
    if not state.here.operating.passwords:
        yield from operate(state, session, c.Operate(code=command.password, ref=command.ref), at)
        return
    yield Guess()
    password = state.here.operating.passwords.get(command.name, "")
    is_right = hmac.compare_digest(password.encode(), command.password.encode())
    if not (password and is_right):
        raise WrongSecret("The name or the password is wrong.", code="wrong_code")
    state.here.operating.begin(state.here.standing(session.person))
    record(state, session, f"became operator in passing, as '{command.name}'")
    for one in state.here.named(session.person.key):
        for member in one.members.values():
            member.room.relist()
        if one is not session:
            one.send(RoleChanged(room=None, role=Role.OPERATOR.word))
    session.confirm(command.ref)


def kill(state: State, session: Session, command: c.Kill, _at: int) -> None:
    """End the sessions of somebody who is here."""
    check(state, session, Act.KICK, None)
    person = find_person(state, command.name)
    if person is session.person:
        raise Refused("You cannot remove yourself. Leave instead.", code="forbidden")
    check_power(state, session, person.standing, person.name, None)
    reason = inert_line(command.reason).strip()
    record(state, session, f"ended the sessions of '{person.name}'{': ' * bool(reason)}{reason}")
    for one in state.here.named(person.key):
        one.parting = f"Killed by {session.name}{': ' * bool(reason)}{reason}"
        depart(state, one, by=session.name)
        one.send(Bye(reason=one.parting, code="banned"))
        one.outlet.end()
    session.confirm(command.ref)


def wallops(state: State, session: Session, command: c.Wallops, _at: int) -> None:
    """Tell all who want to hear it something; those who are behind miss it."""
    check(state, session, Act.TELL_ALL, None)
    told = Wallops(name=session.name, text=inert_line(command.text).strip())
    for one in state.here:
        if not one.congested:
            one.send(told)
    session.confirm(command.ref)
