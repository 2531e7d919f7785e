"""The members of a session: most have one, and it is kept without a dictionary."""

from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room, Session
from hubbub.wire.framed import EVENTS
from tests.hub.test_drafts import Deaf


def test_a_session_knows_its_members_in_the_order_in_which_it_entered() -> None:
    session = Session(Person("ann"), EVENTS, Deaf(), "secret")
    rooms = [Room(name) for name in ("tea", "lobby", "cats")]
    assert session.members == {}
    assert session.member_in("tea") is None
    for _ in range(2):
        for count, room in enumerate(rooms):
            member = room.enter(session)
            assert session.member_in(room.name) is member
            assert list(session.members) == [one.name for one in rooms[: count + 1]]
        assert session.member_in("dogs") is None
        for count, room in enumerate(rooms):
            room.leave(session.members[room.name], stays=False)
            assert session.member_in(room.name) is None
            assert list(session.members) == [one.name for one in rooms[count + 1 :]]
    rooms[0].enter(session)
    assert [one.room for one in session.members.values()] == rooms[:1]
    rooms[0].leave(session.members["tea"], stays=False)
    assert session.members == {}
