"""Names belong to one person at a time, and come back to whoever can prove to be that person."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.limits import Limits
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer


def codes(peer: Peer) -> list[str]:
    return [event.code for event in peer.events() if isinstance(event, e.Error)]


def welcome(peer: Peer) -> e.Welcome:
    first = peer.events()[0]
    assert isinstance(first, e.Welcome)
    return first


def test_a_taken_name_is_held_and_only_resume_is_accepted() -> None:
    chatroom = Chatroom()
    chatroom.enter("Ann")
    impostor = chatroom.enter("ann")
    assert welcome(impostor).held
    impostor.tell(c.Join(room="lobby", ref="1"))
    impostor.tell(c.Resume(session="a guess", ref="2"))
    assert codes(impostor) == ["name_taken", "name_taken"]


def test_resume_takes_the_name_over_from_the_ghost() -> None:
    chatroom = Chatroom()
    ghost = chatroom.enter("ann")
    secret = welcome(ghost).session
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=secret, ref="r"))
    assert isinstance(again.events()[-1], e.Ok)
    assert ghost.ended
    again.tell(c.Join(room="lobby", ref="j"))
    assert isinstance(again.events()[-1], e.Room)


@pytest.mark.parametrize("generation", [0, 1])
def test_a_client_may_keep_the_first_secret_or_the_newest(generation: int) -> None:
    chatroom = Chatroom()
    first = chatroom.enter("ann")
    second = chatroom.enter("ann")
    second.tell(c.Resume(session=first.session.secret))
    third = chatroom.enter("ann")
    third.tell(c.Resume(session=(first, second)[generation].session.secret))
    assert not third.session.held


def test_a_name_that_is_free_needs_no_proof() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Resume(session="from before the server restarted", ref="r"))
    assert isinstance(ann.events()[-1], e.Ok)


def test_a_late_end_of_the_ghost_does_not_end_the_successor() -> None:
    chatroom = Chatroom()
    ghost = chatroom.enter("ann")
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=ghost.session.secret))
    chatroom.hub.depart(ghost.session)
    assert chatroom.hub.here.named("ann") == (again.session,)


def test_a_classic_session_with_a_taken_name_is_refused() -> None:
    chatroom = Chatroom()
    chatroom.enter("ann")
    with pytest.raises(Refused, match="'ANN' is taken") as refusal:
        chatroom.enter("ANN", CLASSIC)
    assert refusal.value.code == "name_taken"


def test_a_departed_name_is_free_again() -> None:
    chatroom = Chatroom()
    chatroom.hub.depart(chatroom.enter("ann").session)
    assert not welcome(chatroom.enter("ann")).held


def test_presence_tells_the_others_who_comes_and_goes() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    ann.tell(c.Join(room="dev"))
    ann.events()
    bob.tell(c.Join(room="dev"))
    chatroom.announce()
    chatroom.hub.depart(bob.session)
    assert ann.events() == [
        e.Presence(room="dev", name="bob", state="joined"),
        e.Presence(room="dev", name="bob", state="left"),
    ]


def test_a_crowd_is_not_told_who_comes_and_goes() -> None:
    chatroom = Chatroom(Limits(listed_max=2))
    peers = [chatroom.enter(f"p{number}") for number in range(4)]
    for peer in peers:
        peer.tell(c.Join(room="dev"))
        chatroom.announce()
    names = [event.name for event in peers[0].events() if isinstance(event, e.Presence)]
    assert names == ["p1"]
    assert [event.more for event in peers[3].events() if isinstance(event, e.Room)] == [True]
    peers[3].tell(c.Members(room="dev"))
    members = peers[3].events()[-1]
    assert members == e.Members(
        room="dev", members=[e.MemberSummary("p0"), e.MemberSummary("p1")], more=True
    )


def test_rooms_per_member_are_limited() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=2))
    ann = chatroom.enter("ann")
    for room in ("one", "two", "three"):
        ann.tell(c.Join(room=room))
    assert codes(ann) == ["too_many_rooms"]


def test_rooms_are_limited_and_empty_ones_forgotten() -> None:
    chatroom = Chatroom(Limits(rooms_max=2))  # the lobby counts
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="one"))
    ann.tell(c.Join(room="two"))
    assert codes(ann) == ["too_many_rooms"]
    ann.tell(c.Leave(room="one"))
    ann.tell(c.Join(room="two", ref="now"))
    assert isinstance(ann.events()[-1], e.Room)


def test_a_refused_join_opens_no_room() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=1))
    ann = chatroom.enter("ann")
    for room in ("one", "two", "three"):
        ann.tell(c.Join(room=room))
    assert sorted(chatroom.hub.rooms) == ["lobby", "one"]


def test_private_rooms_opened_by_others_lock_nobody_out() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=3))
    victim = chatroom.enter("victim")
    for number in range(20):
        passer_by = chatroom.enter(f"passer-by {number}")
        passer_by.tell(c.Direct(name="victim"))
        chatroom.hub.depart(passer_by.session)
    assert len(victim.session.members) <= 4, "rooms whose other member is gone are left"
    for number in range(5):
        chatroom.enter(f"staying {number}").tell(c.Direct(name="victim"))
    victim.events()
    victim.tell(c.Join(room="lobby", ref="still welcome"))
    assert isinstance(victim.events()[-1], e.Room)


def test_a_private_room_counts_for_who_opened_it() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=2))
    ann = chatroom.enter("ann")
    for number in range(3):
        chatroom.enter(f"p{number}")
        ann.tell(c.Direct(name=f"p{number}"))
    assert codes(ann) == ["too_many_rooms"]
    assert len(chatroom.hub.rooms) == 3


def test_who_is_in_as_many_rooms_as_allowed_can_still_be_written_to() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=2))
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    ann.tell(c.Direct(name="bob"))
    (room,) = ann.session.members
    ann.tell(c.Leave(room=room))
    for name in ("one", "two"):
        ann.tell(c.Join(room=name))
    bob.tell(c.Direct(name="ann", ref="d"))
    assert codes(bob) == []
    assert room in ann.session.members
