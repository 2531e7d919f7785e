"""`ignore`: whom people do not want to hear; a setting of those who are known."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub.people import ignoring
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, SECRET, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    room = Moderated()
    room.read_all()
    return room


def ignored(peer: Peer) -> list[str] | None:
    """Read, and return whom the peer was told last that it ignores; None if it was not told."""
    told = [one for one in peer.events() if isinstance(one, e.Ignoring)]
    return [one.name for one in told[-1].people] if told else None


def texts(peer: Peer) -> list[str]:
    return [one.text for one in peer.events() if isinstance(one, e.Message)]


def private_room(peer: Peer) -> str:
    return next(name for name in peer.session.members if name.startswith("@"))


def test_all_sessions_of_the_person_are_told_and_nobody_else(room: Moderated) -> None:
    phone = room.arrive("ann")
    room.read_all()
    phone.read()
    room.ann.tell(c.Ignore(name="EVE", ref="1"))
    room.commit()
    for peer in (room.ann, phone):
        [told] = [one for one in peer.events() if isinstance(one, e.Ignoring)]
        assert told.people == [e.IgnoredSummary("eve", room.eve.session.person.id)]
    for peer in (room.eve, room.ben, room.olga, room.pat):
        assert peer.events() == []


def test_it_is_told_after_each_welcome_if_there_is_anybody(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    phone = room.enter("phone", origin="192.0.2.1")
    phone.tell(c.Identify(device=SECRET + "ann"))
    events = [type(one) for one in phone.events()]
    assert events[-2:] == [e.Welcome, e.Ignoring]
    room.ask(room.ann, c.Ignore(name="eve", on=False))
    assert ignored(phone) == []
    tablet = room.enter("tablet", origin="192.0.2.1")
    tablet.tell(c.Identify(device=SECRET + "ann"))
    assert ignored(tablet) is None


def test_it_holds_after_a_restart(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    room.ask(room.ann, c.Ignore(name="pat"))
    room.restart()
    assert ignored(room.arrive("ann")) == ["eve", "pat"]


def test_people_who_are_known_are_ignored_by_whatever_name(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    room.ask(room.eve, c.Rename(name="yves"))
    assert ignored(room.arrive("ann")) == ["yves"]
    assert room.ask(room.ann, c.Ignore(name="yves", on=False)) == "ok"
    assert ignored(room.arrive("ann")) is None


def test_somebody_in_passing_is_ignored_by_name_and_so_is_the_next_one(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="Pat"))
    room.hub.depart(room.pat.session)
    room.pat = room.enter("PAT")
    room.pat.tell(c.Direct(name="ann"))
    room.commit()
    assert not [one for one in room.ann.session.members if one.startswith("@")]


def test_a_known_person_is_not_ignored_for_a_name_that_was_ignored_in_passing(
    room: Moderated,
) -> None:
    room.ask(room.ann, c.Ignore(name="pat"))
    room.hub.depart(room.pat.session)
    known = room.arrive("pat")
    known.tell(c.Direct(name="ann"))
    assert private_room(room.ann) == private_room(known)
    assert room.ask(room.ann, c.Ignore(name="pat", on=False)) == "ok", "the name in passing"
    assert ignored(room.ann) is None
    assert not room.ann.session.person.ignores


def test_names_that_nobody_has_can_be_ignored_as_those_of_webhooks_are(room: Moderated) -> None:
    assert room.ask(room.ann, c.Ignore(name="ci")) == "ok"
    assert ignored(room.arrive("ann")) == ["ci"]


def test_the_ignored_bring_nobody_into_a_private_room(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    room.read_all()
    assert room.ask(room.eve, c.Direct(name="ann")) == "ok"
    name = private_room(room.eve)
    assert room.ask(room.eve, c.Say(room=name, text="hear me")) == "ok", "they are not told"
    assert room.ann.events() == []
    phone = room.arrive("ann")
    assert name not in phone.session.members


def test_what_they_said_in_private_comes_when_they_are_ignored_no_longer(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    room.ask(room.eve, c.Direct(name="ann"))
    name = private_room(room.eve)
    room.ask(room.eve, c.Say(room=name, text="hear me"))
    room.read_all()
    room.ann.tell(c.Ignore(name="eve", on=False))
    assert [one.room for one in room.ann.events() if isinstance(one, e.Room)] == [name]
    room.ann.tell(c.Join(room=name, after=0))
    assert texts(room.ann) == ["hear me"]


def test_the_ignored_cannot_call_anybody_into_a_room(room: Moderated) -> None:
    room.eve.tell(c.Join(room="dev"))
    room.ask(room.eve, c.Say(room="dev", text="mine"))
    room.ask(room.ann, c.Ignore(name="eve"))
    room.read_all()
    assert room.ask(room.eve, c.Add(room="dev", name="ann")) == "ok"
    room.ask(room.eve, c.SetRules(room="dev", private=True))
    assert room.ask(room.eve, c.Add(room="dev", name="ann")) == "ok"
    assert room.ann.events() == []
    room.ask(room.eve, c.Say(room="dev", text="come"))
    room.read_all()
    room.ann.tell(c.Ignore(name="eve", on=False))
    assert [one.room for one in room.ann.events() if isinstance(one, e.Room)] == ["dev"]


def test_one_can_talk_to_somebody_whom_one_ignores(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    room.ask(room.ann, c.Direct(name="eve"))
    room.ask(room.ann, c.Say(room=private_room(room.ann), text="stop it"))
    assert texts(room.eve) == ["stop it"]


def test_moderators_can_be_ignored_but_their_acts_hold(room: Moderated) -> None:
    assert room.ask(room.eve, c.Ignore(name="ann")) == "ok"
    assert room.ask(room.ann, c.Mute(room=ROOM, who="eve")) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")).startswith("muted")
    assert room.ask(room.ann, c.Kick(room=ROOM, name="eve")) == "ok"
    assert ROOM not in room.eve.session.members


def test_nobody_ignores_themselves(room: Moderated) -> None:
    assert room.ask(room.ann, c.Ignore(name="ANN")) == "forbidden: You cannot ignore yourself."


def test_people_in_passing_keep_no_settings(room: Moderated) -> None:
    assert room.ask(room.pat, c.Ignore(name="eve")) == (
        "forbidden: People in passing cannot keep settings, such as whom they ignore, in the "
        "chatroom; join with hubbub or in a browser, and you can."
    )


def test_whoever_is_not_ignored_cannot_be_so_no_longer(room: Moderated) -> None:
    assert room.ask(room.ann, c.Ignore(name="eve", on=False)) == (
        "not_here: You do not ignore anybody called 'eve'."
    )


def test_to_ignore_somebody_twice_changes_nothing(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    last = room.hub.last
    assert room.ask(room.ann, c.Ignore(name="eve")) == "ok"
    assert room.hub.last == last


def test_there_is_a_limit(room: Moderated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ignoring, "IGNORED_MAX", 2)
    room.ask(room.ann, c.Ignore(name="eve"))
    room.ask(room.ann, c.Ignore(name="pat"))
    assert room.ask(room.ann, c.Ignore(name="ben")) == (
        "too_long: You ignore 2 people; the limit is 2. Stop ignoring one of them first."
    )
    assert room.ask(room.ann, c.Ignore(name="eve", on=False)) == "ok"
    assert room.ask(room.ann, c.Ignore(name="ben")) == "ok"


def test_if_the_log_cannot_take_it_the_refusal_says_so(room: Moderated) -> None:
    room.failing = True
    assert room.ask(room.ann, c.Ignore(name="eve")).startswith("log_unavailable")
    assert not room.ann.session.person.ignores


def test_a_session_that_does_not_read_is_told_when_it_does(room: Moderated) -> None:
    phone = room.arrive("ann")
    phone.room_bytes = 10
    room.eve.tell(c.Say(room=ROOM, text="a text that fills the connection"))
    room.commit()
    assert phone.session.congested
    before = len(phone.writes)
    room.ask(room.ann, c.Ignore(name="eve"))
    assert len(phone.writes) == before
    phone.room_bytes = None
    assert ignored(phone) == ["eve"]


def test_somebody_who_is_forgotten_is_on_nobodys_list_any_more(room: Moderated) -> None:
    room.ask(room.ann, c.Ignore(name="eve"))
    room.eve.tell(c.ForgetMe(messages="keep"))
    room.commit()
    assert ignored(room.arrive("ann")) == []
    room.restart()
    assert ignored(room.arrive("ann")) is None
    room.commit()
    assert [key for key in room.log._standing.seqs if key.startswith("ignore/")] == []


def test_forgetting_somebody_forgets_whom_they_ignored(room: Moderated) -> None:
    room.ask(room.eve, c.Ignore(name="ann"))
    room.eve.tell(c.ForgetMe(messages="keep"))
    room.commit()
    assert [key for key in room.log._standing.seqs if key.startswith("ignore/")] == []


def test_somebody_who_logs_in_as_somebody_else_ignores_whom_that_one_does(room: Moderated) -> None:
    room.ben.tell(c.Register(password="four words of mine"))
    room.ask(room.ann, c.Ignore(name="eve"))
    room.ann.read()
    room.ann.tell(c.Login(name="ben", password="four words of mine"))
    assert ignored(room.ann) == []


# Sessions that know neither rooms nor the list.


def member_in_lines(room: Moderated) -> Peer:
    """Return a tutorial's client that is a member's, who ignores eve and pat, in the room."""
    dan = room.enter("dan", CLASSIC)
    dan.type("/register four words of mine")
    dan.type(f"/join {ROOM}")
    dan.type("/ignore eve")
    dan.type("/ignore pat")
    room.read_all()
    said = [text for _, text in dan.pairs()]
    assert said[-2:] == [
        "You ignore eve now. /unignore eve ends that.",
        "You ignore pat now. /unignore pat ends that.",
    ]
    return dan


def test_in_a_classic_session_the_ignored_are_left_out(room: Moderated) -> None:
    dan = member_in_lines(room)
    for peer, text in ((room.eve, "one"), (room.pat, "two"), (room.ann, "three")):
        peer.tell(c.Say(room=ROOM, text=text))
    dan.type("four")
    room.commit()
    assert dan.pairs() == [("ann", "three")]
    assert texts(room.ann) == ["one", "two", "three", "four"]
    dan.type("/unignore eve")
    room.eve.tell(c.Say(room=ROOM, text="five"))
    room.commit()
    assert dan.pairs() == [("hubbub", "You ignore eve no longer."), ("eve", "five")]


def test_so_they_are_where_it_does_not_keep_up(room: Moderated) -> None:
    dan = member_in_lines(room)
    dan.room_bytes = 10
    for peer, text in ((room.ann, "one"), (room.eve, "two"), (room.ann, "three")):
        peer.tell(c.Say(room=ROOM, text=text))
        room.commit()
    assert dan.session.congested
    dan.room_bytes = None
    assert dan.pairs() == [("ann", "one"), ("ann", "three")]


def test_so_they_are_in_the_history_and_what_is_found(room: Moderated) -> None:
    dan = member_in_lines(room)
    room.eve.tell(c.Say(room=ROOM, text="coins"))
    room.ann.tell(c.Say(room=ROOM, text="no coins"))
    room.commit()
    dan.pairs()
    for line in ("/history 2", "/search coins"):
        dan.type(line)
        assert [text.partition("] ")[2] for _, text in dan.pairs()] == ["ann > no coins"]


def test_so_they_are_in_private(room: Moderated) -> None:
    dan = member_in_lines(room)
    room.eve.tell(c.Direct(name="dan"))
    room.eve.tell(c.Say(room=private_room(room.eve), text="psst"))
    room.commit()
    assert dan.pairs() == []


def test_a_line_for_nobody_says_how_to_use_it(room: Moderated) -> None:
    dan = room.enter("dan", CLASSIC)
    dan.read()
    dan.type("/ignore")
    assert dan.pairs() == [("hubbub", "Usage: /ignore NAME")]
