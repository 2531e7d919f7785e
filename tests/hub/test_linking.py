"""Linking a device: shown on one, typed on the other, and allowed by the first."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.hub.known.links import LINK_SECONDS
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_accounts import OF_ANN, OF_BOB, code, gone, identified, welcome


def shown(peer: Peer) -> str:
    """Return the code that a device shows."""
    peer.tell(c.ShowCode(ref="c"))
    (answer,) = [event for event in peer.events() if isinstance(event, e.Code)]
    assert (answer.ref, answer.seconds) == ("c", LINK_SECONDS)
    return answer.code


def asked(room: Chatroom, ann: Peer, code_: str) -> Peer:
    """Let a phone type a code, of which the first device hears."""
    phone = room.enter("phone")
    phone.read()
    phone.tell(c.Link(code=code_.lower(), device=OF_BOB, label="my phone", ref="l"))
    assert ann.events() == [e.Linking(code=code_, name="phone", label="my phone")]
    assert phone.events() == [], "the answer comes later"
    return phone


@pytest.fixture
def room() -> Chatroom:
    return Chatroom()


@pytest.fixture
def ann(room: Chatroom) -> Peer:
    return identified(room, "ann", OF_ANN)


def test_a_device_is_linked_when_the_first_one_agrees(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    phone = asked(room, ann, code_)
    ann.tell(c.Confirm(code=code_, ref="y"))
    assert e.Ok(ref="y") in ann.events()
    told = welcome(phone)
    assert (told.ref, told.name) == ("l", "ann")
    assert phone.session.person is ann.session.person
    gone(phone)
    assert identified(room, "x", OF_BOB).session.person is ann.session.person


def test_a_device_is_not_linked_when_the_first_one_says_no(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    phone = asked(room, ann, code_)
    ann.tell(c.Confirm(code=code_, on=False, ref="n"))
    assert ann.events() == [e.Ok(ref="n")]
    assert code(phone) == "forbidden"
    assert phone.session.person is not ann.session.person
    ann.tell(c.Confirm(code=code_, ref="y"))
    assert code(ann) == "forbidden", "it was said"


def test_a_held_session_may_be_linked(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    phone = room.enter("ann")
    assert welcome(phone).held
    phone.tell(c.Link(code=code_, device=OF_BOB))
    ann.tell(c.Confirm(code=code_))
    assert not welcome(phone).held


def test_a_code_counts_once(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    asked(room, ann, code_)
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.Link(code=code_, device="e" * 22, ref="l"))
    assert code(eve) == "wrong_code"
    ann.tell(c.Confirm(code=code_))
    eve.tell(c.Link(code=code_, device="e" * 22, ref="l"))
    assert code(eve) == "wrong_code"


def test_a_code_counts_for_ten_minutes(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    room.clock += LINK_SECONDS * 1000
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.Link(code=code_, device="e" * 22, ref="l"))
    assert code(eve) == "wrong_code"


def test_whoever_waits_hears_that_the_time_is_over(room: Chatroom, ann: Peer) -> None:
    phone = asked(room, ann, code_ := shown(ann))
    room.hub.sweep(room.clock + LINK_SECONDS * 1000)
    assert code(phone) == "forbidden"
    ann.tell(c.Confirm(code=code_, ref="y"))
    assert code(ann) == "forbidden"


def test_whoever_waits_hears_that_the_first_device_left(room: Chatroom, ann: Peer) -> None:
    phone = asked(room, ann, shown(ann))
    gone(ann)
    assert code(phone) == "forbidden"


def test_the_first_device_hears_that_the_other_one_left(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    gone(asked(room, ann, code_))
    ann.tell(c.Confirm(code=code_, ref="y"))
    assert code(ann) == "forbidden"


def test_a_device_that_leaves_while_it_is_let_in_leaves_nothing_behind(
    room: Chatroom, ann: Peer
) -> None:
    code_ = shown(ann)
    phone = asked(room, ann, code_)
    decision = room.hub.command(ann.session, c.Confirm(code=code_, ref="y"), room.clock)
    assert decision
    next(decision)  # the device waits for its commit
    room.hub.depart(phone.session)
    with pytest.raises(Refused, match="has left"):
        room.decide(decision)
    assert room.hub.here.named("ann") == (ann.session,)


def test_a_device_shows_one_code_at_a_time(room: Chatroom, ann: Peer) -> None:
    first, second = shown(ann), shown(ann)
    assert first != second
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.Link(code=first, device="e" * 22, ref="l"))
    assert code(eve) == "wrong_code"


def test_nobody_confirms_for_another(room: Chatroom, ann: Peer) -> None:
    code_ = shown(ann)
    phone = asked(room, ann, code_)
    for name, device in (("eve", "e" * 22), ("phone", "p" * 22)):
        eve = identified(room, f"{name}2", device)
        eve.read()
        eve.tell(c.Confirm(code=code_, ref="y"))
        assert code(eve) == "forbidden"
    assert phone.session.person is not ann.session.person


def test_somebody_passing_has_nobody_to_link_to(room: Chatroom) -> None:
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.ShowCode(ref="c"))
    assert code(eve) == "forbidden"


def test_what_a_device_says_of_itself_harms_no_terminal(room: Chatroom, ann: Peer) -> None:
    eve = room.enter("eve")
    eve.tell(c.Link(code=shown(ann), device="e" * 22, label="\x1b[2J a\nphone "))
    (told,) = [event for event in ann.events() if isinstance(event, e.Linking)]
    assert told.label == "[2J a phone"


@pytest.mark.parametrize("typed", ["", "7KQ2", "!!!!-!!!!", "0000-0000"])
def test_a_code_that_is_none_is_refused(room: Chatroom, typed: str) -> None:
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.Link(code=typed, device="e" * 22, ref="l"))
    assert code(eve) == "wrong_code"


def test_a_device_without_a_secret_cannot_be_linked(room: Chatroom, ann: Peer) -> None:
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.Link(code=shown(ann), ref="l"))
    assert code(eve) == "bad_command"
