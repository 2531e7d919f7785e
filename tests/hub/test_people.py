"""A device's secret makes a session one of somebody who is known, today and after every restart."""

from collections.abc import Callable

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.people import hash_of
from hubbub.chat.queries import FactsQuery, Moment
from hubbub.hub.people import identity
from hubbub.hub.shares import newcomers
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_posters import poster
from tests.hub.test_sessions import codes

PHONE, LAPTOP, OTHER = "phone-" * 5, "laptop-" * 5, "other-" * 5
MINUTE, DAY = 60_000, 86_400_000


def identified(chatroom: Chatroom, name: str, device: str) -> Peer:
    """Let somebody in, with their device."""
    peer = chatroom.enter(name)
    peer.tell(c.Identify(device=device, ref="i"))
    return peer


def who(peer: Peer) -> tuple[str, str]:
    """Return the name that the peer was told at last, and its person's id."""
    told = [event for event in peer.events() if isinstance(event, e.Welcome)][-1]
    return told.name, "" if told.person is None else told.person.id


def company(*names: str) -> tuple[Chatroom, list[Peer]]:
    """Return a chatroom with guests of these names, each with a device called so, in the lobby."""
    chatroom = Chatroom()
    peers = [identified(chatroom, name, device_of(name)) for name in names]
    for peer in peers:
        peer.tell(c.Join(room="lobby"))
    for peer in peers:
        peer.events()
    return chatroom, peers


def device_of(name: str) -> str:
    return f"the-device-of-{name}".ljust(22, "-")


# Guests.


def test_whoever_comes_with_a_new_secret_becomes_a_guest_under_the_name_they_have() -> None:
    chatroom = Chatroom()
    ann = identified(chatroom, "Ann", PHONE)
    _, second = ann.events()
    assert isinstance(second, e.Welcome)
    assert second.ref == "i"
    assert (second.name, second.held) == ("Ann", False)
    assert second.person is not None
    assert second.person.kind == "guest"
    assert len(second.person.id) == 11


def test_a_passing_person_s_welcome_says_nothing_of_people() -> None:
    (told,) = Chatroom().enter("ann").events()
    assert isinstance(told, e.Welcome)
    assert told.person is None
    assert "people" in told.features


def test_a_guest_is_the_same_person_after_a_restart() -> None:
    chatroom = Chatroom()
    before = who(identified(chatroom, "ann", PHONE))
    chatroom.restart()
    assert who(identified(chatroom, "ann", PHONE)) == before


def test_of_a_secret_the_log_keeps_the_hash_alone() -> None:
    chatroom = Chatroom()
    identified(chatroom, "ann", PHONE)
    values = [bytes(fact.value) for fact in chatroom.log._facts.values()]
    assert any(hash_of(PHONE).encode() in value for value in values)
    assert not any(PHONE.encode() in value for value in values)


def test_to_repeat_identify_is_safe() -> None:
    chatroom = Chatroom()
    ann = identified(chatroom, "ann", PHONE)
    first = who(ann)
    facts = len(chatroom.log._facts)
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Identify(device=PHONE, ref="again"))
    assert who(ann) == first
    assert len(chatroom.log._facts) == facts
    assert "lobby" in ann.session.members, "it went on"


@pytest.mark.parametrize("device", [OTHER, LAPTOP])
def test_a_session_that_is_somebody_s_is_nobody_else_s(device: str) -> None:
    chatroom = Chatroom()
    identified(chatroom, "bob", LAPTOP)
    ann = identified(chatroom, "ann", PHONE)
    who(ann)
    ann.tell(c.Identify(device=device))
    assert codes(ann) == ["forbidden"]


def test_without_a_log_nobody_becomes_a_guest_and_the_session_goes_on() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    chatroom.failing = True
    ann.tell(c.Identify(device=PHONE, ref="i"))
    (error,) = [event for event in ann.events() if isinstance(event, e.Error)]
    assert (error.code, error.ref) == ("log_unavailable", "i")
    chatroom.failing = False
    ann.tell(c.Identify(device=PHONE, ref="again"))
    assert who(ann)[1]


def test_who_is_known_and_away_comes_back_without_the_log() -> None:
    chatroom = Chatroom()
    ann = identified(chatroom, "ann", PHONE)
    before = who(ann)
    chatroom.hub.depart(ann.session)
    chatroom.failing = True
    assert who(identified(chatroom, "ann", PHONE)) == before


