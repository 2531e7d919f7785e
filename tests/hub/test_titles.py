"""A room keeps its name for ever; what people call it is its title."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated, rules
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def renamed(room: Moderated, title: str = "coffee") -> None:
    assert room.ask(room.cleo, c.SetRules(room=ROOM, title=title)) == "ok"


def listed(room: Moderated) -> dict[str, str]:
    return {one.room: one.title for one in room.hub.list_rooms().rooms}


def described(peer: Peer) -> e.Room:
    return [event for event in peer.events() if isinstance(event, e.Room)][-1]


def test_everybody_in_the_room_is_told_its_title_and_so_is_whoever_comes(room: Moderated) -> None:
    room.read_all()
    renamed(room)
    for peer in (room.ann, room.pat):
        assert [one.title for one in rules(peer)] == ["coffee"]
    assert listed(room) == {"lobby": "", ROOM: "coffee"}
    dan = room.arrive("dan")
    told = described(dan)
    assert (told.room, told.title) == (ROOM, "coffee")


def test_a_room_is_found_by_its_name_and_by_its_title(room: Moderated) -> None:
    renamed(room)
    dan = room.arrive("dan", room="lobby")
    for called in ("Coffee", ROOM):
        dan.read()
        dan.tell(c.Join(room=called))
        assert described(dan).room == ROOM
    assert room.ask(dan, c.Say(room="coffee", text="hi")) == "ok"
    assert [event.room for event in room.pat.events() if isinstance(event, e.Message)] == [ROOM]
    for command in (
        c.History(room="coffee"),
        c.Members(room="coffee"),
        c.Search(query="tea", room="coffee"),
        c.Leave(room="coffee"),
    ):
        assert room.ask(dan, command) == "ok"
    assert "coffee" not in room.hub.rooms


def test_a_former_title_leads_to_the_room_no_more(room: Moderated) -> None:
    renamed(room)
    renamed(room, "cocoa")
    assert room.hub.name_of("cocoa") == ROOM
    assert room.hub.name_of("coffee") == "coffee"
    renamed(room, "")
    assert listed(room)[ROOM] == ""
    renamed(room, "cocoa")
    renamed(room, ROOM)
    assert listed(room)[ROOM] == "", "its own name is no title"


@pytest.mark.parametrize("taken", ["lobby", "Lobby", "cocoa"])
def test_no_two_rooms_are_called_alike(room: Moderated, taken: str) -> None:
    renamed(room)
    room.eve.tell(c.Join(room="garden"))
    assert room.ask(room.eve, c.Say(room="garden", text="roses")) == "ok"
    assert room.ask(room.eve, c.SetRules(room="garden", title="cocoa")) == "ok"
    assert room.ask(room.cleo, c.SetRules(room=ROOM, title=taken)) == (
        f"room_taken: Another room is called '{taken.lower()}'. Choose another title for 'coffee'."
    )
    assert room.ask(room.eve, c.SetRules(room="garden", title="coffee")).startswith("room_taken")
    assert listed(room)[ROOM] == "coffee"


def test_of_two_rooms_that_are_given_a_title_at_once_the_first_has_it(room: Moderated) -> None:
    room.eve.tell(c.Join(room="garden"))
    assert room.ask(room.eve, c.Say(room="garden", text="roses")) == "ok"
    first = room.hub.command(room.cleo.session, c.SetRules(room=ROOM, title="x"), room.clock)
    second = room.hub.command(room.eve.session, c.SetRules(room="garden", title="x"), room.clock)
    assert first is not None
    assert second is not None
    next(first)
    next(second)
    room.commit()
    room.decide(first)
    with pytest.raises(Exception, match="at the same moment"):
        next(second)
    assert room.hub.name_of("x") == ROOM
    room.restart()
    assert room.hub.name_of("x") == ROOM


def test_a_title_obeys_the_rules_of_names(room: Moderated) -> None:
    refused = room.ask(room.cleo, c.SetRules(room=ROOM, title="no way"))
    assert refused.startswith("room_not_allowed: A room cannot be called 'no way'")


def test_only_who_owns_the_room_gives_it_a_title(room: Moderated) -> None:
    assert room.ask(room.ann, c.SetRules(room=ROOM, title="coffee")) == (
        "forbidden: Only the owner can rename 'tea'; ask cleo."
    )
    assert room.ask(room.olga, c.SetRules(room="lobby", title="hall")) == "ok"
    assert listed(room)["lobby"] == "hall"


def test_sentences_call_the_room_by_its_title(room: Moderated) -> None:
    renamed(room)
    assert room.ask(room.eve, c.Kick(room=ROOM, name="pat")) == (
        "forbidden: Only moderators can remove people from 'coffee'; ask ann, ben or cleo."
    )


def test_a_title_outlives_the_server(room: Moderated) -> None:
    renamed(room)
    room.restart()
    assert listed(room)[ROOM] == "coffee"
    dan = room.arrive("dan", room="coffee")
    assert described(dan).room == ROOM


def test_a_line_gives_the_room_a_title(room: Moderated) -> None:
    room.cleo.read()
    for line, said in (
        ("/title coffee", "tea is called coffee now, and found by either name."),
        ("/title tea", "tea is called so again."),
        ("/title", "Usage: /title NAME"),
        ("/title lobby", "Another room is called 'lobby'. Choose another title for 'tea'."),
    ):
        room.cleo.type(line)
        room.commit()
        (told,) = [one for one in room.cleo.events() if isinstance(one, e.Notice | e.Error)]
        assert (told.text if isinstance(told, e.Notice) else told.message) == said


def test_a_tutorials_client_goes_to_a_room_by_its_title(room: Moderated) -> None:
    renamed(room)
    sam = room.enter("sam", CLASSIC)
    sam.read()
    sam.type("/join coffee")
    sam.type("/rooms")
    assert [text for _, text in sam.pairs()] == [
        "You are in coffee now, 7 present.",
        "lobby, 1 present\ncoffee, 7 present (you are here)",
    ]
