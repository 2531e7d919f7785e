"""Who comes, goes and types is told once in a tick, and never contradicts what was told before."""

from collections.abc import Callable

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.events import Event
from hubbub.chat.events.channels import Departure
from hubbub.hub import delivery
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_fanout import CountedEvents
from tests.hub.test_formats import Shared
from tests.inputs.steps import Steps

MEMBERS = 50


def company(*names: str) -> tuple[Chatroom, list[Peer]]:
    """Return a chatroom with these people in the lobby, who have read everything."""
    chatroom = Chatroom()
    peers = [chatroom.enter(name) for name in names]
    for peer in peers:
        peer.tell(c.Join(room="lobby"))
    chatroom.announce()
    for peer in peers:
        peer.events()
    return chatroom, peers


def told(peer: Peer) -> list[str]:
    """Return what a peer reads, in short."""
    short: list[str] = []
    for event in peer.events():
        match event:
            case e.Presence():
                short.append(f"{event.name} {event.state}")
            case e.Typing():
                short.append(f"{event.name} types")
            case e.Message():
                short.append(f"{event.sender}: {event.text}")
            case e.Room() | e.Members():
                short.append(" ".join(["list", *(member.name for member in event.members)]))
    return short


def come_and_go(peer: Peer) -> None:
    peer.tell(c.Leave(room="lobby"))
    peer.tell(c.Join(room="lobby"))


def type_(peer: Peer) -> None:
    peer.tell(c.Typing(room="lobby"))


def be_away(peer: Peer) -> None:
    peer.tell(c.Back())
    peer.tell(c.Away(text="lunch"))


# One write for each member, and one encoding, whatever happened.


@pytest.mark.parametrize(
    ("storm", "kinds"), [(type_, ["Typing"]), (be_away, ["Away"]), (come_and_go, [])]
)
def test_a_storm_costs_each_member_one_write_at_most(
    storm: Callable[[Peer], None], kinds: list[str]
) -> None:
    chatroom, (ann,) = company("ann")
    counted = CountedEvents()
    members = [chatroom.enter(f"m{number}", counted) for number in range(MEMBERS)]
    for member in members:
        member.tell(c.Join(room="lobby"))
    chatroom.announce()
    for member in members:
        member.writes.clear()
    counted.counts.clear()
    for _ in range(900):
        storm(ann)
    assert not any(member.writes for member in members), "it waits for the tick"
    chatroom.announce()
    assert {len(member.writes) for member in members} == {len(kinds)}
    assert sorted(counted.counts.elements()) == kinds


def test_many_who_come_at_once_are_told_in_one_write() -> None:
    chatroom, (ann,) = company("ann")
    names = [f"m{number}" for number in range(MEMBERS)]
    members = [chatroom.enter(name) for name in names]
    for member in members:
        member.tell(c.Join(room="lobby"))
        member.writes.clear()
    chatroom.announce()
    assert len(ann.writes) == 1
    assert told(ann) == [f"{name} joined" for name in names]
    for number, member in enumerate(members):
        assert told(member) == [f"{name} joined" for name in names[number + 1 :]]


def test_it_shares_the_write_of_a_commit_to_the_room() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    cat = chatroom.enter("cat", CLASSIC)
    type_(bob)
    cat.type("hello")
    chatroom.commit()
    assert len(ann.writes) == 1
    assert told(ann) == ["cat joined", "bob types", "cat: hello"]


def test_an_announcement_is_bounded_and_rooms_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ANNOUNCED_MAX", 3)
    chatroom, peers = company("ann", "bob", "cat")
    for peer in peers[:2]:
        peer.tell(c.Join(room="dev"))
    chatroom.announce()
    for peer in peers:
        peer.events()
    type_(peers[0])
    peers[0].tell(c.Typing(room="dev"))
    peers[2].tell(c.Typing(room="lobby"))
    assert chatroom.hub.announce() == 3
    assert chatroom.hub.announce() == 1
    assert not chatroom.hub.has_announcements


# What is told stays true.


def test_a_list_is_not_contradicted_by_what_waited_when_it_was_made() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    bob.tell(c.Leave(room="lobby"))
    cat = chatroom.enter("cat")
    cat.tell(c.Join(room="lobby"))
    bob.tell(c.Join(room="lobby"))
    ann.tell(c.Members(room="lobby"))
    dan = chatroom.enter("dan")
    dan.tell(c.Join(room="lobby"))
    bob.tell(c.Leave(room="lobby"))
    chatroom.announce()
    assert told(ann) == ["list ann cat bob", "dan joined", "bob left"]
    assert told(cat) == ["list ann cat", "dan joined"]
    assert told(dan) == ["list ann cat bob dan", "bob left"]