def test_so_many_of_an_address_become_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "OF_ADDRESS_MAX", 3)
    chatroom = Chatroom()
    for number in range(4):
        peer = chatroom.enter(f"ann{number}", origin="far")
        peer.tell(c.Identify(device=device_of(peer.name)))
        assert codes(peer) == ["too_much"][: number == 3]


# Several sessions.


def test_two_sessions_of_one_person_are_one_in_lists_counts_and_presence() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    phone = identified(chatroom, "ann", device_of("ann"))
    phone.tell(c.Join(room="lobby"))
    room = phone.events()[-1]
    assert isinstance(room, e.Room)
    assert [member.name for member in room.members] == ["ann", "bob"]
    assert chatroom.hub.list_rooms().rooms[0].members == 2
    assert bob.events() == [], "ann was here already"
    chatroom.hub.depart(ann.session)
    assert bob.events() == [], "and still is"
    chatroom.hub.depart(phone.session)
    (left,) = bob.events()
    assert isinstance(left, e.Presence)
    assert (left.name, left.state) == ("ann", "left")


def test_all_sessions_of_a_person_see_what_one_of_them_says() -> None:
    chatroom, (ann, _) = company("ann", "bob")
    phone = identified(chatroom, "somebody", device_of("ann"))
    assert who(phone)[0] == "ann"
    phone.tell(c.Join(room="lobby"))
    phone.events()
    ann.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    for peer in (ann, phone):
        (message,) = peer.events()
        assert isinstance(message, e.Message)
        assert (message.text, message.sender) == ("hello", "ann")
        assert message.person == ann.session.person.id


def test_one_who_types_is_not_told_so_on_their_other_device() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    phone = identified(chatroom, "ann", device_of("ann"))
    phone.tell(c.Join(room="lobby"))
    phone.events()
    ann.tell(c.Typing(room="lobby"))
    assert phone.events() == []
    assert [type(event) for event in bob.events()] == [e.Typing]


def test_the_read_marker_comes_back_on_all_devices() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    phone = identified(chatroom, "ann", device_of("ann"))
    phone.events()
    bob.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    (message,) = ann.events()
    bob.events()
    assert isinstance(message, e.Message)
    ann.tell(c.Seen(room="lobby", seq=message.seq))
    assert [type(event) for event in phone.events()] == [e.Seen]
    assert [type(event) for event in ann.events()] == [e.Seen]
    assert bob.events() == []


def test_a_session_that_identifies_gives_back_the_name_it_came_with() -> None:
    chatroom, _ = company("ann")
    phone = identified(chatroom, "somebody", device_of("ann"))
    assert who(phone)[0] == "ann"
    other = chatroom.enter("somebody")
    assert not other.session.held


def test_a_session_that_identifies_is_in_no_room() -> None:
    chatroom, (_, bob) = company("ann", "bob")
    phone = chatroom.enter("somebody")
    phone.tell(c.Join(room="lobby"))
    bob.events()
    phone.tell(c.Identify(device=device_of("ann")))
    assert not phone.session.members
    assert [(one.name, one.state) for one in presence(bob)] == [("somebody", "left")]


def presence(peer: Peer) -> list[e.Presence]:
    return [event for event in peer.events() if isinstance(event, e.Presence)]


def test_what_a_session_said_before_it_identified_is_not_the_person_s() -> None:
    chatroom, _ = company("ann")
    phone = chatroom.enter("somebody")
    phone.tell(c.Join(room="lobby"))
    phone.tell(c.Say(room="lobby", text="not known yet"))
    phone.tell(c.Identify(device=device_of("ann")))
    phone.tell(c.Join(room="lobby"))
    phone.tell(c.Edit(room="lobby", seq=chatroom.hub.last, text="x"))
    assert codes(phone) == ["forbidden"]


def test_so_many_sessions_of_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SESSIONS_MAX", 2)
    chatroom, _ = company("ann")
    identified(chatroom, "b", device_of("ann"))
    third = identified(chatroom, "c", device_of("ann"))
    assert codes(third) == ["forbidden"]
    assert third.session.person.name == "c", "it stays who it was"


def test_an_old_program_still_takes_a_session_over_by_its_secret() -> None:
    chatroom, (ann,) = company("ann")
    again = chatroom.enter("ann")
    assert again.session.held
    again.tell(c.Resume(session=ann.session.secret, ref="r"))
    assert ann.ended
    assert again.session.person.id == ann.session.person.id
    assert chatroom.hub.here.named("ann") == (again.session,)


# Own messages.


