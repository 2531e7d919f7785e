"""Choosing another password with a code that an operator gave out."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.roles import Scope
from hubbub.hub.people.recovering import RECOVERY_SECONDS
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_accounts import (
    OF_ANN,
    OF_BOB,
    PASSWORD,
    code,
    gone,
    identified,
    member,
    welcome,
)

NEW = "other words of mine"


@pytest.fixture
def room() -> Chatroom:
    return Chatroom()


@pytest.fixture
def operator(room: Chatroom) -> Peer:
    """The first one who is known from the server's machine."""
    operator = identified(room, "olga", "o" * 22)
    operator.read()
    return operator


def given_out(operator: Peer, name: str = "ann") -> str:
    operator.tell(c.GiveOutCode(name=name, ref="g"))
    (answer,) = [event for event in operator.events() if isinstance(event, e.Code)]
    assert (answer.ref, answer.seconds) == ("g", RECOVERY_SECONDS)
    assert len(answer.code.replace("-", "")) * 5 >= 80, "bits"
    return answer.code


def recovered(room: Chatroom, typed: str, name: str = "ann", password: str = NEW) -> Peer:
    """Let somebody try a code, under another name."""
    peer = room.enter(f"somebody {room.hub.last}", origin="192.0.2.1")
    peer.read()
    peer.tell(c.Recover(name=name, code=typed, password=password, device="n" * 22, ref="r"))
    return peer


def test_whoever_has_the_code_chooses_a_password_and_is_the_person(
    room: Chatroom, operator: Peer
) -> None:
    ann = member(room)
    id_ = ann.session.person.id
    gone(ann)
    typed = given_out(operator)
    assert welcome(recovered(room, typed.lower())).person == e.PersonSummary(id_, "member")
    other = room.enter("x")
    other.read()
    other.tell(c.Login(name="ann", password=PASSWORD, ref="l"))
    assert code(other) == "wrong_login", "the old password counts no longer"
    other.tell(c.Login(name="ann", password=NEW, ref="l"))
    assert welcome(other).name == "ann"


def test_a_guest_becomes_a_member_by_it(room: Chatroom, operator: Peer) -> None:
    gone(identified(room, "ann", OF_ANN))
    found = welcome(recovered(room, given_out(operator))).person
    assert found
    assert found.kind == "member"


def test_a_code_counts_once_for_a_day_and_after_a_restart(room: Chatroom, operator: Peer) -> None:
    member(room)
    first, second = given_out(operator), given_out(operator)
    assert first != second
    room.restart()
    assert welcome(recovered(room, first)).name == "ann"
    assert code(recovered(room, first)) == "wrong_code"
    room.pass_time(RECOVERY_SECONDS * 1000)
    assert code(recovered(room, second)) == "wrong_code"
    assert not room.hub._state.grants.recoveries, "it is forgotten"


@pytest.mark.parametrize(
    ("name", "typed", "password", "refusal"),
    [
        ("ann", "0000-0000-0000-0000", NEW, "wrong_code"),
        ("ann", "0000-0000", NEW, "wrong_code"),
        ("bob", "", NEW, "wrong_code"),
        ("nobody", "", NEW, "wrong_code"),
        ("", "", NEW, "wrong_code"),
        ("ann", "", "short", "password_not_allowed"),
        ("annabelle", "", "Annabelle", "password_not_allowed"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_code_still_counts(
    room: Chatroom, operator: Peer, name: str, typed: str, password: str, *, refusal: str
) -> None:
    member(room)
    identified(room, "bob", OF_BOB)
    right = given_out(operator)
    assert code(recovered(room, typed or right, name, password)) == refusal
    assert welcome(recovered(room, right)).name == "ann"


def test_only_operators_give_codes_out(room: Chatroom, operator: Peer) -> None:
    ann = member(room)
    ann.read()
    ann.tell(c.GiveOutCode(name="olga", ref="g"))
    assert code(ann) == "forbidden"
    operator.tell(c.GiveOutCode(name="nobody", ref="g"))
    assert code(operator) == "not_here"


def test_a_bot_has_no_password_to_recover(operator: Peer) -> None:
    operator.tell(c.MakeToken(name="ci", scopes=[Scope.READ]))
    operator.read()
    operator.tell(c.GiveOutCode(name="ci", ref="g"))
    (refusal,) = [event for event in operator.events() if isinstance(event, e.Error)]
    assert refusal.message == ("'ci' is a bot, which has no password. Make a token for it instead.")
