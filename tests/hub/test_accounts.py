"""Claiming a name, and being the same person elsewhere, with a password."""

from typing import Any

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.peers import Chatroom, Peer

PASSWORD = "four words of mine"
OF_ANN, OF_BOB = "a" * 22, "b" * 22


def identified(room: Chatroom, name: str, device: str, **fields: Any) -> Peer:
    """Let somebody in who is known by a device."""
    peer = room.enter(name)
    peer.tell(c.Identify(device=device, ref="identify", **fields))
    assert welcome(peer).person
    return peer


def welcome(peer: Peer) -> e.Welcome:
    """Return the newest welcome of those that a peer was told now."""
    return [event for event in peer.events() if isinstance(event, e.Welcome)][-1]


def code(peer: Peer) -> str:
    """Return the code of the only refusal that a peer was told now."""
    (refusal,) = [event for event in peer.events() if isinstance(event, e.Error)]
    return refusal.code


def member(room: Chatroom, name: str = "ann", device: str = OF_ANN) -> Peer:
    """Let somebody in who claims the name."""
    peer = identified(room, name, device)
    peer.tell(c.Register(password=PASSWORD, ref="register"))
    assert welcome(peer).person.kind == "member"  # type: ignore[union-attr]
    return peer


def gone(peer: Peer) -> None:
    peer.chatroom.hub.depart(peer.session)
    peer.chatroom.commit()


def test_a_guest_becomes_a_member_and_stays_the_same_person() -> None:
    room = Chatroom()
    ann = room.enter("ann")
    ann.tell(c.Identify(device=OF_ANN))
    guest = welcome(ann).person
    assert guest
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Register(password=PASSWORD, ref="r"))
    told = welcome(ann)
    assert (told.ref, told.name) == ("r", "ann")
    assert told.person == e.PersonSummary(guest.id, "member", "operator")
    assert "lobby" in ann.session.members, "nothing else changes"


def test_a_member_logs_in_elsewhere_and_is_the_same_person() -> None:
    room = Chatroom()
    ann = member(room)
    person = ann.session.person
    phone = room.enter("ann on the phone")
    phone.tell(c.Login(name=" ANN ", password=PASSWORD, device=OF_BOB, label="phone", ref="l"))
    told = welcome(phone)
    assert (told.ref, told.name, told.held) == ("l", "ann", False)
    assert phone.session.person is person
    gone(phone)
    assert identified(room, "whoever", OF_BOB).session.person is person, "the device is known now"


def test_a_member_who_is_away_logs_in_although_the_name_is_held() -> None:
    room = Chatroom()
    ann = member(room)
    id_ = ann.session.person.id
    gone(ann)
    again = room.enter("ann")
    assert welcome(again).held
    again.tell(c.Login(name="ann", password=PASSWORD))
    told = welcome(again)
    assert not told.held
    assert told.person == e.PersonSummary(id_, "member", "operator")


def test_unknown_names_and_wrong_passwords_read_and_cost_the_same() -> None:
    room = Chatroom()
    member(room)
    identified(room, "guest", OF_BOB)
    eve = room.enter("eve")
    eve.events()
    refusals = []
    for number, (name, password) in enumerate(
        [
            ("ann", "wrong"),
            ("ann", ""),
            ("ann", "x" * 100_000),
            ("ann", "\x00"),
            ("nobody", PASSWORD),
            ("guest", PASSWORD),
            ("", PASSWORD),
            ("x" * 1000, PASSWORD),
        ],
        start=1,
    ):
        eve.tell(c.Login(name=name, password=password, ref="l"))
        refusals += eve.events()
        assert room.verified == number, "one verification each"
    assert len(refusals) == 8
    assert len({event.message for event in refusals if isinstance(event, e.Error)}) == 1
    assert {event.code for event in refusals if isinstance(event, e.Error)} == {"wrong_login"}


