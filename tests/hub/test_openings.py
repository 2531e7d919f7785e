"""Rooms cannot be used up: whoever opens them has a share, and the last ones are kept."""

import re

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.limits import Limits
from hubbub.chat.queries import Head
from hubbub.hub import Hub
from hubbub.hub.present.person import Opener
from hubbub.hub.shares import buckets
from hubbub.hub.shares.buckets import DAY_MILLISECONDS
from hubbub.hub.shares.openings import FEW, RESERVE, SHARE_OF_ADDRESS, SHARE_OF_PERSON, Openings
from hubbub.hub.shares.unanswered import ONE_MORE_MILLISECONDS
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_drafts import Deaf

ROOMS_MAX = 10_000
PERSON = ROOMS_MAX // SHARE_OF_PERSON
ADDRESS = ROOMS_MAX // SHARE_OF_ADDRESS
FAR = "192.0.2.1"


@pytest.fixture
def chatroom() -> Chatroom:
    return Chatroom(Limits(rooms_max=ROOMS_MAX))


def opened(peer: Peer, count: int, *, prefix: str = "") -> int:
    """Have a peer open rooms, in which it says something before it leaves; return how many."""
    for number in range(count):
        room = f"{prefix or peer.name}-{number}"
        if refusal(peer, c.Join(room=room)):
            return number
        peer.tell(c.Say(room=room, text="x"))
        peer.chatroom.commit()
        peer.tell(c.Leave(room=room))
    return count


def refusal(peer: Peer, command: c.Join | c.Direct) -> str:
    """Return the sentence with which a command is refused, empty if it is not."""
    peer.events()
    peer.tell(command)
    errors = [event for event in peer.events() if isinstance(event, e.Error)]
    assert all(error.code == "too_many_rooms" for error in errors)
    return errors[0].message if errors else ""


def test_a_person_has_a_share_and_others_go_on(chatroom: Chatroom) -> None:
    guest, bob = chatroom.enter("guest"), chatroom.enter("bob")
    assert opened(guest, 2 * PERSON) == PERSON
    assert not refusal(bob, c.Join(room="bobs-room"))
    assert not refusal(bob, c.Direct(name="guest"))


def test_a_refusal_says_how_many_and_when_the_next_one_may_be_opened(chatroom: Chatroom) -> None:
    guest = chatroom.enter("guest")
    opened(guest, PERSON)
    sentence = refusal(guest, c.Join(room="one-more"))
    asked = re.fullmatch(
        rf"You have opened {PERSON} rooms lately; {PERSON} are allowed, and the next one in "
        r"(\d+) seconds\. Use a room that is open already until then\.",
        sentence,
    )
    assert asked is not None
    chatroom.clock += int(asked[1]) * 1000
    assert opened(guest, 2, prefix="later") == 1


@pytest.mark.parametrize("how", ["/join", "direct", "post"])
def test_every_way_of_opening_a_room_is_counted(chatroom: Chatroom, how: str) -> None:
    guest = chatroom.enter("guest", origin=FAR)
    bob = chatroom.enter("bob")
    opened(guest, PERSON)
    match how:
        case "/join":
            guest.type("/join one-more")
        case "direct":
            guest.tell(c.Direct(name=bob.name))
        case _:
            chatroom.hub.depart(guest.session)
            script = chatroom.hub.outside.poster("guest", CLASSIC, Deaf(), origin=FAR)
            with pytest.raises(Refused, match=f"opened {PERSON} rooms"):
                chatroom.hub.outside.post(script, "one-more", "x", chatroom.clock, ref="1")
            return
    (error,) = (event for event in guest.events() if isinstance(event, e.Error))
    assert error.code == "too_many_rooms"


def test_posts_to_one_new_room_open_one_room(chatroom: Chatroom) -> None:
    for number in range(2 * PERSON):
        script = chatroom.hub.outside.poster("ci", CLASSIC, Deaf(), origin=FAR)
        chatroom.hub.outside.post(script, "builds", f"build {number}", chatroom.clock, ref="1")
    for number in range(PERSON - 1):
        chatroom.hub.outside.post(script, f"builds-{number}", "x", chatroom.clock, ref="1")
    with pytest.raises(Refused, match="lately"):
        chatroom.hub.outside.post(script, "one-more", "x", chatroom.clock, ref="1")


