"""Answers to a message, pins, and what messages read before they were edited."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub.threads import PINS_MAX
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_commands import ask, joined, refusal


@pytest.fixture
def chatroom() -> Chatroom:
    return Chatroom()


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    return joined(chatroom, "ann")


def said(chatroom: Chatroom, peer: Peer, text: str, reply_to: int | None = None) -> int:
    answer = ask(chatroom, peer, c.Say(room="lobby", text=text, reply_to=reply_to))
    assert isinstance(answer, e.Ok)
    return answer.seq or 0


def page(chatroom: Chatroom, peer: Peer, command: c.AnyCommand) -> list[e.Message]:
    answer = ask(chatroom, peer, command)
    assert isinstance(answer, e.Page)
    return answer.messages


def texts(messages: list[e.Message]) -> list[str]:
    return [one.text for one in messages]


def test_the_answers_to_a_message_are_told_oldest_first(chatroom: Chatroom, ann: Peer) -> None:
    asked = said(chatroom, ann, "tea or coffee?")
    said(chatroom, ann, "tea", asked)
    said(chatroom, ann, "by the way")
    said(chatroom, ann, "coffee", asked)
    assert texts(page(chatroom, ann, c.Replies(room="lobby", seq=asked))) == ["tea", "coffee"]
    [first, *_] = page(chatroom, ann, c.History(room="lobby"))
    assert first.replies == 2
    assert page(chatroom, ann, c.Replies(room="lobby", seq=99)) == []


def test_what_one_just_answered_is_among_the_answers(chatroom: Chatroom, ann: Peer) -> None:
    asked = said(chatroom, ann, "tea or coffee?")
    ann.tell(c.Say(room="lobby", text="tea", reply_to=asked))
    assert texts(page(chatroom, ann, c.Replies(room="lobby", seq=asked))) == ["tea"]


def test_answers_of_a_private_room_are_for_those_in_it() -> None:
    room = Moderated()
    room.ask(room.cleo, c.SetRules(room=ROOM, private=True))
    first = room.hub.rooms[ROOM].first
    for command in (
        c.Replies(room=ROOM, seq=first),
        c.Pins(room=ROOM),
        c.Revisions(room=ROOM, seq=first),
    ):
        assert room.ask(room.pat, command).startswith("forbidden: ")


def test_a_pin_is_told_to_all_and_listed(chatroom: Chatroom, ann: Peer) -> None:
    bob = joined(chatroom, "bob")
    seq = said(chatroom, ann, "the rules")
    bob.events()
    assert isinstance(ask(chatroom, ann, c.Pin(room="lobby", seq=seq)), e.Ok)
    [told] = bob.events()
    assert isinstance(told, e.Pinned)
    assert (told.target, told.on, told.sender) == (seq, True, "ann")
    assert texts(page(chatroom, bob, c.Pins(room="lobby"))) == ["the rules"]
    assert page(chatroom, bob, c.History(room="lobby"))[0].pinned


def test_a_pin_that_stands_is_not_set_again(chatroom: Chatroom, ann: Peer) -> None:
    seq = said(chatroom, ann, "the rules")
    ask(chatroom, ann, c.Pin(room="lobby", seq=seq))
    again = ask(chatroom, ann, c.Pin(room="lobby", seq=seq))
    assert again == e.Ok(ref="asked"), "nothing is logged"
    ask(chatroom, ann, c.Pin(room="lobby", seq=seq, on=False))
    assert page(chatroom, ann, c.Pins(room="lobby")) == []
    assert ask(chatroom, ann, c.Pin(room="lobby", seq=seq, on=False)) == e.Ok(ref="asked")


def test_what_is_deleted_is_pinned_no_more(chatroom: Chatroom, ann: Peer) -> None:
    seq = said(chatroom, ann, "the rules")
    ask(chatroom, ann, c.Pin(room="lobby", seq=seq))
    ask(chatroom, ann, c.Delete(room="lobby", seq=seq))
    assert page(chatroom, ann, c.Pins(room="lobby")) == []
    assert refusal(chatroom, ann, c.Pin(room="lobby", seq=seq)) == "no_such_message"


def test_pins_have_an_end(chatroom: Chatroom, ann: Peer) -> None:
    for number in range(PINS_MAX):
        seq = said(chatroom, ann, f"rule {number}")
        ask(chatroom, ann, c.Pin(room="lobby", seq=seq))
    last = said(chatroom, ann, "one rule too many")
    assert refusal(chatroom, ann, c.Pin(room="lobby", seq=last)) == "too_long"
    ask(chatroom, ann, c.Pin(room="lobby", seq=seq, on=False))
    assert isinstance(ask(chatroom, ann, c.Pin(room="lobby", seq=last)), e.Ok)


def test_in_a_room_with_an_owner_moderators_pin() -> None:
    room = Moderated()
    first = room.hub.rooms[ROOM].first
    assert room.ask(room.eve, c.Pin(room=ROOM, seq=first)) == (
        "forbidden: Only moderators can pin messages in 'tea'; ask ann, ben or cleo."
    )
    assert room.ask(room.ann, c.Pin(room=ROOM, seq=first)) == "ok"


def revisions(room: Moderated, peer: Peer, seq: int) -> list[str]:
    peer.read()
    peer.tell(c.Revisions(room=ROOM, seq=seq, ref="asked"))
    room.commit()
    [told] = [one for one in peer.events() if isinstance(one, e.Revisions)]
    assert (told.room, told.seq, told.ref) == (ROOM, seq, "asked")
    return [one.text for one in told.texts]


def test_former_texts_are_read_only_where_the_owner_allows_it() -> None:
    room = Moderated()
    seq = room.hub.rooms[ROOM].first
    assert room.ask(room.cleo, c.Edit(room=ROOM, seq=seq, text="before the rule")) == "ok"
    assert room.ask(room.eve, c.Revisions(room=ROOM, seq=seq)).startswith("forbidden: In 'tea'")
    assert room.ask(room.ann, c.SetRules(room=ROOM, revisions=True)).startswith("forbidden")
    assert room.ask(room.cleo, c.SetRules(room=ROOM, revisions=True)) == "ok"
    assert revisions(room, room.eve, seq) == [], "what was edited before was not kept"
    room.eve.read()
    assert room.ask(room.cleo, c.Edit(room=ROOM, seq=seq, text="after it")) == "ok"
    [told] = [one for one in room.eve.events() if isinstance(one, e.Edited)]
    assert told.kept
    assert revisions(room, room.eve, seq) == ["before the rule"]
    assert room.ask(room.cleo, c.SetRules(room=ROOM, revisions=False)) == "ok"
    assert room.ask(room.eve, c.Revisions(room=ROOM, seq=seq)).startswith("forbidden")


def test_former_texts_of_what_was_deleted_are_gone() -> None:
    room = Moderated()
    seq = room.hub.rooms[ROOM].first
    room.ask(room.cleo, c.SetRules(room=ROOM, revisions=True))
    room.ask(room.cleo, c.Edit(room=ROOM, seq=seq, text="two"))
    assert revisions(room, room.eve, seq) == ["tea is ready"]
    room.ask(room.cleo, c.Delete(room=ROOM, seq=seq))
    assert room.ask(room.eve, c.Revisions(room=ROOM, seq=seq)).startswith("no_such_message")