def test_whoever_logs_in_with_a_device_of_a_guest_leaves_the_guest_behind() -> None:
    room = Chatroom()
    member(room)
    laptop = identified(room, "laptop", OF_BOB)
    laptop.tell(c.Login(name="ann", password=PASSWORD, ref="l"))
    assert welcome(laptop).name == "ann"
    gone(laptop)
    assert identified(room, "x", OF_BOB).session.person.name == "ann"
    other = room.enter("laptop")
    assert not welcome(other).held, "the guest is gone, and the name free"


@pytest.mark.parametrize("password", ["short", "Annabelle", "", "x" * 1001])
def test_a_bad_password_is_refused_and_nothing_is_claimed(password: str) -> None:
    room = Chatroom()
    ann = identified(room, "Annabelle", OF_ANN)
    ann.tell(c.Register(password=password, ref="r"))
    assert code(ann) == "password_not_allowed"
    ann.tell(c.Identify(device=OF_ANN))
    assert welcome(ann).person.kind == "guest"  # type: ignore[union-attr]


def test_a_name_is_claimed_once() -> None:
    room = Chatroom()
    ann = member(room)
    ann.tell(c.Register(password="another one of mine", ref="r"))
    assert code(ann) == "forbidden"
    other = room.enter("x")
    other.tell(c.Login(name="ann", password=PASSWORD))
    assert welcome(other).name == "ann"


def test_somebody_passing_says_first_which_device_they_are() -> None:
    room = Chatroom()
    ann = room.enter("ann")
    ann.tell(c.Register(password=PASSWORD, ref="r"))
    assert code(ann) == "forbidden"


def test_a_classic_session_claims_its_name_and_goes_on_in_its_room() -> None:
    room = Chatroom()
    bob = room.enter("bob")
    bob.tell(c.Join(room="lobby"))
    ann = room.enter("ann", CLASSIC)
    ann.type("hello")
    ann.type(f"/register {PASSWORD}")
    assert ann.pairs() == [("hubbub", "You are ann now, and the name is yours for good.")]
    ann.type("still here")
    room.commit()
    said = [event.text for event in bob.events() if isinstance(event, e.Message)]
    assert said == ["hello", "still here"]
    gone(ann)
    again = room.enter("ann on the phone", CLASSIC)
    again.type(f"/login ann {PASSWORD}")
    assert again.session.name == "ann"
    again.type("back")
    room.commit()
    assert [event.sender for event in bob.events() if isinstance(event, e.Message)] == ["ann"]


@pytest.mark.parametrize("line", ["/register a good password", "/login ann a good password"])
@pytest.mark.parametrize("format_", [CLASSIC, EVENTS])
def test_a_line_with_a_password_is_refused_beyond_this_machine(line: str, format_: Any) -> None:
    room = Chatroom()
    ann = room.enter("ann", format_, origin="192.0.2.1")
    ann.read()
    ann.type(line)
    (said,) = ann.read()
    assert "would cross the network in the clear" in str(said)
    assert room.verified == 0


def test_a_password_is_changed_by_whoever_knows_it() -> None:
    room = Chatroom()
    ann = member(room)
    ann.tell(c.ChangePassword(old="wrong", new="another one of mine", ref="p"))
    assert code(ann) == "wrong_login"
    ann.tell(c.ChangePassword(old=PASSWORD, new="short", ref="p"))
    assert code(ann) == "password_not_allowed"
    ann.tell(c.ChangePassword(old=PASSWORD, new="another one of mine", ref="p"))
    assert ann.events() == [e.Ok(ref="p")]
    other = room.enter("x")
    other.tell(c.Login(name="ann", password=PASSWORD, ref="l"))
    assert code(other) == "wrong_login"
    other.tell(c.Login(name="ann", password="another one of mine", ref="l"))
    assert welcome(other).name == "ann"


def test_a_guest_has_no_password_to_change() -> None:
    guest = identified(Chatroom(), "guest", OF_ANN)
    guest.tell(c.ChangePassword(old="", new=PASSWORD, ref="p"))
    assert code(guest) == "forbidden"
