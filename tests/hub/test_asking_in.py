"""Who is asked into a room, who may ask them, and what those see of it who are outside."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.commands import SetModes
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def tea() -> Moderated:
    return Moderated()


def join(room: Moderated, peer: Peer) -> str:
    return room.ask(peer, c.Join(room=ROOM)).partition(":")[0]


def test_nobody_who_is_banned_asks_themselves_in(tea: Moderated) -> None:
    tea.ask(tea.ann, c.Ban(room=ROOM, who="eve"))
    tea.ask(tea.eve, c.Add(room=ROOM, name="eve"))
    assert join(tea, tea.eve) == "banned"


def test_only_who_decides_who_enters_asks_people_past_a_ban_and_a_key(tea: Moderated) -> None:
    tea.ask(tea.cleo, SetModes(room=ROOM, key="beer"))
    bob, guest = tea.arrive("bob", room="lobby"), tea.arrive("dan", room="lobby")
    for asks, answer in ((guest, "wrong_key"), (tea.ann, "ok")):
        assert tea.ask(asks, c.Add(room=ROOM, name="bob")) == "ok", "he is told of it"
        assert join(tea, bob) == answer
    tea.ask(tea.ann, c.Ban(room=ROOM, who="eve"))
    tea.ask(tea.ann, c.Add(room=ROOM, name="eve"))
    assert join(tea, tea.eve) == "ok"


def test_a_ban_ends_what_somebody_was_asked_before(tea: Moderated) -> None:
    tea.eve.tell(c.Leave(room=ROOM))
    tea.ask(tea.ann, c.Add(room=ROOM, name="eve"))
    tea.wait(1)
    tea.ask(tea.ben, c.Ban(room=ROOM, who="eve"))
    assert join(tea, tea.eve) == "banned"


def test_the_next_one_of_a_name_was_not_asked_in(tea: Moderated) -> None:
    tea.ask(tea.cleo, SetModes(room=ROOM, invite_only=True))
    tea.pat.tell(c.Leave(room=ROOM))
    tea.ask(tea.ann, c.Add(room=ROOM, name="pat"))
    tea.hub.depart(tea.pat.session)
    assert join(tea, tea.enter("pat", origin="203.0.113.1")) == "invite_only"


@pytest.mark.parametrize("mode", [{"key": "beer"}, {"invite_only": True}, {"unlisted": True}])
def test_what_is_said_where_not_everybody_enters_is_for_those_inside(
    tea: Moderated, mode: dict[str, str]
) -> None:
    tea.ask(tea.cleo, SetModes(room=ROOM, **mode))  # type: ignore[arg-type]
    bob = tea.arrive("bob", room="lobby")
    code = "no_such_room" if "unlisted" in mode else "forbidden"
    for command in (c.History(room=ROOM), c.Search(room=ROOM, query="tea"), c.Members(room=ROOM)):
        assert tea.ask(bob, command).startswith(code)
        assert tea.ask(tea.eve, command) == "ok", "she is in it"
    bob.read()
    bob.tell(c.Search(query="tea"))
    assert [one.messages for one in bob.events() if isinstance(one, e.Page)] == [[]]
    assert tea.hub.files.may_read(bob.session, ROOM, 1), "he was told the address of a file there"
    tea.cleo.tell(c.Leave(room=ROOM))
    assert tea.ask(tea.cleo, c.History(room=ROOM)) == "ok", "she owns it"