def test_who_comes_and_goes_within_a_tick_was_never_there() -> None:
    chatroom, (ann, _) = company("ann", "bob")
    cat = chatroom.enter("cat")
    cat.tell(c.Join(room="lobby"))
    cat.tell(c.Leave(room="lobby"))
    chatroom.announce()
    assert told(ann) == []


def test_who_left_types_no_more() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    type_(bob)
    bob.tell(c.Leave(room="lobby"))
    chatroom.announce()
    assert told(ann) == ["bob left"]


def test_a_name_that_comes_back_in_capitals_leaves_first() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    chatroom.hub.depart(bob.session)
    chatroom.enter("BOB").tell(c.Join(room="lobby"))
    chatroom.announce()
    assert told(ann) == ["bob left", "BOB joined"]


def test_one_is_told_of_others_after_its_own_entry() -> None:
    chatroom, _ = company("ann")
    bob, cat = chatroom.enter("bob"), chatroom.enter("cat")
    for peer in (bob, cat):
        peer.tell(c.Join(room="lobby"))
    chatroom.announce()
    assert told(bob) == ["list ann bob", "cat joined"]


# Presence and what a person says.


def test_one_comes_before_the_first_message_and_goes_after_the_last() -> None:
    chatroom, (ann,) = company("ann")
    bob = chatroom.enter("bob")
    bob.tell(c.Join(room="lobby"))
    bob.tell(c.Say(room="lobby", text="first"))
    chatroom.commit()
    bob.tell(c.Say(room="lobby", text="last"))
    chatroom.hub.depart(bob.session)
    chatroom.announce()
    chatroom.commit()
    assert told(ann) == ["bob joined", "bob: first", "bob: last", "bob left"]


def test_one_goes_even_if_the_last_message_cannot_be_committed() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    chatroom.failing = True
    bob.tell(c.Say(room="lobby", text="lost"))
    bob.tell(c.Leave(room="lobby"))
    chatroom.announce()
    assert not ann.writes
    chatroom.commit()
    assert told(ann) == ["bob left"]


def test_what_one_says_elsewhere_keeps_nobody_in_a_room_they_left() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    bob.tell(c.Join(room="dev"))
    bob.tell(c.Leave(room="lobby"))
    bob.tell(c.Say(room="dev", text="over here"))
    chatroom.announce()
    assert told(ann) == ["bob left"]


def test_who_lagged_meanwhile_is_given_a_list_and_nothing_twice() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    bob.room_bytes = 0
    ann.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    chatroom.enter("cat").tell(c.Join(room="lobby"))
    chatroom.announce()
    chatroom.enter("dan").tell(c.Join(room="lobby"))
    assert told(bob) == ["ann: hello", "list ann bob cat dan"]
    assert told(ann) == ["ann: hello", "cat joined", "dan joined"]


# Those who are told why somebody went, once for all rooms.


class Knowing(Shared):
    """A format as that of those who speak IRC."""

    knows_inner = True

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        return f"{event.name} went\n".encode() if isinstance(event, Departure) else b""


def departing(there: dict[str, str], going: str) -> dict[str, list[str]]:
    """Return what is heard by each of those who are there, in rooms of one letter, when some go."""
    chatroom, knowing = Chatroom(), Knowing()
    peers = {name: chatroom.enter(name, knowing) for name in there}
    for name, peer in peers.items():
        for room in there[name]:
            peer.tell(c.Join(room=room))
    chatroom.announce()
    for peer in peers.values():
        peer.writes.clear()
    for name in going.split():
        chatroom.hub.depart(peers.pop(name).session)
    chatroom.announce()
    return {name: sorted(b"".join(one.writes).decode().splitlines()) for name, one in peers.items()}


def test_a_crowd_that_goes_from_several_rooms_is_told_once_to_each_who_shares_one() -> None:
    there = {"ann": "ab", "bob": "a", "cat": "b", "dan": "c", "eve": "ab", "fay": "a", "gil": "b"}
    assert departing(there, "eve fay gil") == {
        "ann": ["eve went", "fay went", "gil went"],
        "bob": ["eve went", "fay went"],
        "cat": ["eve went", "gil went"],
        "dan": [],
    }


@pytest.mark.parametrize("rooms", ["a", "ab"])
def test_a_crowd_that_goes_takes_a_few_steps_for_each_not_for_each_who_hears_of_it(
    rooms: str,
) -> None:
    counted: list[int] = []
    for count in (20, 20, 200):  # the first one reads what is read once
        chatroom, knowing = Chatroom(), Knowing()
        peers = [chatroom.enter(f"m{number}", knowing) for number in range(2 * count)]
        for peer in peers:
            for room in rooms:
                peer.tell(c.Join(room=room))
        chatroom.announce()
        for peer in peers[:count]:
            chatroom.hub.depart(peer.session)
        steps = Steps()
        with steps.installed():
            counted.append(steps.of(chatroom.announce))
    assert counted[2] <= 12 * counted[1], counted
