"""Private rooms of people who are known: what is said arrives, stays, and is nobody else's."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.hub.flow.drafts import NOT_COMMITTED
from hubbub.hub.known.markers import NOTE_MILLISECONDS
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_people import MINUTE, company, device_of, identified, who
from tests.hub.test_sessions import codes


def direct(peer: Peer, name: str) -> e.Room:
    """Open the private room with somebody, and return the answer."""
    peer.tell(c.Direct(name=name, ref="d"))
    (answer,) = [one for one in peer.events() if isinstance(one, e.Room) and one.ref == "d"]
    return answer


def tell(peer: Peer, name: str, text: str) -> str:
    """Say something to somebody in private, and return the room."""
    room = direct(peer, name).room
    peer.tell(c.Say(room=room, text=text))
    peer.chatroom.commit()
    return room


def rooms(peer: Peer) -> list[e.Room]:
    return [event for event in peer.events() if isinstance(event, e.Room)]


def read(peer: Peer, room: str) -> list[str]:
    """Return what the peer may read in a room."""
    peer.events()
    peer.tell(c.History(room=room, ref="h"))
    answer = peer.events()[-1]
    return [one.text for one in answer.messages] if isinstance(answer, e.Page) else []


def back(chatroom: Chatroom, name: str, came_as: str = "") -> Peer:
    """Let somebody who is known come with their device, perhaps under another name."""
    return identified(chatroom, came_as or name, device_of(name))


def leaves(peer: Peer) -> None:
    peer.chatroom.hub.depart(peer.session)
    peer.chatroom.commit()


# It arrives and stays.


def test_both_read_all_of_it_after_a_restart() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    room = tell(ann, "bob", "for bob alone")
    tell(bob, "ann", "and for ann")
    chatroom.restart()
    for name in ("ann", "bob"):
        peer = back(chatroom, name, f"{name} elsewhere")
        assert read(peer, room) == ["for bob alone", "and for ann"]
        assert codes(peer) == []


def test_to_somebody_who_is_away_it_can_be_written_and_waits() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    leaves(bob)
    answer = direct(ann, "bob")
    assert answer.direct == ["ann", "bob"]
    assert [member.name for member in answer.members] == ["ann"]
    room = tell(ann, "bob", "are you there?")
    for restarts in (False, True):
        if restarts:
            chatroom.restart()
        bob = back(chatroom, "bob")
        welcome, unasked = bob.events()[-2:]
        assert isinstance(welcome, e.Welcome)
        assert isinstance(unasked, e.Room)
        assert (unasked.room, unasked.last, unasked.seen) == (
            room,
            chatroom.hub.rooms[room].last,
            0,
        )
        assert unasked.direct == ["ann", "bob"]
        bob.tell(c.Join(room=room, after=0))
        chatroom.commit()
        assert [one.text for one in bob.events() if isinstance(one, e.Message)] == [
            "are you there?"
        ]


def test_what_was_read_does_not_wait_any_more() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    leaves(bob)
    room = tell(ann, "bob", "hello")
    bob = back(chatroom, "bob")
    bob.tell(c.Seen(room=room, seq=chatroom.hub.last))
    phone = back(chatroom, "bob")
    assert rooms(phone) == []
    leaves(phone)
    leaves(bob)
    chatroom.pass_time(NOTE_MILLISECONDS)
    chatroom.restart()
    assert rooms(back(chatroom, "bob")) == []
    assert rooms(back(chatroom, "ann")) == [], "she said it herself"


def test_what_waits_still_does_after_somebody_wrote_without_having_read_it() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    leaves(bob)
    room = tell(ann, "bob", "are you there?")
    script = back(chatroom, "bob")
    script.tell(c.Say(room=room, text="the build is done"))
    chatroom.commit()
    leaves(script)
    (waiting,) = rooms(back(chatroom, "bob"))
    assert (waiting.room, waiting.seen) == (room, 0)


def test_all_sessions_of_both_are_in_it_at_once() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    others = [back(chatroom, "ann"), back(chatroom, "bob")]
    room = tell(ann, "bob", "hello")
    for peer in (ann, bob, *others):
        assert room in peer.session.members
    for peer in (bob, *others):
        described, message = [one for one in peer.events() if isinstance(one, e.Room | e.Message)]
        assert isinstance(described, e.Room)
        assert isinstance(message, e.Message)
        assert {member.name for member in described.members} == {"ann", "bob"}


def test_something_new_brings_back_whoever_has_left_the_room() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    room = tell(ann, "bob", "hello")
    bob.tell(c.Leave(room=room))
    bob.events()
    ann.tell(c.Say(room=room, text="one more thing"))
    chatroom.commit()
    described, message = [one for one in bob.events() if isinstance(one, e.Room | e.Message)]
    assert isinstance(described, e.Room)
    assert isinstance(message, e.Message)


def test_the_room_stays_whatever_they_are_called() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    room = tell(ann, "bob", "hello")
    leaves(bob)
    chatroom.pass_time(61 * MINUTE)
    chatroom.enter("bob", CLASSIC)
    bob = back(chatroom, "bob", "robert")
    assert who(bob)[0] == "robert"
    assert direct(ann, "robert").room == room
    assert direct(ann, "robert").direct == ["ann", "robert"]
    assert read(bob, room) == ["hello"]


def test_a_conversation_whose_first_words_were_refused_is_noted_with_the_next() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    room = direct(ann, "bob").room
    chatroom.failing = True
    ann.tell(c.Say(room=room, text="lost"))
    chatroom.commit()
    chatroom.failing = False
    ann.tell(c.Say(room=room, text="hello"))
    chatroom.commit()
    chatroom.restart()
    assert read(back(chatroom, "bob"), room) == ["hello"]
    assert bob.name


def test_a_topic_of_a_private_room_stays_as_well() -> None:
    chatroom, (ann, _) = company("ann", "bob")
    room = tell(ann, "bob", "hello")
    ann.tell(c.SetTopic(room=room, text="soup"))
    chatroom.commit()
    chatroom.restart()
    assert direct(back(chatroom, "bob"), "ann").topic == "soup"


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_what_was_said_to_somebody_who_is_away_can_be_changed(change: str) -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    leaves(bob)
    room = tell(ann, "bob", "helo")
    seq = chatroom.hub.last
    edit = c.Edit(room=room, seq=seq, text="hello")
    ann.tell(edit if change == "edit" else c.Delete(room=room, seq=seq))
    chatroom.commit()
    assert read(back(chatroom, "bob"), room) == (["hello"] if change == "edit" else [""])


# People who are passing.


def test_to_somebody_passing_who_is_gone_nothing_can_be_said() -> None:
    chatroom, (ann,) = company("ann")
    bob = chatroom.enter("bob")
    room = tell(ann, "bob", "hello")
    leaves(bob)
    next_bob = chatroom.enter("bob")
    ann.events()
    for text in ("are you there?", "hello?"):
        ann.tell(c.Say(room=room, text=text, ref=text))
    assert codes(ann) == ["not_here", "not_here"]
    chatroom.commit()
    next_bob.tell(c.Join(room=room))
    assert read(next_bob, room) == []
    assert read(ann, room) == ["hello"], "she keeps what she said"
    assert tell(ann, "bob", "hello, whoever you are") == room
    assert read(next_bob, room) == ["hello, whoever you are"]


def test_two_who_are_passing_are_told_as_well() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    room = tell(ann, "bob", "hello")
    ann.events()
    leaves(bob)
    ann.tell(c.Say(room=room, text="are you there?"))
    assert codes(ann) == ["not_here"]


def test_a_passing_person_who_lost_the_connection_is_waited_for() -> None:
    chatroom, (ann,) = company("ann")
    bob = chatroom.enter("bob")
    room = tell(ann, "bob", "hello")
    chatroom.hub.depart(bob.session, 100.0)
    ann.tell(c.Say(room=room, text="are you there?"))
    chatroom.commit()
    again = chatroom.enter("bob")
    again.tell(c.Resume(session=bob.session.secret))
    assert read(again, room) == ["hello", "are you there?"]


def test_a_passing_person_writes_to_somebody_who_is_away() -> None:
    chatroom, (ann,) = company("ann")
    leaves(ann)
    bob = chatroom.enter("bob")
    room = tell(bob, "ann", "hello from bob")
    chatroom.restart()
    ann = back(chatroom, "ann")
    assert [one.room for one in rooms(ann)] == [room]
    assert read(ann, room) == ["hello from bob"]
    ann.tell(c.Say(room=room, text="who are you?"))
    assert codes(ann) == ["not_here"]


def test_nobody_is_told_that_what_the_log_refused_waits_for_somebody() -> None:
    chatroom, (ann,) = company("ann")
    leaves(ann)
    bob = chatroom.enter("bob", CLASSIC)
    chatroom.failing = True
    bob.type("/msg ann hello from bob")
    chatroom.commit()
    assert bob.pairs() == [("hubbub", NOT_COMMITTED)]


def test_a_classic_session_writes_to_somebody_who_is_away_and_is_told_so() -> None:
    chatroom, (ann,) = company("Ann Lee")
    leaves(ann)
    bob = chatroom.enter("bob", CLASSIC)
    bob.type("/msg ann lee hello from bob")
    chatroom.commit()
    assert bob.pairs() == [
        ("hubbub", "ann lee is not here now, and will find this when they come back.")
    ]
    ann = back(chatroom, "Ann Lee", "somebody")
    (room,) = rooms(ann)
    assert read(ann, room.room) == ["hello from bob"]


def test_nobody_called_so_is_not_here() -> None:
    _, (ann,) = company("ann")
    ann.tell(c.Direct(name="nobody"))
    assert codes(ann) == ["not_here"]


# It is nobody else's.


def test_the_next_holder_of_a_guest_s_name_sees_nothing_of_it() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    room = tell(ann, "bob", "for bob alone")
    leaves(bob)
    chatroom.pass_time(61 * MINUTE)
    for impostor in (chatroom.enter("bob"), identified(chatroom, "mallory", device_of("mallory"))):
        for command in (c.Join(room=room), c.Join(room=room, after=0), c.History(room=room)):
            impostor.tell(command)
        assert codes(impostor) == ["no_such_room"] * 3
        assert direct(impostor, "ann").room != room


# Lists.


def test_conversations_are_listed_the_newest_first() -> None:
    chatroom, (ann, _, _) = company("ann", "bob", "cat")
    chatroom.enter("dan")
    direct(ann, "bob")
    with_cat, with_dan = tell(ann, "cat", "hello"), tell(ann, "dan", "hello")
    with_bob = tell(ann, "bob", "hello")
    for restarts in (False, True):
        if restarts:
            chatroom.pass_time(NOTE_MILLISECONDS)
            chatroom.restart()
            ann = back(chatroom, "ann")
        ann.events()
        ann.tell(c.Conversations(ref="1"))
        (answer,) = ann.events()
        assert isinstance(answer, e.Conversations)
        assert answer.ref == "1"
        listed = answer.conversations
        assert [one.room for one in listed] == [with_bob, with_dan, with_cat]
        assert [[other.name for other in one.with_] for one in listed] == [
            ["bob"],
            ["dan"],
            ["cat"],
        ]
        assert [one.with_[0].kind for one in listed] == ["guest", "passing", "guest"]
        assert [bool(one.with_[0].person) for one in listed] == [True, False, True]
        assert all(one.last == one.seen > 0 for one in listed), "she said it herself"


def test_a_passing_person_s_conversations_are_those_they_are_in() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    chatroom.enter("bob")
    room = direct(ann, "bob").room
    ann.tell(c.Conversations())
    (answer,) = ann.events()
    assert isinstance(answer, e.Conversations)
    assert [one.room for one in answer.conversations] == [room]


def test_what_waits_for_a_member_is_said_to_their_classic_session_once() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    bob.tell(c.Register(password="a long and good one"))
    leaves(bob)
    tell(ann, "bob", "are you there?")
    for said in ([("ann", "(private) are you there?")], []):
        old = chatroom.enter("robert", CLASSIC)
        old.pairs()
        old.type("/login bob a long and good one")
        assert [pair for pair in old.pairs() if pair[0] != "hubbub"] == said
        leaves(old)


def test_older_conversations_are_listed_part_by_part() -> None:
    names = [f"guest-{number}" for number in range(7)]
    chatroom = Chatroom(Limits(listed_max=3))
    ann, *others = (identified(chatroom, name, device_of(name)) for name in ("ann", *names))
    for name in names:
        tell(ann, name, f"hello {name}")
    listed: list[str] = []
    before, more = 2**63 - 1, True
    while more:
        ann.events()
        ann.tell(c.Conversations(before=before, ref="l"))
        answer = ann.events()[-1]
        assert isinstance(answer, e.Conversations)
        listed += [one.with_[0].name for one in answer.conversations]
        before, more = answer.conversations[-1].last, answer.more
    assert listed == names[::-1]
    assert len(others) == len(names)
