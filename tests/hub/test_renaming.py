"""Another name for somebody who is known: `rename`, and `/nick`."""

from collections.abc import Mapping, Sequence

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from tests.hub.moderated import ROOM, SECRET, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    room = Moderated()
    room.read_all()
    return room


def presences(peer: Peer) -> list[tuple[str, str, str]]:
    return [
        (one.name, one.state, one.formerly) for one in peer.events() if isinstance(one, e.Presence)
    ]


def test_a_person_has_another_name_and_stays_who_and_where_they_are(room: Moderated) -> None:
    id_ = room.eve.session.person.id
    room.eve.tell(c.Say(room=ROOM, text="as eve"))
    assert room.ask(room.eve, c.Rename(name="Yves")) == "ok"
    assert (room.eve.session.name, room.eve.session.person.id) == ("Yves", id_)
    room.read_all()
    assert room.ask(room.eve, c.Say(room=ROOM, text="as yves")) == "ok"
    [message] = [one for one in room.ann.events() if isinstance(one, e.Message)]
    assert (message.sender, message.person) == ("Yves", id_)
    first = room.hub.rooms[ROOM].last
    assert room.ask(room.eve, c.Edit(room=ROOM, seq=first, text="mine")) == "ok"


def reactions(room: Moderated, peer: Peer) -> Mapping[str, Sequence[str]]:
    room.commit()
    peer.read()
    peer.tell(c.History(room=ROOM))
    (page,) = [one for one in peer.events() if isinstance(one, e.Page)]
    return page.messages[-1].reactions


def test_a_reaction_that_was_given_under_another_name_is_theirs_as_well(room: Moderated) -> None:
    assert room.ask(room.ann, c.Say(room=ROOM, text="tea?")) == "ok"
    seq = room.hub.rooms[ROOM].last
    room.ask(room.eve, c.React(room=ROOM, seq=seq, emoji="+1"))
    room.ask(room.eve, c.Rename(name="Yves"))
    room.ask(room.eve, c.React(room=ROOM, seq=seq, emoji="+1"))
    assert reactions(room, room.ann) == {"+1": ["Yves"]}, "they gave it once"
    room.ask(room.eve, c.Rename(name="eve"))
    room.ask(room.eve, c.React(room=ROOM, seq=seq, emoji="+1", on=False))
    assert reactions(room, room.ann) == {}


def test_the_next_holder_of_a_name_takes_back_no_reaction_of_the_former_one(
    room: Moderated,
) -> None:
    room.ask(room.ann, c.Say(room=ROOM, text="tea?"))
    seq = room.hub.rooms[ROOM].last
    room.ask(room.eve, c.React(room=ROOM, seq=seq, emoji="+1"))
    room.ask(room.eve, c.Rename(name="Yves"))
    other = room.enter("eve")
    other.tell(c.Join(room=ROOM))
    assert room.ask(other, c.React(room=ROOM, seq=seq, emoji="+1", on=False)) == "ok"
    assert reactions(room, room.ann) == {"+1": ["eve"]}


def test_everybody_in_the_rooms_is_told_of_the_new_name(room: Moderated) -> None:
    room.ask(room.eve, c.Rename(name="yves"))
    for peer in (room.ann, room.pat):
        assert sorted(presences(peer)) == [("eve", "left", ""), ("yves", "joined", "eve")]
    room.pat.tell(c.Members(room=ROOM))
    [members] = [one for one in room.pat.events() if isinstance(one, e.Members)]
    assert {"yves"} == {one.name for one in members.members} - {
        "ann", "ben", "cleo", "olga", "pat"
    }  # fmt: skip


def test_all_sessions_of_the_person_are_told_and_none_as_of_somebody_else(room: Moderated) -> None:
    elsewhere = room.arrive("eve")
    room.read_all()
    elsewhere.read()
    room.eve.tell(c.Rename(name="yves"))
    room.commit()
    for peer in (room.eve, elsewhere):
        events = peer.events()
        [welcome] = [one for one in events if isinstance(one, e.Welcome)]
        assert (welcome.name, welcome.person) == (
            "yves",
            e.PersonSummary(peer.session.person.id, "guest"),
        )
        assert ROOM in peer.session.members
        assert not [one for one in events if isinstance(one, e.Presence)]


