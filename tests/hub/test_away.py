"""`away` and `back`: people who are here, and not at their keyboard."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    room = Moderated()
    room.read_all()
    return room


def told(peer: Peer) -> list[tuple[str, str, bool, str]]:
    """Read, and return what the peer was told of who is away, in which room."""
    return [
        (one.room, one.name, one.on, one.text) for one in peer.events() if isinstance(one, e.Away)
    ]


def are_away(peer: Peer, room: str = ROOM) -> set[str]:
    """Return who is away by the list of a room's members."""
    peer.tell(c.Members(room=room))
    [listed] = [one for one in peer.events() if isinstance(one, e.Members)]
    return {one.name for one in listed.members if one.away}


def test_everybody_in_the_persons_rooms_is_told(room: Moderated) -> None:
    room.eve.tell(c.Join(room="dev"))
    room.read_all()
    assert room.ask(room.eve, c.Away(text=" lunch ")) == "ok"
    for peer in (room.ann, room.pat):
        assert told(peer) == [(ROOM, "eve", True, "lunch")]
    assert are_away(room.ann) == {"eve"}
    assert room.ask(room.eve, c.Back()) == "ok"
    assert told(room.ann) == [(ROOM, "eve", False, "")]
    assert are_away(room.ann) == set()


def test_the_event_names_the_person(room: Moderated) -> None:
    room.eve.tell(c.Away())
    [away] = [one for one in room.ann.events() if isinstance(one, e.Away)]
    assert (away.person, away.text) == (room.eve.session.person.id, "")


def test_it_is_of_the_person_whichever_session_says_so(room: Moderated) -> None:
    phone = room.arrive("eve", room="dev")
    room.read_all()
    phone.read()
    room.eve.tell(c.Away(text="lunch"))
    assert told(room.eve) == [(ROOM, "eve", True, "lunch")]
    assert told(phone) == [("dev", "eve", True, "lunch")]
    room.hub.depart(room.eve.session)
    assert are_away(phone, "dev") == {"eve"}, "one session is enough to stay away"
    phone.tell(c.Back())
    assert are_away(phone, "dev") == set()