def test_an_address_has_a_share_whatever_the_names(chatroom: Chatroom) -> None:
    names = [chatroom.enter(f"guest{number}", origin=FAR) for number in range(8)]
    assert sum(opened(guest, PERSON) for guest in names) < ADDRESS + FEW * len(names)
    bob = chatroom.enter("bob", origin="192.0.2.2")
    assert not refusal(bob, c.Join(room="bobs-room"))
    honest = chatroom.enter("honest", origin=FAR)
    assert not refusal(honest, c.Join(room="from-the-same-address")), "a few are for everybody"


def test_this_machine_may_open_hundreds() -> None:
    chatroom = Chatroom()
    bot = chatroom.enter("bot")
    assert opened(bot, 400) == 400


def test_rooms_in_which_nothing_was_said_close_and_do_not_count(chatroom: Chatroom) -> None:
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for number in range(2 * PERSON):
        assert not refusal(ann, c.Join(room=f"quiet-{number}"))
        ann.tell(c.Leave(room=f"quiet-{number}"))
        assert not refusal(ann, c.Direct(name="bob"))
        for peer in (ann, bob):
            peer.tell(c.Leave(room=next(iter(peer.session.members))))
        chatroom.clock += ONE_MORE_MILLISECONDS  # unanswered ones have a pace of their own
    assert set(chatroom.hub.rooms) == {"lobby"}


def test_leaving_before_the_first_message_is_committed_does_not_hide_the_room(
    chatroom: Chatroom,
) -> None:
    guest = chatroom.enter("guest")
    for number in range(PERSON):
        guest.tell(c.Join(room=f"r{number}"))
        guest.tell(c.Say(room=f"r{number}", text="x"))
        guest.tell(c.Leave(room=f"r{number}"))
    chatroom.commit()
    assert len(chatroom.hub.rooms) == PERSON + 1
    assert refusal(guest, c.Join(room="one-more"))


def test_a_room_whose_first_message_cannot_be_committed_closes(chatroom: Chatroom) -> None:
    guest = chatroom.enter("guest")
    chatroom.failing = True
    guest.tell(c.Join(room="new"))
    guest.tell(c.Say(room="new", text="x"))
    guest.tell(c.Leave(room="new"))
    script = chatroom.hub.outside.poster("ci", CLASSIC, Deaf())
    chatroom.hub.outside.post(script, "newer", "x", chatroom.clock, ref="1")
    chatroom.commit()
    assert set(chatroom.hub.rooms) == {"lobby"}


def test_one_address_never_takes_the_last_rooms() -> None:
    rooms_max, reserve = 1000, 1000 // RESERVE
    chatroom = Chatroom(Limits(rooms_max=rooms_max))
    # As after a restart: nobody knows who opened what there is.
    heads = [Head(f"old-{number}", 1, number + 1, "") for number in range(rooms_max - reserve - 1)]
    chatroom.hub = Hub(Limits(rooms_max=rooms_max), heads, server="test")
    for number in range(reserve):
        guest = chatroom.enter(f"guest{number}", origin=FAR)
        guest.tell(c.Join(room=f"new-{number}"))
    sentence = refusal(guest, c.Join(room="one-more"))
    assert f"has {len(chatroom.hub.rooms)} rooms of {rooms_max}" in sentence
    assert rooms_max - len(chatroom.hub.rooms) > 0.8 * reserve
    assert not refusal(chatroom.enter("bob", origin="192.0.2.2"), c.Join(room="bobs-room"))


def test_with_no_room_left_an_operator_is_named() -> None:
    chatroom = Chatroom(Limits(rooms_max=1))
    assert refusal(chatroom.enter("ann"), c.Join(room="dev")) == (
        "The server's limit for rooms, 1, is reached. Use a room that is open already, or ask "
        "whoever runs the chatroom to remove some."
    )


def test_counts_that_have_fallen_to_nothing_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "FORGET_AT", 10)
    kept = Openings(ROOMS_MAX)
    for number in range(1000):
        person = Opener(f"address {number}", "ann")
        kept.check(person, 1, at=number * DAY_MILLISECONDS)
        kept.opened(person, at=number * DAY_MILLISECONDS)
    assert len(kept._opened) <= 30


def test_a_clock_that_is_set_back_forgives_nothing(chatroom: Chatroom) -> None:
    guest = chatroom.enter("guest")
    opened(guest, PERSON)
    chatroom.clock -= 1000
    assert refusal(guest, c.Join(room="one-more"))


def test_private_rooms_that_the_other_one_left_are_left_once_there_are_many() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=5))
    bob = chatroom.enter("bob")
    for number in range(20):
        guest = chatroom.enter(f"guest{number}")
        guest.tell(c.Direct(name="bob"))
        chatroom.hub.depart(guest.session)
    assert len(bob.session.members) <= 5
    assert len(chatroom.hub.rooms) <= 6
