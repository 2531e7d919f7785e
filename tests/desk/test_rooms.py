"""The order of the rooms, and which one is on the screen."""

from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Order, Rooms


def rooms(*names: str) -> Rooms:
    made = Rooms(RoomState(names[0]))
    for name in names[1:]:
        made.add(RoomState(name))
    return made


def names(some: Rooms) -> list[str]:
    return [room.name for room in some]


def test_private_rooms_come_before_others_and_those_on_top_before_all() -> None:
    some = rooms("lobby", "@1", "kitchen", "attic")
    assert names(some) == ["@1", "lobby", "kitchen", "attic"]
    for name in ("attic", "@1"):
        room = some.get(name)
        assert room is not None
        assert some.keep_on_top(room)
    assert names(some) == ["attic", "@1", "lobby", "kitchen"]
    assert [some.section(room).value for room in some] == ["on top", "on top", "rooms", "rooms"]
    assert not some.keep_on_top(next(iter(some)))
    assert names(some) == ["@1", "lobby", "kitchen", "attic"]


def test_rooms_stand_as_they_were_joined_or_by_name_or_the_latest_first() -> None:
    some = rooms("lobby", "kitchen", "Attic")
    for room, last in zip(some, (5, 9, 7), strict=True):
        room.last = last
    orders: list[Order] = ["joined", "name", "activity"]
    found = []
    for some.order in orders:
        found.append(names(some))
    assert found == [
        ["lobby", "kitchen", "Attic"],
        ["Attic", "kitchen", "lobby"],
        ["kitchen", "Attic", "lobby"],
    ]


def test_the_rooms_beside_go_around_the_ends() -> None:
    some = rooms("a", "b", "c")
    assert [some.beside(steps).name for steps in (-1, 1, 3)] == ["c", "b", "a"]


def test_a_mention_is_read_before_other_messages() -> None:
    some = rooms("a", "b", "c")
    for name, mentions in (("b", 0), ("c", 1)):
        room = some.get(name)
        assert room is not None
        room.bookmark.fresh = [1]
        room.bookmark.calls = [1] * mentions
    found = some.next_unread()
    assert found is not None
    assert found.name == "c"
    assert rooms("a", "b").next_unread() is None


def test_leaving_the_current_room_shows_its_neighbour() -> None:
    some = rooms("a", "b", "c")
    some.remove("a")
    assert (some.current.name, names(some)) == ("b", ["b", "c"])
    some.current = list(some)[1]
    some.remove("c")
    assert some.current.name == "b"


def test_the_only_room_stays() -> None:
    some = rooms("a")
    some.remove("a")
    assert names(some) == ["a"]


def test_a_room_bears_the_name_that_the_server_gives_it() -> None:
    some = rooms("Kitchen")
    some.rename("Kitchen", "kitchen")
    assert (names(some), some.current.title) == (["kitchen"], "#kitchen")