def test_leaving_with_the_last_session_ends_it(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    room.hub.depart(room.eve.session)
    room.eve = room.arrive("eve")
    room.ann.read()
    assert are_away(room.ann) == set()
    room.pat.tell(c.Away())
    room.hub.depart(room.pat.session)
    room.pat = room.enter("pat")
    room.pat.tell(c.Join(room=ROOM))
    assert are_away(room.ann) == set(), "nor is the next one of that name"


def test_leaving_ends_it_for_those_too_who_hear_of_no_leaving(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    room.read_all()
    room.hub.depart(room.eve.session)
    room.eve = room.arrive("eve")
    assert told(room.ann)[-1:] == [(ROOM, "eve", False, "")]


def test_saying_something_does_not_end_it(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    room.eve.tell(c.Say(room=ROOM, text="still eating"))
    room.read_all()
    assert are_away(room.ann) == {"eve"}


def test_a_change_that_is_undone_before_it_is_told_is_told_as_it_stands(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    room.eve.tell(c.Back())
    room.eve.tell(c.Away(text="dinner"))
    assert told(room.ann) == [(ROOM, "eve", True, "dinner")]


def test_whoever_enters_while_away_is_said_to_be_away_after_they_joined(room: Moderated) -> None:
    room.eve.tell(c.Leave(room=ROOM))
    room.eve.tell(c.Away(text="lunch"))
    room.read_all()
    room.eve.tell(c.Join(room=ROOM))
    events = [one for one in room.ann.events() if isinstance(one, e.Presence | e.Away)]
    assert [type(one) for one in events] == [
        e.Presence,
        e.Away,
    ]


def test_somebody_who_is_away_is_so_under_another_name_too(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    room.read_all()
    room.ask(room.eve, c.Rename(name="yves"))
    assert told(room.ann) == [(ROOM, "yves", True, "lunch")]
    assert are_away(room.ann) == {"yves"}


def test_opening_a_private_room_tells_why_the_other_one_is_away(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    room.read_all()
    room.pat.tell(c.Direct(name="eve"))
    events = room.pat.events()
    [opened] = [one for one in events if isinstance(one, e.Room)]
    assert [(one.name, one.away) for one in opened.members] == [("pat", False), ("eve", True)]
    said = [(one.room, one.text) for one in events if isinstance(one, e.Away)]
    assert (opened.room, "lunch") in said


def test_a_crowd_whose_presence_is_not_told_is_told_of_nobody_away() -> None:
    room = Moderated(Limits(listed_max=3))
    room.read_all()
    room.eve.tell(c.Away(text="lunch"))
    assert told(room.ann) == []


def test_whoever_lagged_gets_a_list_that_says_it(room: Moderated) -> None:
    room.ann.room_bytes = 10
    room.eve.tell(c.Say(room=ROOM, text="a text that fills the connection"))
    room.commit()
    assert room.ann.session.congested
    room.eve.tell(c.Away(text="lunch"))
    room.announce()
    room.ann.room_bytes = None
    [listed] = [one for one in room.ann.events() if isinstance(one, e.Members)]
    assert {one.name for one in listed.members if one.away} == {"eve"}


def test_where_somebody_may_not_write_they_are_away_without_a_word(room: Moderated) -> None:
    room.eve.tell(c.Join(room="dev"))
    room.ask(room.ann, c.Mute(room=ROOM, who="eve"))
    room.read_all()
    room.eve.tell(c.Away(text="buy my coins"))
    said = [(one.room, one.text) for one in room.eve.events() if isinstance(one, e.Away)]
    assert sorted(said) == [("dev", "buy my coins"), (ROOM, "")]
    room.ask(room.olga, c.Mute(who="eve"))
    room.olga.tell(c.Profile(name="eve"))
    [profile] = [one for one in room.olga.events() if isinstance(one, e.Profile)]
    assert (profile.away, profile.text) == (True, "")


def test_a_text_that_is_too_long_is_refused_and_changes_nothing(room: Moderated) -> None:
    answer = room.ask(room.eve, c.Away(text="x" * 301))
    assert answer == "too_long: The text has 301 characters; the limit is 300. Say less."
    assert are_away(room.ann) == set()
    assert room.ask(room.eve, c.Away(text="x" * 300)) == "ok"


def test_it_holds_no_control_characters(room: Moderated) -> None:
    room.eve.tell(c.Away(text="\x1b[31mlunch\n"))
    assert told(room.ann) == [(ROOM, "eve", True, "[31mlunch")]


def test_classic_sessions_say_so_with_lines(room: Moderated) -> None:
    dan = room.enter("dan", CLASSIC)
    dan.type("/join " + ROOM)
    room.read_all()
    dan.read()
    dan.type("/away lunch")
    assert dan.pairs() == [("hubbub", "You are away now. /back says that you are back.")]
    assert told(room.ann) == [(ROOM, "dan", True, "lunch")]
    dan.type("/back")
    assert dan.pairs() == [("hubbub", "You are back.")]
    assert told(room.ann) == [(ROOM, "dan", False, "")]


@pytest.mark.parametrize(("text", "said"), [("lunch", "eve is away: lunch"), ("", "eve is away.")])
def test_a_private_line_to_somebody_away_is_answered_with_why(
    room: Moderated, text: str, said: str
) -> None:
    dan = room.enter("dan", CLASSIC)
    room.eve.tell(c.Away(text=text))
    dan.type("/msg eve are you there?")
    room.commit()
    assert dan.pairs() == [("hubbub", said)]
    assert [one.text for one in room.eve.events() if isinstance(one, e.Message)] == [
        "are you there?"
    ]
