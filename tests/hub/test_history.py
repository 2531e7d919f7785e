"""Pages by times and with what else happened, signals, and notes to oneself."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from tests.hub.peers import Chatroom, Peer


@pytest.fixture
def chatroom() -> Chatroom:
    return Chatroom()


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    """Ann, who said `1` to `5` in the lobby, each a second later, and gave it a topic after `2`."""
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    for number in range(1, 6):
        chatroom.clock = number * 1000
        ann.tell(c.Say(room="lobby", text=str(number)))
        chatroom.commit()
        if number == 2:
            ann.tell(c.SetTopic(room="lobby", text="about"))
            chatroom.commit()
    ann.events()
    return ann


def page(chatroom: Chatroom, peer: Peer, command: c.History) -> e.Page:
    peer.tell(command)
    chatroom.commit()
    (found,) = [event for event in peer.events() if isinstance(event, e.Page)]
    return found


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        (c.History(room="lobby", before=3000, by_time=True), "12"),
        (c.History(room="lobby", before=3001, by_time=True), "123"),
        (c.History(room="lobby", after=3000, by_time=True), "45"),
        (c.History(room="lobby", after=2999, by_time=True, limit=2), "34"),
        (c.History(room="lobby", around=3000, by_time=True, limit=3), "234"),
        (c.History(room="lobby", before=0, by_time=True), ""),
        (c.History(room="lobby", after=2**62, by_time=True), ""),
    ],
)
def test_a_page_is_asked_for_by_time(
    chatroom: Chatroom, ann: Peer, command: c.History, texts: str
) -> None:
    assert "".join(one.text for one in page(chatroom, ann, command).messages) == texts


def test_a_page_tells_what_else_happened_where_its_messages_are(
    chatroom: Chatroom, ann: Peer
) -> None:
    for command, count in (
        (c.History(room="lobby", events=True), 1),
        (c.History(room="lobby", limit=2, events=True), 0),
        (c.History(room="lobby", limit=4, events=True), 1),
        (c.History(room="lobby", after=0, limit=2, events=True), 0),
        (c.History(room="lobby", after=0, limit=3, events=True), 1),
        (c.History(room="lobby"), 0),
    ):
        assert len(page(chatroom, ann, command).events) == count, command


def test_a_signal_is_heard_by_all_in_its_place(chatroom: Chatroom, ann: Peer) -> None:
    bob = chatroom.enter("bob")
    bob.tell(c.Join(room="lobby"))
    bob.events()
    ann.tell(c.Say(room="lobby", text="before"))
    ann.tell(c.Signal(room="lobby", tags={"+note": "1"}, ref="1"))
    ann.tell(c.Signal(room="lobby", tags={"+note": "1" * 4096, "+more": "2" * 4096}, ref="2"))
    ann.tell(c.Signal(room="nowhere", tags={"+note": "1"}, ref="3"))
    chatroom.commit()
    message, signal = [one for one in bob.events() if isinstance(one, e.Logged)]
    assert isinstance(signal, e.Signal)
    assert (signal.prev, signal.tags) == (message.seq, {"+note": "1"})
    codes = [one.code for one in ann.events() if isinstance(one, e.Error)]
    assert codes == ["too_long", "no_such_room"]


def test_somebody_may_make_notes(chatroom: Chatroom, ann: Peer) -> None:
    ann.tell(c.Direct(name="Ann", ref="1"))
    (room,) = [one for one in ann.events() if isinstance(one, e.Room)]
    assert room.direct == ["ann", "ann"]
    ann.tell(c.Say(room=room.room, text="buy milk"))
    chatroom.commit()
    assert [one.text for one in ann.events() if isinstance(one, e.Message)] == ["buy milk"]
    ann.tell(c.Conversations(ref="2"))
    (listed,) = [one for one in ann.events() if isinstance(one, e.Conversations)]
    assert [one.with_[0].name for one in listed.conversations] == ["ann"]
    bob = chatroom.enter("bob")
    bob.tell(c.History(room=room.room, ref="3"))
    assert [one.code for one in bob.events() if isinstance(one, e.Error)] == ["no_such_room"]
