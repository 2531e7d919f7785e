"""What is unread in a room, where the unread line stands, and who is typing."""

from msgspec.structs import replace

from hubbub.client import Replica
from hubbub.desk.room import TYPING_SECONDS, RoomState

from .rooms import is_anns, message, page, replica


def follow(room: RoomState, known: Replica, *, attentive: bool) -> list[int]:
    fresh = room.follow(known, is_anns, lambda text: "ann" in text, attentive=attentive)
    return [one.seq for one in fresh]


def entered(last: int = 3, seen: int | None = None) -> tuple[RoomState, Replica]:
    room, known = RoomState("lobby", seen), replica(last, held=last)
    room.enter(last)
    follow(room, known, attentive=True)
    return room, known


def test_at_the_first_visit_nothing_of_the_past_is_unread() -> None:
    room, _ = entered()
    assert (room.unread, room.unread_after, room.seen) == (0, None, 3)


def test_what_comes_between_entering_a_room_and_the_first_look_at_it_is_new() -> None:
    room, known = RoomState("lobby"), replica(3, held=3)
    room.enter(3)
    known.apply(message(4))
    assert follow(room, known, attentive=False) == [4]
    assert (room.unread, room.unread_after, room.seen) == (1, 3, 3)


def test_the_unread_line_stands_where_the_user_stopped_last_time() -> None:
    room, _ = entered(5, seen=2)
    assert (room.unread_after, room.unread, room.seen) == (2, 0, 5)


def test_messages_of_others_count_as_unread_while_the_user_looks_elsewhere() -> None:
    room, known = entered()
    known.apply(message(4))
    known.apply(message(5, "hello ann"))
    known.apply(message(6, sender="ANN"))
    assert follow(room, known, attentive=False) == [4, 5]
    assert (room.unread, room.mentions, room.unread_after, room.seen) == (2, 1, 3, 3)


def test_what_is_unread_further_back_is_counted_once_it_is_here() -> None:
    room, known = RoomState("lobby", 2), replica(10, held=3)
    room.enter(10)
    assert follow(room, known, attentive=False) == [8, 9, 10]
    assert room.unread == 3
    assert known.add_page(page(1, 7), before=8)
    assert follow(room, known, attentive=False) == []
    assert (room.unread, room.unread_after, room.seen) == (8, 2, 2)


def test_looking_clears_the_count_and_leaves_the_line() -> None:
    room, known = entered()
    known.apply(message(4))
    follow(room, known, attentive=False)
    room.look()
    assert (room.unread, room.unread_after, room.seen) == (0, 3, 4)
    room.leave()
    assert room.unread_after is None


def test_the_line_moves_to_where_the_user_stopped_the_next_time() -> None:
    room, known = entered()
    known.apply(message(4))
    follow(room, known, attentive=False)
    room.look()
    known.apply(message(5))
    follow(room, known, attentive=True)
    known.apply(message(6))
    known.apply(message(7))
    follow(room, known, attentive=False)
    assert (room.unread, room.unread_after) == (2, 5)


def test_no_line_appears_while_the_user_looks() -> None:
    room, known = entered()
    known.apply(message(4))
    follow(room, known, attentive=True)
    assert (room.unread, room.unread_after, room.seen) == (0, None, 4)


def test_what_was_missed_without_a_connection_stands_under_a_line() -> None:
    room, known = entered()
    room.interrupt()
    known.apply(message(4))
    known.apply(message(5))
    follow(room, known, attentive=True)
    assert (room.unread, room.unread_after) == (0, 3)


def test_everything_in_a_new_private_room_is_unread_and_meant_for_the_user() -> None:
    room, known = RoomState("@0123"), replica(0)
    known.apply(message(1))
    follow(room, known, attentive=False)
    assert (room.unread, room.mentions) == (1, 1)


def test_a_private_room_is_named_after_the_other() -> None:
    room = RoomState("@0123")
    room.entitle(["Ann", "bob"], "ann")
    assert room.title == "@bob"


def test_who_types_is_forgotten_after_a_while_and_when_the_message_comes() -> None:
    room, known = entered()
    room.type("bob", now=10)
    room.type("carl", now=12)
    assert room.typing(12) == ["bob", "carl"]
    assert room.typing(10.5 + TYPING_SECONDS) == ["carl"]
    known.apply(message(4, sender="carl"))
    follow(room, known, attentive=True)
    assert room.typing(12) == []


def test_who_spoke_last_comes_first() -> None:
    room, known = entered()
    known.apply(message(4, sender="carl"))
    known.apply(message(5, sender="ann"))
    follow(room, known, attentive=True)
    assert room.recent_speakers("ann", ["ann", "dora", "carl"], {}) == ["carl", "bob", "dora"]


def test_what_is_imported_is_unread_and_calls_nobody() -> None:
    room, known = entered()
    known.apply(replace(message(4, "ann, hello", sender="bob"), imported="slack"))
    assert follow(room, known, attentive=False) == [4]
    assert (room.unread, room.bookmark.calls) == (1, [])