def test_a_guests_former_name_is_free_at_once_and_a_restart_keeps_the_new_one(
    room: Moderated,
) -> None:
    id_ = room.eve.session.person.id
    room.ask(room.eve, c.Rename(name="yves"))
    other = room.enter("eve", origin="192.0.2.7")
    assert not other.session.held
    room.restart()
    again = room.enter("somebody", origin="192.0.2.1")
    again.tell(c.Identify(device=SECRET + "eve"))
    assert (again.session.name, again.session.person.id) == ("yves", id_)


def test_a_member_keeps_the_claim_under_the_new_name(room: Moderated) -> None:
    room.eve.tell(c.Register(password="four words of mine"))
    assert room.ask(room.eve, c.Rename(name="yves")) == "ok"
    other = room.enter("eve", origin="192.0.2.7")
    assert not other.session.held
    room.hub.depart(room.eve.session)
    phone = room.enter("phone", origin="192.0.2.8")
    phone.tell(c.Login(name="yves", password="four words of mine"))
    assert phone.session.name == "yves"


@pytest.mark.parametrize("name", ["ann", "Ann", "аnn", "hubbub", "a<b", ""])
def test_names_that_others_have_or_nobody_may_have_are_refused(room: Moderated, name: str) -> None:
    answer = room.ask(room.eve, c.Rename(name=name))
    assert answer.split(":")[0] in ("name_taken", "name_not_allowed"), answer
    assert room.eve.session.name == "eve"
    assert room.ask(room.eve, c.Say(room=ROOM, text="still here")) == "ok"


def test_a_name_that_looks_like_ones_own_former_one_is_no_look_alike(room: Moderated) -> None:
    for name in ("EVE", "еve", "eve"):
        assert room.ask(room.eve, c.Rename(name=name)) == "ok"
        assert room.eve.session.name == name


def test_banned_names_cannot_be_taken_by_renaming(room: Moderated) -> None:
    room.ask(room.ann, c.Ban(room=ROOM, who="spam*"))
    assert room.ask(room.eve, c.Rename(name="spammer")).startswith("banned")
    assert room.eve.session.name == "eve"


def test_private_rooms_stay(room: Moderated) -> None:
    room.eve.tell(c.Direct(name="ann"))
    [name] = [one for one in room.eve.session.members if one.startswith("@")]
    room.ask(room.eve, c.Rename(name="yves"))
    assert room.ask(room.ann, c.Say(room=name, text="psst")) == "ok"
    texts = [one.text for one in room.eve.events() if isinstance(one, e.Message)]
    assert texts[-1] == "psst"
    room.ann.tell(c.Direct(name="yves"))
    opened = [one for one in room.ann.events() if isinstance(one, e.Room)][-1]
    assert opened.room == name


def test_people_in_passing_are_told_to_connect_again(room: Moderated) -> None:
    assert room.ask(room.pat, c.Rename(name="pete")).startswith("forbidden: People in passing")


def test_nick_does_the_same_in_plain_lines(room: Moderated) -> None:
    room.eve.type("/nick yves")
    room.commit()
    notices = [one.text for one in room.eve.events() if isinstance(one, e.Notice)]
    assert notices == ["You are yves now."]


def test_a_name_that_is_muted_or_banned_is_kept(room: Moderated) -> None:
    assert room.ask(room.ann, c.Mute(room=ROOM, who="pat")) == "ok"
    refusal = room.ask(room.pat, c.BeCalled(name="tap"))
    assert refusal.startswith("muted: Keep your name: the name 'pat' is muted in 'tea'")
    assert room.ask(room.ann, c.Unmute(room=ROOM, who="pat")) == "ok"
    assert room.ask(room.pat, c.BeCalled(name="tap")) == "ok"


def test_a_mute_goes_with_somebody_who_is_known_whatever_they_are_called(room: Moderated) -> None:
    assert room.ask(room.ann, c.Mute(room=ROOM, who="eve")) == "ok"
    assert room.ask(room.eve, c.Rename(name="yves")) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="x")).startswith("muted")
    assert room.ask(room.ann, c.Mute(room=ROOM, who="ev*")) == "ok"
    assert room.ask(room.ann, c.Unmute(room=ROOM, who="yves")) == "ok"
    assert room.ask(room.eve, c.Rename(name="eva")) == "ok"
    assert room.ask(room.eve, c.Rename(name="zoe")).startswith("muted: Keep your name")
