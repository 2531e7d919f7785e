"""The list of rooms is kept in order, and is what sorting all rooms would give."""

from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.hub.present.directory import Directory
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room, Session
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom
from tests.hub.test_drafts import Deaf

LISTED_MAX = 3
NAMES = [DEFAULT_ROOM, "a", "b", "c", "d"]


def sorted_anew(rooms: dict[str, Room]) -> list[tuple[str, int, int, str]]:
    places = sorted(
        ((room.name == DEFAULT_ROOM, len(room.people), room.last, room.name), room)
        for room in rooms.values()
    )
    shown = sorted((room for _, room in places[-LISTED_MAX:]), key=lambda room: room.name)
    return [(room.name, len(room.people), room.last, room.topic) for room in shown]


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["enter", "say", "topic", "close"])))
)
def test_it_lists_what_sorting_would(steps: list[tuple[str, str]]) -> None:
    directory = Directory(LISTED_MAX)
    rooms: dict[str, Room] = {}
    for number, (name, what) in enumerate(steps, 1):
        if what == "close":
            if (closed := rooms.pop(name, None)) is not None:
                directory.remove(closed)
        else:
            room = rooms.setdefault(name, Room(name))
            match what:
                case "enter":
                    room.enter(Session(Person(f"m{number}"), CLASSIC, Deaf(), "secret"))
                case "say":
                    room.last = number
                case _:
                    room.topic = f"topic {number}"
            directory.put(room)
        listed = [(one.room, one.members, one.last, one.topic) for one in directory.listed()]
        assert listed == sorted_anew(rooms)


def test_all_rooms_are_listed_by_name_part_by_part() -> None:
    chatroom = Chatroom(Limits(listed_max=2))
    ann = chatroom.enter("ann")
    names = ["attic", "den", "kitchen", "lobby", "yard"]
    for name in names:
        ann.tell(c.Join(room=name))
    found: list[str] = []
    after, more = "", True
    while more:
        ann.events()
        ann.tell(c.Rooms(after=after, ref="r"))
        answer = ann.events()[-1]
        assert isinstance(answer, e.Rooms)
        assert len(answer.rooms) <= 2
        found += [one.room for one in answer.rooms]
        after, more = found[-1], answer.more
    assert found == names
