"""How far somebody has read is the same on all their devices, and stays."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub.known.markers import NOTE_MILLISECONDS
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_people import identified
from tests.log.drafts import fact, said

PHONE, OTHER = "phone-" * 5, "other-" * 5
SECOND = 1_000


def room_told(peer: Peer) -> e.Room:
    """Return the newest `room` event."""
    return [event for event in peer.events() if isinstance(event, e.Room)][-1]


def markers(peer: Peer) -> list[tuple[str, int]]:
    """Return what the peer was told of its markers since it was asked last."""
    return [(one.room, one.seq) for one in peer.events() if isinstance(one, e.Seen)]


def logged(chatroom: Chatroom) -> dict[str, int]:
    """Return the markers in the log, by room."""
    chatroom.commit()
    return {
        one.key.split("/")[-1]: int(bytes(one.value)) for one in now(chatroom.log.facts("read/"))
    }


def read(peer: Peer, seq: int, room: str = "lobby") -> None:
    peer.tell(c.Seen(room=room, seq=seq))


def here(chatroom: Chatroom, name: str = "ann", device: str = PHONE) -> Peer:
    """Let somebody in with a device, who joins the lobby; has been told everything."""
    peer = identified(chatroom, name, device)
    peer.tell(c.Join(room="lobby"))
    peer.events()
    return peer


@pytest.fixture
def chatroom() -> Chatroom:
    """A chatroom in which 20 messages were said."""
    chatroom = Chatroom()
    now(chatroom.log.append([said(str(number)) for number in range(20)]))
    chatroom.apply()
    return chatroom


def test_a_marker_comes_back_on_all_sessions_of_the_person_and_nobody_else_s(
    chatroom: Chatroom,
) -> None:
    ann, phone, bob = (
        here(chatroom),
        here(chatroom),
        here(chatroom, "bob", OTHER),
    )
    ann.events()
    read(ann, 7)
    assert [markers(one) for one in (ann, phone, bob)] == [[("lobby", 7)], [("lobby", 7)], []]


def test_a_marker_never_moves_back(chatroom: Chatroom) -> None:
    ann, phone = here(chatroom), here(chatroom)
    read(ann, 9)
    assert markers(phone) == [("lobby", 9)]
    read(phone, 4)
    assert markers(phone) == [("lobby", 9)], "it is told where it stands"
    assert markers(ann) == [("lobby", 9)], "nothing has moved"


def unread(peer: Peer, seq: int) -> None:
    peer.tell(c.Seen(room="lobby", seq=seq, unread=True))


def told(peer: Peer) -> list[tuple[int, bool]]:
    """Return what the peer was told of its marker since it was asked last, and whether back."""
    return [(one.seq, one.unread) for one in peer.events() if isinstance(one, e.Seen)]


def test_a_marker_moves_back_only_for_what_is_to_be_unread(chatroom: Chatroom) -> None:
    ann, phone = here(chatroom), here(chatroom)
    read(ann, 9)
    unread(ann, 4)
    assert told(phone) == [(9, False), (4, True)]
    unread(ann, 7)
    assert told(ann) == [(9, False), (4, True), (4, True)], "it is told where it stands"
    read(phone, 8)
    assert told(phone) == [(8, False)]
    tablet = identified(chatroom, "ann", PHONE)
    unread(ann, 2)
    tablet.tell(c.Join(room="lobby"))
    entered = room_told(tablet)
    assert (entered.seen, entered.unread) == (2, True)


def test_a_marker_that_moved_back_stays_there_over_leaving_and_a_restart(
    chatroom: Chatroom,
) -> None:
    ann = here(chatroom)
    read(ann, 9)
    chatroom.pass_time(NOTE_MILLISECONDS)  # noted, and on its way to the log
    unread(ann, 4)
    chatroom.commit()
    assert told(ann) == [(9, False), (4, True)], "what comes back from the log is older"
    chatroom.hub.depart(ann.session)
    again = identified(chatroom, "ann", PHONE)
    again.tell(c.Join(room="lobby"))
    back = room_told(again)
    assert (back.seen, back.unread) == (4, True)
    chatroom.hub.end()
    chatroom.commit()
    chatroom.restart()
    later = identified(chatroom, "ann", PHONE)
    later.tell(c.Join(room="lobby"))
    entered = room_told(later)
    assert (entered.seen, entered.unread) == (4, True)


def test_a_passing_person_is_told_that_it_moved_back(chatroom: Chatroom) -> None:
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    unread(ann, 3)
    assert told(ann) == [(3, True)]


def test_a_marker_is_at_no_message_that_was_not_said(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    read(ann, 10**9)
    (marker,) = markers(ann)
    assert marker == ("lobby", chatroom.hub.rooms["lobby"].last)


def test_whoever_joins_is_told_how_far_they_have_read(chatroom: Chatroom) -> None:
    ann = identified(chatroom, "ann", PHONE)
    ann.tell(c.Join(room="lobby"))
    assert room_told(ann).seen == 0
    read(ann, 7)
    phone = identified(chatroom, "ann", PHONE)
    phone.tell(c.Join(room="lobby"))
    assert room_told(phone).seen == 7


def test_nothing_is_kept_of_a_passing_person(chatroom: Chatroom) -> None:
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    assert room_told(ann).seen is None
    for seq in (7, 3):
        read(ann, seq)
        assert markers(ann) == [("lobby", seq)]
    chatroom.pass_time(2 * NOTE_MILLISECONDS)
    chatroom.hub.depart(ann.session)
    assert logged(chatroom) == {}


def test_moving_a_marker_costs_more_the_more_sessions_hear_of_it(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    alone = chatroom.hub.price(ann.session, c.Seen(room="lobby", seq=1))
    for _ in range(10):
        here(chatroom)
    assert chatroom.hub.price(ann.session, c.Seen(room="lobby", seq=1)) > alone


# In the log.


def test_many_moves_in_a_few_seconds_are_logged_as_one(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    before = chatroom.log._last
    for seq in range(1, 5):
        read(ann, seq)
        chatroom.pass_time(SECOND)
    assert logged(chatroom) == {}
    chatroom.pass_time(SECOND)
    assert logged(chatroom) == {"lobby": 4}
    assert chatroom.log._last == before + 1
    chatroom.pass_time(10 * NOTE_MILLISECONDS)
    assert chatroom.log._last == before + 1, "and not again"


def test_rooms_are_logged_apart(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    ann.tell(c.Join(room="den"))
    ann.tell(c.Say(room="den", text="hello"))
    chatroom.commit()
    read(ann, 5)
    chatroom.pass_time(NOTE_MILLISECONDS - SECOND)
    read(ann, chatroom.hub.rooms["den"].last, "den")
    chatroom.pass_time(SECOND)
    assert logged(chatroom) == {"lobby": 5}
    chatroom.pass_time(NOTE_MILLISECONDS)
    assert logged(chatroom) == {"lobby": 5, "den": chatroom.hub.rooms["den"].last}


def test_what_was_read_is_logged_when_the_last_session_leaves(chatroom: Chatroom) -> None:
    ann, phone = here(chatroom), here(chatroom)
    read(ann, 7)
    chatroom.hub.depart(ann.session)
    assert logged(chatroom) == {}
    chatroom.hub.depart(phone.session)
    assert logged(chatroom) == {"lobby": 7}


def test_what_was_read_is_logged_when_the_server_ends(chatroom: Chatroom) -> None:
    read(here(chatroom), 7)
    chatroom.hub.end()
    assert logged(chatroom) == {"lobby": 7}


@pytest.mark.parametrize("sweeps", [0, 1])
def test_markers_are_there_after_a_restart_and_after_leaving(
    chatroom: Chatroom, sweeps: int
) -> None:
    ann = here(chatroom)
    read(ann, 7)
    chatroom.hub.depart(ann.session)  # not committed yet
    for _ in range(sweeps):
        chatroom.pass_time(SECOND)
    again = identified(chatroom, "ann", PHONE)
    again.tell(c.Join(room="lobby"))
    assert room_told(again).seen == 7
    read(again, 9)
    chatroom.pass_time(NOTE_MILLISECONDS)
    chatroom.restart()
    later = identified(chatroom, "ann", PHONE)
    later.tell(c.Join(room="lobby"))
    assert room_told(later).seen == 9
    read(later, 8)
    assert markers(later) == [("lobby", 9)]


def test_who_left_is_forgotten_and_who_is_here_is_not(chatroom: Chatroom) -> None:
    ann, bob = here(chatroom), here(chatroom, "bob", OTHER)
    read(ann, 7)
    read(bob, 8)
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(SECOND)
    markers_held = chatroom.hub._state.markers
    assert ann.session.person.id not in markers_held
    assert bob.session.person.id in markers_held


def test_what_the_log_could_not_take_is_logged_later(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    read(ann, 7)
    chatroom.failing = True
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(NOTE_MILLISECONDS)
    chatroom.failing = False
    assert logged(chatroom) == {}
    chatroom.pass_time(SECOND)
    assert logged(chatroom) == {"lobby": 7}


def test_what_was_resumed_goes_on_with_its_markers(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    read(ann, 7)
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=ann.session.secret))
    again.tell(c.Join(room="lobby"))
    assert room_told(again).seen == 7
    chatroom.pass_time(SECOND)
    read(again, 3)
    assert markers(again) == [("lobby", 7)]


# Slow readers, and other servers.


def test_a_session_that_does_not_read_is_told_once_it_does(chatroom: Chatroom) -> None:
    ann, phone = here(chatroom), here(chatroom)
    chatroom.hub.lag(phone.session)
    for seq in (5, 7):
        read(ann, seq)
    assert phone.writes == []
    assert markers(phone) == [("lobby", 7)]


def test_a_marker_that_moved_on_another_server_is_told(chatroom: Chatroom) -> None:
    ann, phone = here(chatroom), here(chatroom)
    key = f"read/{ann.session.person.id}/lobby"
    for seq, told in ((6, [("lobby", 6)]), (4, [])):
        now(chatroom.log.append([fact(key, seq)]))
        chatroom.apply()
        assert markers(ann) == markers(phone) == told
    phone.tell(c.Seen(room="lobby", seq=5))
    assert markers(phone) == [("lobby", 6)]


def test_with_a_guest_who_is_forgotten_their_markers_go(chatroom: Chatroom) -> None:
    ann, bob = here(chatroom), here(chatroom, "bob", OTHER)
    for peer in (ann, bob):
        read(peer, 7)
    chatroom.hub.depart(ann.session)
    chatroom.pass_time(NOTE_MILLISECONDS)
    assert len(now(chatroom.log.facts("read/"))) == 2
    chatroom.pass_time(31 * 24 * 3600 * SECOND)
    (marker,) = now(chatroom.log.facts("read/"))
    assert bob.session.person.id in marker.key


def test_whoever_comes_back_finds_what_the_log_could_not_take_yet(chatroom: Chatroom) -> None:
    ann = here(chatroom)
    read(ann, 7)
    chatroom.failing = True
    chatroom.hub.depart(ann.session)
    for _ in range(2):
        chatroom.pass_time(SECOND)
    again = identified(chatroom, "ann", PHONE)
    again.tell(c.Join(room="lobby"))
    assert room_told(again).seen == 7