def test_own_messages_are_so_on_every_device_and_after_a_restart() -> None:
    chatroom, (ann,) = company("ann")
    ann.tell(c.Say(room="lobby", text="helo"))
    chatroom.commit()
    seq = chatroom.hub.last
    chatroom.restart()
    phone = identified(chatroom, "ann", device_of("ann"))
    phone.tell(c.Join(room="lobby"))
    phone.tell(c.Edit(room="lobby", seq=seq, text="hello", ref="own"))
    chatroom.commit()
    last = phone.events()[-1]
    assert isinstance(last, e.Edited)
    assert last.person == phone.session.person.id


@pytest.mark.parametrize("known", [True, False])
def test_nobody_else_of_the_name_changes_them(known: bool) -> None:
    chatroom, (ann,) = company("ann")
    ann.tell(c.Say(room="lobby", text="I like soup"))
    chatroom.commit()
    seq = chatroom.hub.last
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(61 * MINUTE)
    other = identified(chatroom, "ann", OTHER) if known else chatroom.enter("ann")
    assert not other.session.held
    other.tell(c.Join(room="lobby"))
    other.tell(c.Edit(room="lobby", seq=seq, text="x"))
    other.tell(c.Delete(room="lobby", seq=seq))
    assert codes(other) == ["forbidden", "forbidden"]


def test_a_nonce_is_the_person_s_whatever_they_are_called() -> None:
    chatroom, (ann,) = company("ann")
    ann.tell(c.Say(room="lobby", text="once", nonce="n"))
    chatroom.commit()
    seq = chatroom.hub.last
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(61 * MINUTE)
    namesake = chatroom.enter("ann")
    namesake.tell(c.Join(room="lobby"))
    namesake.tell(c.Say(room="lobby", text="mine", nonce="n", ref="1"))
    back = identified(chatroom, "anna", device_of("ann"))
    assert who(back)[0] == "anna"
    back.tell(c.Join(room="lobby"))
    back.tell(c.Say(room="lobby", text="once", nonce="n", ref="2"))
    chatroom.commit()
    assert [one.seq for one in namesake.events() if isinstance(one, e.Ok)] != [seq]
    assert [one.seq for one in back.events() if isinstance(one, e.Ok)] == [seq]


# Names.


