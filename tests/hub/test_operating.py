"""Coming to run the server by the code that it made up at its first start."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.access import Access
from hubbub.chat.rules import Ban
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_accounts import OF_ANN, code, gone, identified

CODE = "7KQ2M9XD4TVHW3ZC"


@pytest.fixture
def room() -> Chatroom:
    room = Chatroom()
    room.hub._state.operator_code = CODE
    return room


def from_elsewhere(room: Chatroom, name: str = "ann", device: str = OF_ANN) -> Peer:
    peer = room.enter(name, origin="192.0.2.1")
    peer.tell(c.Identify(device=device))
    peer.read()
    return peer


def is_operator(peer: Peer) -> bool:
    peer.tell(c.Tokens(ref="t"))
    return any(isinstance(event, e.Tokens) for event in peer.events())


def test_whoever_knows_the_code_runs_the_server_from_then_on(room: Chatroom) -> None:
    ann = from_elsewhere(room)
    assert not is_operator(ann)
    ann.tell(c.Operate(code="7kq2-m9xd-4tvh-w3zc", ref="o"))
    assert e.Ok(ref="o") in ann.events()
    assert is_operator(ann)
    room.restart()
    assert is_operator(from_elsewhere(room))


def test_a_line_will_do(room: Chatroom) -> None:
    ann = from_elsewhere(room)
    ann.type(f"/operate {CODE}")
    assert any(isinstance(event, e.Notice) for event in ann.events())
    assert is_operator(ann)


def test_the_code_counts_once(room: Chatroom) -> None:
    from_elsewhere(room).tell(c.Operate(code=CODE))
    eve = from_elsewhere(room, "eve", "e" * 22)
    eve.tell(c.Operate(code=CODE, ref="o"))
    assert code(eve) == "wrong_code"
    assert not is_operator(eve)


def test_a_code_is_not_lost_when_the_log_fails(room: Chatroom) -> None:
    ann = from_elsewhere(room)
    room.failing = True
    ann.tell(c.Operate(code=CODE, ref="o"))
    assert code(ann) == "log_unavailable"
    room.failing = False
    ann.tell(c.Operate(code=CODE, ref="o"))
    assert is_operator(ann)


@pytest.mark.parametrize("typed", ["0000-0000-0000-0000", "7KQ2", ""])
@pytest.mark.parametrize("made_up", [CODE, ""])
def test_another_code_does_not_count(room: Chatroom, typed: str, made_up: str) -> None:
    room.hub._state.operator_code = made_up
    ann = from_elsewhere(room)
    ann.tell(c.Operate(code=typed, ref="o"))
    assert code(ann) == "wrong_code"


def test_somebody_passing_cannot_run_the_server(room: Chatroom) -> None:
    eve = room.enter("eve", origin="192.0.2.1")
    eve.read()
    eve.tell(c.Operate(code=CODE, ref="o"))
    assert code(eve) == "forbidden"
    assert not is_operator(from_elsewhere(room))
    assert is_operator(identified(room, "olga", "o" * 22)), "on its own machine it needs no code"


# Where somebody elsewhere would not be let in, the code lets them in.

CLOSED = [
    Access(enter="members"),
    Access(enter="invitation"),
    Access(guests=False),
    Access(guests=False, passing=False),
]
PASSWORD = "rolu-mika"


def brings(room: Chatroom, typed: str = CODE, name: str = "ann", device: str = OF_ANN) -> Peer:
    """Have somebody come from elsewhere with the code, as with an invitation."""
    peer = room.enter(name, origin="192.0.2.1")
    peer.read()
    peer.tell(c.Identify(device=device, invitation=typed, ref="i"))
    return peer


@pytest.mark.parametrize("access", CLOSED)
@pytest.mark.parametrize("password", ["", PASSWORD])
def test_the_code_lets_its_bearer_in_as_an_operator(access: Access, password: str) -> None:
    room = Chatroom(password=password)
    room.hub._state.operator_code, room.hub._state._configured = CODE, access
    assert code(brings(room, "0000-0000-0000-0000", "eve", "e" * 22)) == "wrong_code"
    assert code(brings(room, "", "sam", "s" * 22)) in ("password_needed", "not_admitted")
    ann = brings(room, "7kq2-m9xd-4tvh-w3zc")
    (told,) = [event for event in ann.events() if isinstance(event, e.Welcome)]
    assert told.person
    assert told.person.role == "operator"
    assert not told.locked
    assert is_operator(ann)
    gone(ann)
    assert is_operator(brings(room, "")), "from then on the device is enough"
    assert code(brings(room, CODE, "eve", "e" * 22)) == "wrong_code", "it counts once"


def test_the_code_lets_in_somebody_who_was_known_before(room: Chatroom) -> None:
    ann = from_elsewhere(room)
    person = ann.session.person.id
    gone(ann)
    room.hub._state.password = PASSWORD.encode()
    room.hub._state._configured = Access(enter="members")
    again = brings(room)
    assert again.session.person.id == person
    assert is_operator(again)


def test_a_code_that_lets_in_is_not_lost_when_the_log_fails(room: Chatroom) -> None:
    room.hub._state._configured = Access(enter="members")
    room.failing = True
    assert code(brings(room)) == "log_unavailable"
    room.failing = False
    assert is_operator(brings(room, name="ann2"))


def test_a_code_that_was_used_counts_no_longer_even_if_its_bearer_is_banned(
    room: Chatroom,
) -> None:
    ann = from_elsewhere(room)
    ban = Ban(person=ann.session.person.id, whom="ann")
    gone(ann)
    room.hub._state.order.bans.put(ban.id, ban)
    assert code(brings(room)) == "banned"
    assert code(brings(room, CODE, "eve", "e" * 22)) == "wrong_code"
