"""A room that people in passing look after goes on under another name."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.wire.irc.format import IrcFormat
from tests.hub.peers import Chatroom, Peer


def entered(chatroom: Chatroom, name: str) -> Peer:
    peer = chatroom.enter(name, IrcFormat(frozenset()))
    peer.tell(c.Enter(room="dev"))
    return peer


def test_who_does_not_read_stays_out_and_nobody_keeps_a_room_without_people() -> None:
    chatroom = Chatroom()
    ann, bob = entered(chatroom, "ann"), entered(chatroom, "bob")
    bob.session.congested = True
    ann.tell(c.Move(room="dev", to="sea"))
    assert list(chatroom.hub.rooms["sea"].people) == ["ann"]
    assert [*bob.session.members] == []
    assert "dev" not in chatroom.hub.rooms
    ann.session.congested = True
    ann.tell(c.Move(room="sea", to="land"))
    assert {"sea", "land"}.isdisjoint(chatroom.hub.rooms)
    cat = entered(chatroom, "cat")
    cat.tell(c.Move(room="dev", to="land"))
    assert list(chatroom.hub.rooms["land"].people) == ["cat"]


def test_rooms_are_counted_as_before() -> None:
    chatroom = Chatroom()
    ann = entered(chatroom, "ann")
    for to in ("sea", "land", "dev"):
        ann.tell(c.Move(room=next(iter(ann.session.members)), to=to))
    assert [*ann.session.members] == ["dev"]
    assert ann.session.rooms_of_own == 1
    ann.tell(c.Part(room="dev"))
    assert ann.session.rooms_of_own == 0
    assert not {"sea", "land", "dev"} & set(chatroom.hub.rooms)


def test_nothing_is_said_in_a_room_that_all_are_about_to_leave() -> None:
    """It would be heard by nobody: they wait until what was said before is told."""
    chatroom = Chatroom()
    ann, bob = entered(chatroom, "ann"), entered(chatroom, "bob")
    bob.tell(c.Say(room="dev", text="before"))
    with pytest.raises(Refused, match="Only moderators"):
        chatroom.decide(chatroom.hub.command(bob.session, c.Move(room="dev", to="sea"), 1))
    decision = chatroom.hub.command(ann.session, c.Move(room="dev", to="sea"), 1)
    assert decision is not None
    question = next(decision)
    for refused in (c.Say(room="dev", text="meanwhile"), c.SetTopic(room="dev", text="tea")):
        with pytest.raises(Refused, match="'dev' is being renamed"):
            chatroom.decide(chatroom.hub.command(bob.session, refused, 1))
    with pytest.raises(Refused, match="about to have another name"):
        chatroom.decide(chatroom.hub.command(ann.session, c.Move(room="dev", to="land"), 1))
    with pytest.raises(StopIteration):
        decision.send(chatroom.answer(question))
    bob.tell(c.Say(room="sea", text="after"))
    chatroom.commit()
    assert {name: room.last for name, room in chatroom.hub.rooms.items() if room.last} == {
        "dev": 1,
        "sea": 2,
    }
    cat = entered(chatroom, "cat")
    cat.tell(c.Say(room="dev", text="anew"))
    chatroom.commit()
    assert chatroom.hub.rooms["dev"].last == 3
