"""Power that people give back at the same moment: the last operator stays one."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.queries import Settled
from hubbub.hub.asking import Reading
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def begins(room: Moderated, peer: Peer, command: c.AnyCommand) -> Reading:
    """Decide on a command as far as it gets until the log has committed something."""
    decision = room.hub.command(peer.session, command, room.clock)
    assert decision is not None
    assert isinstance(next(decision), Settled)
    return decision


def ends(room: Moderated, decision: Reading) -> str:
    """Go on with a decision until it is made; return 'ok', or the sentence of the refusal."""
    room.commit()
    try:
        room.decide(decision)
    except Refused as refusal:
        return str(refusal)
    return "ok"


def operators(room: Moderated) -> int:
    return len(room.hub._state.order.operators)


def test_of_two_operators_who_step_down_at_once_the_last_one_stays(room: Moderated) -> None:
    assert room.ask(room.olga, c.Appoint(name="ann", role="operator")) == "ok"
    first = begins(room, room.olga, c.Appoint(name="olga", role="none"))
    second = begins(room, room.ann, c.Appoint(name="ann", role="none"))
    assert ends(room, first) == "ok"
    assert ends(room, second) == "You are the only operator. Make somebody else one first."
    assert operators(room) == 1


def test_an_operator_who_steps_down_and_hangs_up_at_once_is_counted(room: Moderated) -> None:
    assert room.ask(room.olga, c.Appoint(name="ann", role="operator")) == "ok"
    begins(room, room.olga, c.Appoint(name="olga", role="none")).close()
    room.hub.depart(room.olga.session)
    second = begins(room, room.ann, c.Appoint(name="ann", role="none"))
    assert ends(room, second).startswith("You are the only operator.")
    assert operators(room) == 1


def test_an_operator_whose_account_goes_at_the_same_moment_is_counted(room: Moderated) -> None:
    assert room.ask(room.olga, c.Appoint(name="ann", role="operator")) == "ok"
    first = begins(room, room.olga, c.ForgetMe(messages="keep"))
    second = begins(room, room.ann, c.Appoint(name="ann", role="none"))
    assert ends(room, first) == "ok"
    assert ends(room, second).startswith("You are the only operator.")
    assert operators(room) == 1


def test_when_the_log_fails_for_the_first_the_second_may_step_down(room: Moderated) -> None:
    assert room.ask(room.olga, c.Appoint(name="ann", role="operator")) == "ok"
    first = begins(room, room.olga, c.Appoint(name="olga", role="none"))
    second = begins(room, room.ann, c.Appoint(name="ann", role="none"))
    room.failing = True
    assert ends(room, first).startswith("Nothing was posted")
    room.failing = False
    assert ends(room, second) == "ok"
    assert operators(room) == 1


def test_of_two_moderators_who_step_down_at_once_the_second_looks_again(room: Moderated) -> None:
    first = begins(room, room.ann, c.Appoint(room=ROOM, name="ann", role="none"))
    second = begins(room, room.ben, c.Appoint(room=ROOM, name="ben", role="none"))
    assert ends(room, first) == "ok"
    assert ends(room, second).startswith("Somebody else changed the rules of 'tea'")
    rules = room.hub._state.order.rules[ROOM]
    assert rules.moderators == (room.ben.session.person.id,)
