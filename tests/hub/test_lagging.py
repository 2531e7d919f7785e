"""A slow reader is served from the log at its own pace, and misses and repeats nothing."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.queries import Over
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer, now


def seqs(peer: Peer) -> list[int]:
    return [event.seq for event in peer.events() if isinstance(event, e.Message)]


def company() -> tuple[Chatroom, Peer, Peer]:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        peer.tell(c.Join(room="lobby"))
        peer.events()
    return chatroom, ann, bob


def say(chatroom: Chatroom, peer: Peer, count: int = 1) -> None:
    for _ in range(count):
        peer.tell(c.Say(room="lobby", text="hello"))
        chatroom.commit()


def test_a_full_connection_is_not_written_to_until_it_is_read() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 150
    say(chatroom, ann, 5)
    assert len(bob.writes) == 2, "the one that fitted, and the one that showed it did not"
    assert seqs(bob) == [1, 2, 3, 4, 5]


def let_go(chatroom: Chatroom, room: str, upto: int) -> None:
    drops = now(chatroom.log.drop({room: Over(upto=upto)}))
    chatroom.hub.let_go(room, drops.dropped[room])


def test_what_is_kept_no_longer_is_told_as_a_gap_and_not_as_damage() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann, 6)
    let_go(chatroom, "lobby", 4)
    logged = [one for one in bob.events() if isinstance(one, e.Logged | e.Missing)]
    assert [getattr(one, "seq", None) for one in logged] == [1, 5, 6]
    zoe = chatroom.enter("zoe")
    zoe.read()
    zoe.tell(c.Join(room="lobby", after=2))
    room, *rest = [one for one in zoe.events() if isinstance(one, e.Room | e.Logged | e.Missing)]
    assert isinstance(room, e.Room)
    assert (room.gap, room.first, room.last) == (True, 5, 6)
    assert [getattr(one, "seq", None) for one in rest] == [5, 6]
    let_go(chatroom, "lobby", 6)
    zoe.tell(c.Join(room="lobby", after=2))
    (room,) = [one for one in zoe.events() if isinstance(one, e.Room | e.Logged | e.Missing)]
    assert isinstance(room, e.Room)
    assert (room.gap, room.first, room.last) == (True, 0, 6)


def test_a_conversation_of_which_nothing_is_kept_says_so_too() -> None:
    chatroom, ann, _ = company()
    ann.tell(c.Direct(name="bob"))
    (private,) = (one for one in ann.session.members if one.startswith("@"))
    for _ in range(2):
        ann.tell(c.Say(room=private, text="psst"))
        chatroom.commit()
    ann.read()
    last = chatroom.hub.rooms[private].last
    let_go(chatroom, private, last)
    ann.tell(c.Join(room=private, after=1))
    (room,) = [one for one in ann.events() if isinstance(one, e.Room | e.Logged | e.Missing)]
    assert isinstance(room, e.Room)
    assert (room.first, room.last, room.gap) == (0, last, True)


def test_what_is_committed_but_not_applied_yet_comes_once() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann, 3)
    ann.tell(c.Say(room="lobby", text="in flight"))
    batch = chatroom.hub.take()
    chatroom.hub.acknowledge(batch, chatroom.append(batch))
    assert seqs(bob) == [1, 2, 3]
    chatroom.apply()
    assert seqs(bob) == [4]


@pytest.mark.parametrize("bytes_max", [1, 100_000])
def test_one_that_reads_some_but_is_full_again_stays_behind(bytes_max: int) -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann, 3)
    bob.writes.clear()
    bob.session.congested = False
    bob.serve(bytes_max)  # fills the connection again, with some of the backlog or all
    assert bob.session.congested
    filled = len(bob.writes)
    say(chatroom, ann, 2)
    assert len(bob.writes) == filled
    assert seqs(bob) == [2, 3, 4, 5]


def test_a_room_joined_on_a_full_connection_waits_too() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann)
    for peer in (ann, bob):
        peer.tell(c.Join(room="dev"))
    filled = len(bob.writes)
    ann.tell(c.Say(room="dev", text="over here"))
    chatroom.commit()
    assert len(bob.writes) == filled
    assert seqs(bob) == [1, 2]


def test_who_came_and_went_meanwhile_is_told_in_one_list() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann)
    cat = chatroom.enter("cat")
    cat.tell(c.Join(room="lobby"))
    received = bob.events()
    assert not [event for event in received if isinstance(event, e.Presence)]
    lists = [event for event in received if isinstance(event, e.Members)]
    assert [[member.name for member in one.members] for one in lists] == [["ann", "bob", "cat"]]


def test_a_classic_reader_gets_the_others_messages_and_none_of_its_own() -> None:
    chatroom, ann, _ = company()
    cat = chatroom.enter("cat", CLASSIC)
    cat.room_bytes = 0
    say(chatroom, ann, 2)
    cat.type("from the slow one")
    chatroom.commit()
    say(chatroom, ann)
    assert cat.pairs() == [("ann", "hello")] * 3


def test_joining_again_without_a_cursor_loses_nothing() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann, 3)
    bob.tell(c.Join(room="lobby", ref="again"))
    assert seqs(bob) == [1, 2, 3]
    say(chatroom, ann)
    assert seqs(bob) == [4]


def test_others_cannot_fill_the_connection_of_a_member_that_does_not_read() -> None:
    chatroom, ann, bob = company()
    bob.room_bytes = 0
    say(chatroom, ann)
    filled = len(bob.writes)
    strangers = [chatroom.enter(f"stranger {number}") for number in range(20)]
    for stranger in strangers:
        stranger.tell(c.Direct(name="bob"))
        stranger.tell(c.Say(room=next(iter(stranger.session.members)), text="hello"))
    chatroom.commit()
    assert len(bob.writes) == filled
    received = bob.events()
    rooms = [event.room for event in received if isinstance(event, e.Room)]
    assert len(set(rooms)) == len(strangers), "it is told of each room when it reads again"
    for room in rooms:
        about = [event for event in received if getattr(event, "room", "") == room]
        kinds = [type(event) for event in about if not isinstance(event, e.Members)]
        assert kinds == [e.Room, e.Message], "and first of all"


def test_rooms_take_turns() -> None:
    chatroom, ann, bob = company()
    for peer in (ann, bob):
        peer.tell(c.Join(room="dev"))
        peer.events()
    bob.room_bytes = 0
    for room in ("lobby", "lobby", "dev", "dev"):
        ann.tell(c.Say(room=room, text="hello"))
    chatroom.commit()
    bob.writes.clear()
    bob.room_bytes = None
    bob.session.congested = False
    bob.session.lagging["lobby"].cursor = bob.session.lagging["dev"].cursor = 0
    bob.serve(bytes_max=1)
    rooms = [event.room for event in bob.events() if isinstance(event, e.Message)]
    assert rooms == ["lobby", "dev", "lobby", "dev"]


def ask_for_backlog(peer: Peer, after: int) -> None:
    """Have a peer join again; the test gives it the backlog."""
    peer.events()
    peer.session.congested = True
    peer.tell(c.Join(room="lobby", after=after))
    peer.session.congested = False
    peer.writes.clear()


def test_those_who_read_the_same_backlog_share_its_encoding() -> None:
    chatroom, ann, bob = company()
    cat = chatroom.enter("cat")
    say(chatroom, ann, 3)
    events = now(chatroom.log.backlog("lobby", 0, 100_000))
    readers = (ann, bob, cat)
    for peer in readers:
        ask_for_backlog(peer, after=0)
        chatroom.hub.catch_up(peer.session.lagging["lobby"], events)
    assert ann.writes[0] is bob.writes[0] is cat.writes[0]
    assert [seqs(peer) for peer in readers] == [[1, 2, 3]] * 3


def test_nobody_gets_the_encoding_of_another_backlog() -> None:
    chatroom, ann, bob = company()
    say(chatroom, ann, 3)
    events = now(chatroom.log.backlog("lobby", 0, 100_000))
    for peer, after in ((ann, 0), (bob, 2), (ann, 0)):
        ask_for_backlog(peer, after=after)
        later = events if after == 0 else now(chatroom.log.backlog("lobby", after, 100_000))
        chatroom.hub.catch_up(peer.session.lagging["lobby"], later)
        assert seqs(peer) == list(range(after + 1, 4))
    chatroom.hub.depart(ann.session)
    say(chatroom, bob, 1)
    ask_for_backlog(bob, after=0)
    chatroom.hub.catch_up(bob.session.lagging["lobby"], events)  # read before the newest commit
    assert seqs(bob) == [1, 2, 3, 4], "and the rest is read then"
