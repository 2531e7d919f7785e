"""What one is told of one's own role, and of those of others."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def told(peer: Peer) -> list[tuple[str | None, str]]:
    """Read, and return what the peer was told to be from now on, and where."""
    events = peer.events()
    return [(one.room, one.role) for one in events if isinstance(one, e.RoleChanged)]


def entered(room: Moderated, peer: Peer, name: str = ROOM) -> e.Room:
    peer.read()
    peer.tell(c.Join(room=name))
    room.commit()
    [found] = [one for one in peer.events() if isinstance(one, e.Room)]
    return found


def test_who_enters_a_room_is_told_their_power_there(room: Moderated) -> None:
    powers = {"olga": "operator", "cleo": "owner", "ann": "moderator", "eve": "", "pat": ""}
    assert {name: entered(room, getattr(room, name)).role for name in powers} == powers


def test_the_list_of_members_says_who_has_power(room: Moderated) -> None:
    expected = {"cleo": "owner", "ann": "moderator", "ben": "moderator", "olga": "operator"}
    expected |= {"eve": "", "pat": ""}
    assert {one.name: one.role for one in entered(room, room.pat).members} == expected
    room.eve.tell(c.Members(room=ROOM))
    [members] = [one for one in room.eve.events() if isinstance(one, e.Members)]
    assert {one.name: one.role for one in members.members} == expected
    room.ask(room.cleo, c.Appoint(room=ROOM, name="eve", role="moderator"))
    again = {one.name: one.role for one in entered(room, room.pat).members}
    assert again == expected | {"eve": "moderator"}


def test_who_comes_is_told_of_with_their_power(room: Moderated) -> None:
    for name, role in (("ann", "moderator"), ("eve", "")):
        peer = getattr(room, name)
        peer.tell(c.Leave(room=ROOM))
        room.cleo.read()
        peer.tell(c.Join(room=ROOM))
        [presence] = [one for one in room.cleo.events() if isinstance(one, e.Presence)]
        assert (presence.name, presence.state, presence.role) == (name, "joined", role)


def test_an_operator_is_told_so_in_the_welcome(room: Moderated) -> None:
    for name, role in (("olga", "operator"), ("eve", "")):
        peer = room.enter(f"{name} again", origin="192.0.2.9")
        peer.tell(c.Identify(device=f"secret of the device of {name}"))
        person = [one for one in peer.events() if isinstance(one, e.Welcome)][-1].person
        assert person is not None
        assert (person.kind, person.role) == ("guest", role)


def test_every_session_is_told_when_its_role_in_a_room_changes(room: Moderated) -> None:
    elsewhere = room.arrive("eve")
    appointed = [
        (c.Appoint(room=ROOM, name="eve", role="moderator"), "moderator"),
        (c.Appoint(room=ROOM, name="eve", role="none"), "guest"),
        (c.Appoint(room=ROOM, name="eve", role="owner"), "owner"),
    ]
    for command, word in appointed:
        room.read_all()
        elsewhere.read()
        room.ask(room.cleo, command)
        assert told(room.eve) == told(elsewhere) == [(ROOM, word)]
        assert told(room.ann) == told(room.pat) == [], "nobody else"


def test_operators_are_told_that_they_are_everywhere(room: Moderated) -> None:
    room.ask(room.olga, c.Appoint(name="ann", role="operator"))
    assert told(room.ann) == [(None, "operator"), (ROOM, "operator")]
    room.ann.tell(c.Appoint(name="ann", role="none"))
    room.commit()
    assert told(room.ann) == [(None, "guest"), (ROOM, "moderator")]
    assert told(room.eve) == []
    assert entered(room, room.ann).role == "moderator"


def test_a_role_does_not_come_twice(room: Moderated) -> None:
    for locked in (True, False):
        room.ask(room.ben, c.SetRules(room=ROOM, locked=locked))
    assert told(room.eve) == told(room.ann) == []


def test_who_does_not_read_is_told_once_they_do(room: Moderated) -> None:
    room.hub.lag(room.eve.session)
    room.ask(room.cleo, c.Appoint(room=ROOM, name="eve", role="moderator"))
    assert not room.eve.writes
    roles = [one.role for one in room.eve.events() if isinstance(one, e.Room)]
    assert roles == ["moderator"]
