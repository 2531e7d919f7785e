"""What those who run the server ask of it: how it does, who is connected, its settings anew.

The hub knows whose right that is. Most of what they are told only its driver knows.
"""

from itertools import islice

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.listed import PersonHere
from hubbub.chat.queries import BackupQuery, ReloadQuery, SessionsQuery, StatusQuery
from hubbub.chat.roles import Role
from hubbub.hub.asking import Reading
from hubbub.hub.membership import find_person
from hubbub.hub.power.audit import record
from hubbub.hub.present.host import HOST
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check
from hubbub.hub.state import State


def status(state: State, session: Session, command: c.Status, _at: int) -> Reading:
    """Tell how the server does."""
    check(state, session, Act.STATUS, None)
    answer = yield StatusQuery()
    assert isinstance(answer, e.Status)
    session.send(replace(answer, locked=state.order.door is not None, ref=command.ref))


def people(state: State, session: Session, command: c.People, _at: int) -> None:
    """Tell who is here."""
    check(state, session, Act.SESSIONS, None)
    keys, newest = list(state.here.keys()), state.limits.listed_max
    found = [_here(state, key) for key in islice(keys, newest)]
    session.send(e.People(people=found, more=len(keys) > newest, ref=command.ref))


def _here(state: State, key: str) -> PersonHere:
    sessions = state.here.named(key)
    person = sessions[0].person
    return PersonHere(
        name=person.name,
        kind=person.kind or "passing",
        sessions=len(sessions),
        rooms=len({room for one in sessions for room in one.members}),
        person=person.id,
        role=Role.OPERATOR.word if person.id in state.order.operators else "",
        away=person.away is not None,
    )


def sessions(state: State, session: Session, command: c.Sessions, _at: int) -> Reading:
    """Tell who is connected, from where, and how far behind."""
    check(state, session, Act.SESSIONS, None)
    key = None if command.name is None else find_person(state, command.name).key
    answer = yield SessionsQuery(key, state.limits.listed_max)
    assert isinstance(answer, e.Sessions)
    session.send(replace(answer, ref=command.ref))


def reload(state: State, session: Session, command: c.Reload, _at: int) -> Reading:
    """Have the configuration read again, and what can change while the server runs, changed."""
    check(state, session, Act.RELOAD, None)
    answer = yield ReloadQuery()
    if isinstance(answer, str):
        raise Refused(answer, code="bad_config")
    assert isinstance(answer, e.Reloaded)
    changed = ", ".join([*answer.applied, *answer.restart]) or "nothing"
    record(state, session, f"had the configuration read again; changed: {changed}")
    session.send(replace(answer, ref=command.ref))


def backup(state: State, session: Session, command: c.Backup, _at: int) -> Reading:
    """Have the folder copied; where to is up to whoever has the server's machine."""
    check(state, session, Act.BACKUP, None)
    if command.place is not None and session.person.id != HOST:
        raise Refused(
            "Only somebody on the server's own machine says where a copy goes. Leave that out, and "
            "it goes where the configuration says.",
            code="forbidden",
        )
    record(state, session, "had a backup made")
    answer = yield BackupQuery(command.place)
    if isinstance(answer, str):
        raise Refused(answer, code="no_backup")
    assert isinstance(answer, e.BackedUp)
    session.send(replace(answer, ref=command.ref))
