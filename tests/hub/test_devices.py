"""Devices of a person: listed, and done without."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.listed import DeviceSummary
from hubbub.hub.people import devices
from hubbub.hub.people.records import DAY_MILLISECONDS, SEEN_MILLISECONDS
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_accounts import (
    OF_ANN,
    OF_BOB,
    PASSWORD,
    code,
    gone,
    identified,
    member,
    welcome,
)


def listed(peer: Peer) -> list[DeviceSummary]:
    peer.tell(c.Devices(ref="d"))
    (answer,) = [event for event in peer.events() if isinstance(event, e.Devices)]
    assert answer.ref == "d"
    return answer.devices


def with_a_phone(room: Chatroom) -> tuple[Peer, Peer]:
    """Let a member in, who logs in on a phone."""
    laptop = member(room)
    phone = room.enter("phone")
    phone.tell(c.Login(name="ann", password=PASSWORD, device=OF_BOB, label="my phone"))
    phone.read()
    return laptop, phone


def test_devices_are_listed_with_what_is_known_of_them() -> None:
    room = Chatroom()
    laptop, phone = with_a_phone(room)
    first, second = listed(laptop)
    assert (first.own, first.here, second.own, second.here) == (True, True, False, True)
    assert (second.label, second.since) == ("my phone", room.clock)
    assert [one.own for one in listed(phone)] == [False, True]
    gone(phone)
    assert [one.here for one in listed(laptop)] == [True, False]


def test_a_device_keeps_its_label_when_it_is_somebody_elses() -> None:
    room = Chatroom()
    member(room)
    tablet = identified(room, "guest", OF_BOB, label="tablet")
    tablet.tell(c.Login(name="ann", password=PASSWORD))
    assert [one.label for one in listed(tablet)] == ["", "tablet"]


def test_a_revoked_device_ends_and_proves_nothing_any_more() -> None:
    room = Chatroom()
    laptop, phone = with_a_phone(room)
    second = Peer(room, "x")
    second.tell(c.Identify(device=OF_BOB))
    second.read()
    id_ = listed(phone)[1].id
    laptop.tell(c.Revoke(device=id_, ref="r"))
    assert e.Ok(ref="r") in laptop.events()
    for ended in (phone, second):
        (bye,) = [event for event in ended.events() if isinstance(event, e.Bye)]
        assert bye.code == "logged_out"
        assert ended.ended
    assert not laptop.ended
    assert [one.own for one in listed(laptop)] == [True]
    assert identified(room, "whoever", OF_BOB).session.person.name == "whoever"


def test_a_device_of_somebody_else_cannot_be_revoked() -> None:
    room = Chatroom()
    _, phone = with_a_phone(room)
    eve = identified(room, "eve", "e" * 22)
    eve.read()
    eve.tell(c.Revoke(device=listed(phone)[1].id, ref="r"))
    assert code(eve) == "bad_command"
    assert len(listed(phone)) == 2


def test_logging_out_is_answered_and_ends_all_sessions_of_the_device() -> None:
    room = Chatroom()
    laptop, phone = with_a_phone(room)
    tab = Peer(room, "x")
    tab.tell(c.Identify(device=OF_BOB))
    tab.read()
    phone.tell(c.Logout(ref="o"))
    ok, bye = phone.events()
    assert ok == e.Ok(ref="o")
    assert isinstance(bye, e.Bye)
    assert tab.ended
    assert not laptop.ended
    assert len(listed(laptop)) == 1


def test_a_session_without_a_device_just_ends() -> None:
    room = Chatroom()
    member(room)
    script = room.enter("script")
    script.tell(c.Login(name="ann", password=PASSWORD))
    script.read()
    script.tell(c.Logout(ref="o"))
    ok, _bye = script.events()
    assert ok == e.Ok(ref="o")
    assert script.ended


def test_a_guest_who_logs_out_is_forgotten() -> None:
    room = Chatroom()
    guest = identified(room, "guest", OF_ANN)
    guest.tell(c.Logout())
    assert guest.ended
    assert not welcome(room.enter("guest")).held
    assert identified(room, "x", OF_ANN).session.person.name == "x"


def test_there_is_an_end_to_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "DEVICES_MAX", 2)
    room = Chatroom()
    laptop, _ = with_a_phone(room)
    third = room.enter("third")
    third.tell(c.Login(name="ann", password=PASSWORD, device="c" * 22, ref="l"))
    assert code(third) == "forbidden"
    assert len(listed(laptop)) == 2


def test_another_tab_of_a_device_that_logs_in_comes_back_as_the_same_member() -> None:
    room = Chatroom()
    member(room)
    first, second = (identified(room, "guest", OF_BOB) for _ in range(2))
    second.read()
    first.tell(c.Login(name="ann", password=PASSWORD))
    (bye,) = [event for event in second.events() if isinstance(event, e.Bye)]
    assert bye.code == "", "it must not forget the secret"
    assert second.ended
    assert identified(room, "guest", OF_BOB).session.person.name == "ann"


def test_a_session_that_resumes_ends_with_its_device() -> None:
    room = Chatroom()
    laptop, phone = with_a_phone(room)
    again = room.enter("ann")
    again.tell(c.Resume(session=phone.session.secret))
    again.read()
    laptop.tell(c.Revoke(device=listed(laptop)[1].id))
    assert again.ended


def test_a_login_that_fails_leaves_the_device_with_its_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "DEVICES_MAX", 1)
    room = Chatroom()
    member(room)
    guest = identified(room, "guest", OF_BOB)
    guest.tell(c.Login(name="ann", password=PASSWORD))
    assert [one.own for one in listed(guest)] == [True]


@pytest.mark.parametrize("command", [c.Devices, c.Logout])
def test_somebody_passing_has_no_devices(command: type[c.Devices | c.Logout]) -> None:
    eve = Chatroom().enter("eve")
    eve.tell(command(ref="d"))
    assert code(eve) == "forbidden"


def test_a_device_is_listed_with_when_it_was_here_last() -> None:
    room = Chatroom()
    laptop, phone = with_a_phone(room)
    assert [one.seen for one in listed(laptop)] == [0, 0], "both are here"
    room.pass_time(SEEN_MILLISECONDS)
    left = room.clock
    gone(phone)
    room.pass_time(SEEN_MILLISECONDS)
    assert [one.seen for one in listed(laptop)] == [0, left]
    room.restart()
    laptop = identified(room, "x", OF_ANN)
    assert [one.seen for one in listed(laptop)] == [0, left]


def test_a_killed_server_knows_to_a_day_when_a_device_was_here() -> None:
    room = Chatroom()
    with_a_phone(room)
    room.pass_time(DAY_MILLISECONDS)
    noted = room.clock
    room.pass_time(SEEN_MILLISECONDS)
    room.restart()
    laptop = identified(room, "x", OF_ANN)
    assert [one.seen for one in listed(laptop)] == [0, noted]


def test_that_a_device_is_here_costs_no_message_a_fact_and_comings_one_a_minute() -> None:
    room = Chatroom()
    with_a_phone(room)
    room.pass_time(SEEN_MILLISECONDS)
    seqs = set()
    for _ in range(20):
        phone = room.enter("phone")
        phone.tell(c.Identify(device=OF_BOB))
        phone.tell(c.Join(room="lobby"))
        phone.tell(c.Say(room="lobby", text="hello"))
        room.commit()
        gone(phone)
        seqs |= {fact.seq for fact in now(room.log.facts("person/"))}
    assert len(seqs) == 1