def refusal(taking: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        taking()
    assert refused.value.code == "name_taken"
    return str(refused.value)


def test_a_guest_s_name_is_theirs_while_they_are_here_and_an_hour_longer() -> None:
    chatroom, (ann,) = company("ann")
    chatroom.pass_time(3 * DAY)
    assert "is taken" in refusal(lambda: chatroom.enter("ANN", CLASSIC))
    chatroom.hub.depart(ann.session)
    chatroom.commit()
    chatroom.pass_time(30 * MINUTE)
    sentence = "The name 'ANN' is kept for 30 more minutes, for a guest who was here lately."
    for taking in (
        lambda: chatroom.enter("ANN", CLASSIC),
        lambda: poster(chatroom, "ANN"),
    ):
        assert sentence in refusal(taking)
    assert "looks like 'ann', which belongs to a guest" in refusal(lambda: chatroom.enter("аnn"))
    event = chatroom.enter("ANN")
    assert event.session.held, "it may be her other device"
    event.tell(c.Resume(session="a guess"))
    assert codes(event) == ["name_taken"]
    chatroom.pass_time(31 * MINUTE)
    assert not chatroom.enter("ann").session.held


def test_after_an_unclean_end_guests_count_as_seen_at_the_start() -> None:
    chatroom, _ = company("ann")
    chatroom.pass_time(61 * MINUTE)
    chatroom.restart()
    chatroom.pass_time(59 * MINUTE)
    assert chatroom.enter("ann").session.held
    chatroom.pass_time(2 * MINUTE)
    assert not chatroom.enter("ann").session.held


def test_a_guest_whose_name_somebody_took_is_the_same_person_under_another_one() -> None:
    chatroom, (ann,) = company("ann")
    id_ = ann.session.person.id
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(61 * MINUTE)
    chatroom.enter("ann", CLASSIC)
    back = identified(chatroom, "ann", device_of("ann"))
    assert codes(back) == ["name_taken"]
    chatroom.hub.depart(back.session)
    back = identified(chatroom, "ann lee", device_of("ann"))
    assert who(back) == ("ann lee", id_)
    chatroom.restart()
    assert who(identified(chatroom, "whatever", device_of("ann"))) == ("ann lee", id_)


def test_a_guest_has_their_name_back_if_it_is_free() -> None:
    chatroom, (ann,) = company("ann")
    id_ = ann.session.person.id
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(3 * DAY)
    assert who(identified(chatroom, "whatever", device_of("ann"))) == ("ann", id_)


def test_a_name_that_a_guest_left_for_long_becomes_another_guest_s() -> None:
    chatroom, (ann,) = company("ann")
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(61 * MINUTE)
    other = identified(chatroom, "ann", OTHER)
    assert who(other) == ("ann", other.session.person.id)
    assert other.session.person.id != ann.session.person.id
    chatroom.hub.depart(other.session)
    back = identified(chatroom, "ann", device_of("ann"))
    assert codes(back) == ["name_taken"], "it is theirs now"


def test_a_guest_who_was_not_here_for_long_is_forgotten() -> None:
    chatroom, (ann, bob) = company("ann", "bob")
    before = ann.session.person.id
    chatroom.hub.depart(ann.session)
    chatroom.commit()
    chatroom.pass_time(29 * DAY)
    chatroom.restart()
    bob = identified(chatroom, "bob", device_of("bob"))
    chatroom.pass_time(2 * DAY)
    chatroom.pass_time(1)
    keys = {fact.key.partition("/")[0] for fact in chatroom.log._facts.values() if fact.clears}
    assert keys == {"about", "ignore", "name", "operator", "person", "place", "read"}, (
        "and who came first ran the server"
    )
    again = identified(chatroom, "ann", device_of("ann"))
    assert who(again)[1] not in {"", before}
    assert who_is(chatroom) == {"ann", "bob"}
    assert bob.session.person.id


def who_is(chatroom: Chatroom) -> set[str]:
    return {person.name for person in chatroom.hub.here.known()}


def test_a_guest_who_stays_for_long_is_not_forgotten_even_if_the_server_is_killed() -> None:
    chatroom, (ann,) = company("ann")
    id_ = ann.session.person.id
    for _ in range(40):
        chatroom.pass_time(DAY)
    chatroom.restart()
    chatroom.pass_time(1)
    assert who(identified(chatroom, "ann", device_of("ann"))) == ("ann", id_)


# What may race.


def test_two_programs_of_a_new_device_are_one_guest() -> None:
    chatroom = Chatroom()
    first, second = chatroom.enter("ann"), chatroom.enter("ann lee")
    decisions = [
        chatroom.hub.command(peer.session, c.Identify(device=PHONE), 0) for peer in (first, second)
    ]
    for decision in decisions:
        assert decision is not None
        next(decision)
    chatroom.commit()
    for decision in decisions:
        chatroom.decide(decision)
    assert first.session.person is second.session.person
    assert who(first) == who(second)


def test_a_device_whose_connection_is_lost_while_it_is_written_down_is_known_later() -> None:
    chatroom = Chatroom()
    first = chatroom.enter("ann")
    decision = chatroom.hub.command(first.session, c.Identify(device=PHONE), 0)
    assert decision is not None
    next(decision)
    decision.close()
    chatroom.hub.depart(first.session)
    chatroom.commit()
    back = identified(chatroom, "ann", PHONE)
    assert who(back)[1]
    assert not chatroom.hub._state.identifying


def test_last_words_of_a_passing_holder_come_before_those_of_the_name_s_owner() -> None:
    chatroom, (ann,) = company("ann")
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(61 * MINUTE)
    passing = chatroom.enter("ann", CLASSIC)
    passing.type("last words")
    chatroom.hub.depart(passing.session)
    back = identified(chatroom, "whatever", device_of("ann"))
    assert chatroom.hub.last == chatroom.log._last
    assert who(back)[0] == "ann"


def test_of_two_that_come_with_one_device_at_once_the_second_waits_for_no_commit() -> None:
    chatroom = Chatroom()
    first, second = chatroom.enter("ann"), chatroom.enter("ben")
    command = c.Identify(device=PHONE, ref="i")
    deciding = chatroom.hub.command(first.session, command, chatroom.clock)
    waiting = chatroom.hub.command(second.session, command, chatroom.clock)
    assert deciding is not None
    assert waiting is not None
    next(deciding)
    assert isinstance(next(waiting), Moment)
    chatroom.commit()
    assert isinstance(waiting.send(None), Moment), "the first one has not gone on yet"
    with pytest.raises(StopIteration):
        deciding.send(None)
    assert isinstance(waiting.send(None), FactsQuery), "of what was read"
    with pytest.raises(StopIteration):
        waiting.send([])
    assert who(first)[1] == who(second)[1] != ""
