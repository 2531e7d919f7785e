"""Whoever opened many private conversations that nobody answered waits before opening another."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import direct_room
from hubbub.hub.shares import unanswered
from hubbub.hub.shares.unanswered import OF_PERSON_MAX, ONE_MORE_MILLISECONDS
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_sessions import codes

ADDRESS = "192.0.2.1"


def company(count: int = OF_PERSON_MAX + 5) -> tuple[Chatroom, list[str]]:
    """Return a chatroom and the names of so many people in it."""
    chatroom = Chatroom()
    names = [f"p{number}" for number in range(count)]
    for name in names:
        chatroom.enter(name)
    return chatroom, names


def opened(peer: Peer, names: list[str]) -> list[str]:
    """Open a private room with each; return the refusals' codes."""
    peer.events()
    for name in names:
        peer.tell(c.Direct(name=name))
    return codes(peer)


def test_after_many_one_waits_and_is_told_how_long() -> None:
    chatroom, names = company()
    eve = chatroom.enter("eve", origin=ADDRESS)
    assert opened(eve, names[:OF_PERSON_MAX]) == []
    eve.tell(c.Direct(name=names[-1]))
    (refusal,) = [event for event in eve.events() if isinstance(event, e.Error)]
    assert refusal.code == "too_many_rooms"
    assert "20 private conversations" in refusal.message
    assert "Wait 60 seconds" in refusal.message
    assert opened(eve, names[:1]) == [], "what is open stays open"
    chatroom.clock += ONE_MORE_MILLISECONDS + 1000
    assert opened(eve, names[-2:]) == ["too_many_rooms"]


def test_an_answer_makes_place_for_another_one() -> None:
    chatroom, names = company(OF_PERSON_MAX)
    bob = chatroom.enter("bob")
    eve = chatroom.enter("eve", origin=ADDRESS)
    assert opened(eve, ["bob", *names]) == ["too_many_rooms"]
    room = direct_room("eve", "bob")
    eve.tell(c.Say(room=room, text="psst"))
    assert opened(eve, names[-1:]) == ["too_many_rooms"], "one's own words are no answer"
    for _ in range(2):
        bob.tell(c.Say(room=room, text="yes?"))
    assert opened(eve, [*names[-1:], "bob"]) == []
    chatroom.enter("cat")
    assert opened(eve, ["cat"]) == ["too_many_rooms"], "two answers in one room count as one"


def test_a_line_of_a_classic_session_counts_as_well() -> None:
    chatroom, names = company()
    eve = chatroom.enter("eve", CLASSIC, origin=ADDRESS)
    for name in names[:OF_PERSON_MAX]:
        chatroom.decide(chatroom.hub.line(eve.session, f"/msg {name} psst", chatroom.clock))
    with pytest.raises(Refused, match="nobody has answered") as refusal:
        chatroom.hub.line(eve.session, f"/msg {names[-1]} psst", chatroom.clock)
    assert refusal.value.code == "too_many_rooms"


@pytest.mark.parametrize("limit", ["OF_ADDRESS_MAX", "OF_THIS_MACHINE_MAX"])
def test_a_new_name_at_the_same_address_brings_little(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(unanswered, limit, 30)
    origin = "" if limit == "OF_THIS_MACHINE_MAX" else ADDRESS
    chatroom, names = company()
    assert opened(chatroom.enter("eve", origin=origin), names[:OF_PERSON_MAX]) == []
    assert opened(chatroom.enter("mallory", origin=origin), names[:11]) == ["too_many_rooms"]
    assert opened(chatroom.enter("ann", origin="198.51.100.1"), names[:1]) == []


def test_a_room_that_is_left_and_opened_again_counts_again() -> None:
    chatroom, (bob, *_) = company(1)
    eve = chatroom.enter("eve", origin=ADDRESS)
    peer = chatroom.hub.here.named(bob)[0]
    for _ in range(OF_PERSON_MAX):
        assert opened(eve, [bob]) == []
        room = direct_room("eve", bob)
        eve.tell(c.Leave(room=room))
        chatroom.decide(chatroom.hub.command(peer, c.Leave(room=room), chatroom.clock))
    assert opened(eve, [bob]) == ["too_many_rooms"]
