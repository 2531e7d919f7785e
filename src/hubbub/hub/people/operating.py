"""The one-time code with which somebody elsewhere than on the server's machine comes to run it.

Somebody who is in gives it with `operate`. Somebody outside brings it like an invitation, and is
let in as an operator.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hubbub.chat import commands as c
from hubbub.chat.codes import OPERATOR_CHARS, typed_code
from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.events import Fact, Notice, Ok
from hubbub.chat.facts import fact_of
from hubbub.chat.grants import OPERATOR_CODE, Spent
from hubbub.chat.people import hash_of
from hubbub.chat.queries import Guess
from hubbub.chat.rules import OPERATOR, Operator
from hubbub.hub.asking import Reading, write
from hubbub.hub.people.devices import own_profile
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

_DEED: Final = "became operator in the chatroom, by the code of the server's start"


def operate(state: State, session: Session, command: c.Operate, _at: int) -> Reading:
    """Make the session's person an operator, if they know the code that the server made up."""
    own_profile(state, session)
    code = typed_code(command.code, OPERATOR_CHARS)
    yield Guess()
    with using(state, session, code):
        yield from write(state, made_operator(state, session.person.id, code))
    if command.ref is not None:
        session.send(Ok(ref=command.ref))
    else:
        session.send(Notice(text="You run the server now, and can make others operators, too."))


def brought_code(state: State, brought: str, id_: str) -> str:
    """Return the code that somebody brings like an invitation, empty if it can be none.

    An operator who brings it again, as when the answer was lost, needs none.
    """
    if id_ in state.order.operators or hash_of(brought) in state.grants.invitations:
        return ""
    try:
        return typed_code(brought, OPERATOR_CHARS)
    except Refused:
        return ""


@contextmanager
def using(state: State, session: Session, code: str) -> Iterator[None]:
    """Let nobody else use the code meanwhile, and write down what it did.

    Raises WrongSecret `wrong_code` if it is not the one.
    """
    if not hmac.compare_digest(code, state.operator_code or " " * OPERATOR_CHARS):
        raise WrongSecret(
            "That code does not count. It may be mistyped, or used: it makes one operator, who can "
            "make others.",
            code="wrong_code",
        )
    state.operator_code = ""
    try:
        yield
    except Refused:
        if not state.grants.seq(OPERATOR_CODE + hash_of(code)):
            state.operator_code = code
        raise
    record(state, session, _DEED)


def made_operator(state: State, id_: str, code: str) -> list[Fact]:
    """Return the facts that the person with this id runs the server, and the code is used."""
    spent = state.grants.fact(OPERATOR_CODE + hash_of(code), Spent(person=id_), id_, state.at)
    return [spent, fact_of(OPERATOR + id_, Operator(state.at), by=id_, at=state.at)]
