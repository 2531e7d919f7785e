"""The items of a log follow the replica, and keep their indices while older ones come before."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hubbub.chat.events import Missing, Page, Room, Stretch
from hubbub.desk.log import Note, Pending, RoomLog, Said
from hubbub.desk.room import RoomState

from .rooms import ROOM, edited, is_anns, message, page, replica


def seqs(log: RoomLog) -> list[int]:
    items = [log[index] for index in range(log.first, log.end)]
    return [item.message.seq for item in items if isinstance(item, Said)]


def test_messages_come_at_the_end_and_are_told_of() -> None:
    room, log = replica(3, held=3), RoomLog()
    log.follow(room)
    room.apply(message(4))
    room.apply(message(5))
    assert [one.seq for one in log.follow(room)] == [4, 5]
    assert seqs(log) == [1, 2, 3, 4, 5]


def test_older_messages_move_no_index() -> None:
    room, log = replica(10, held=3), RoomLog()
    log.follow(room)
    index = log.index_of(9)
    assert index is not None
    assert room.add_page(page(1, 7), 8)
    assert log.follow(room) == []
    item = log[index]
    assert isinstance(item, Said)
    assert item.message.seq == 9
    assert seqs(log) == list(range(1, 11))


def texts(log: RoomLog) -> list[str]:
    """Return what the items say; of what is missing, from where to where."""
    items = [log[index] for index in range(log.first, log.end)]
    return [
        item.message.text if isinstance(item, Said) else item.text.split("(")[1].split(")")[0]
        for item in items
    ]


def test_what_the_server_cannot_read_is_noted_once_where_it_would_stand() -> None:
    room, log = replica(3, held=3), RoomLog()
    log.follow(room)
    room.apply(Missing(room=ROOM, after=3, upto=5))
    for _ in range(2):
        log.follow(room)
        assert texts(log) == ["message 1", "message 2", "message 3", "from 4 to 5"]
    room.apply(message(6))
    room.apply(Missing(room=ROOM, after=6, upto=7))
    room.apply(message(8))
    log.follow(room)
    assert texts(log)[3:] == ["from 4 to 5", "message 6", "from 7 to 7", "message 8"]


def test_what_a_page_of_older_messages_lacks_is_noted_where_it_would_stand() -> None:
    room, log = replica(10, held=3), RoomLog()
    log.follow(room)
    older = page(3, 7)
    lacking = [one for one in older.messages if one.seq not in {5, 6}]
    room.add_page(replace(older, messages=lacking, missing=[Stretch(4, 6)]), 8)
    log.follow(room)
    assert texts(log)[:4] == ["message 3", "message 4", "from 5 to 6", "message 7"]


def test_what_a_page_around_a_message_lacks_is_noted_where_it_would_stand() -> None:
    room, log = replica(100, held=2), RoomLog()
    log.follow(room)
    log.note("welcome (hello)", at=100_000)
    lacking = [one for one in page(50, 55).messages if one.seq not in {52, 53}]
    around = Page(room=ROOM, messages=lacking, more=True, last=100, newer=True)
    room.add_page(replace(around, missing=[Stretch(51, 53)]), around=54)
    for _ in range(2):
        log.follow(room)
        assert texts(log) == [
            *("message 50", "message 51", "from 52 to 53", "message 54", "message 55"),
            *("message 99", "message 100", "hello"),
        ]


def test_an_edit_changes_the_one_message() -> None:
    room, log = replica(2, held=2), RoomLog()
    log.follow(room)
    room.apply(edited(3, 1, "better"))
    log.follow(room, changed=[1])
    assert [one.text for one in log.newest_first()] == ["message 2", "better"]


def test_a_pending_message_is_settled_by_its_nonce_and_stays_last_until_then() -> None:
    room, log = replica(1, held=1), RoomLog()
    log.follow(room)
    log.pending = [Pending("a", "one", 0), Pending("b", "two", 0)]
    room.apply(message(2, sender="carl"))
    room.apply(message(3, "one", "ann", nonce="a"))
    log.follow(room)
    assert [one.nonce for one in log.pending] == ["b"]
    assert seqs(log) == [1, 2, 3]
    assert log[log.end - 1] is log.pending[0]


def test_a_pending_message_is_settled_by_its_seq() -> None:
    room, log = replica(), RoomLog()
    log.pending = [Pending("a", "one", 0, seq=1)]
    room.apply(message(1, "one", "ann"))
    log.follow(room)
    assert not log.pending


def test_a_pending_message_is_settled_above_a_note_too() -> None:
    room, log = replica(), RoomLog()
    log.pending = [Pending("a", "one", 0, seq=1), Pending("b", "two", 0)]
    log.note("the connection is lost", at=9000)
    room.apply(message(1, "one", "ann"))
    room.apply(message(2, "two", "ann", nonce="b"))
    log.follow(room)
    assert not log.pending
    assert seqs(log) == [1, 2]


def test_history_stands_above_a_note_that_was_there_first() -> None:
    room, log = replica(3, held=3), RoomLog()
    log.note("welcome", at=2500)
    log.follow(room)
    items = [log[index] for index in range(log.first, log.end)]
    kinds = [item.message.seq if isinstance(item, Said) else "note" for item in items]
    assert kinds == [1, 2, "note", 3]


def test_what_a_full_replica_lets_go_of_is_dropped() -> None:
    room, log = replica(3, held=3, messages_max=3), RoomLog()
    log.follow(room)
    room.apply(message(4))
    log.follow(room)
    assert seqs(log) == [2, 3, 4]
    assert log.index_of(1) is None


def test_a_note_at_the_top_keeps_nothing_that_is_let_go_of() -> None:
    room, log = replica(messages_max=2), RoomLog()
    log.note("welcome", at=0)
    for seq in (1, 2, 3):
        room.apply(message(seq))
        log.follow(room)
    room.apply(edited(4, 1, "too late"))
    log.follow(room, changed=[1])
    assert seqs(log) == [2, 3]


def test_a_replica_that_begins_elsewhere_begins_the_log_anew() -> None:
    log = RoomLog()
    log.follow(replica(3, held=3))
    log.follow(replica(900, held=2))
    assert seqs(log) == [899, 900]


STEPS = ["say", "page", "around", "down", "up", "note", "follow"]


@given(st.lists(st.sampled_from(STEPS), max_size=40))
def test_the_log_is_the_replica_and_notes_whatever_comes_first(steps: list[str]) -> None:
    room, log = replica(30, held=2, messages_max=20), RoomLog()
    notes = 0
    for step in steps:
        match step:
            case "say":
                room.apply(message(room.cursor + 1))
            case "page" if room.back_to:
                before = room.back_to + 1
                room.add_page(page(max(before - 5, 1), before - 1, more=before > 6), before)
            case "around" if room.start > 8:
                middle = page(4, 7, more=True)
                room.add_page(replace(middle, newer=True, last=room.last), around=5)
            case "down" if (hole := room.hole) is not None:
                upto = min(hole.after + 4, hole.upto)
                following = page(hole.after + 1, upto, more=True)
                room.add_page(replace(following, last=room.last), after=hole.after)
            case "up" if (hole := room.hole) is not None:
                first = max(hole.upto - 4, hole.after + 1)
                room.add_page(page(first, hole.upto, more=True), hole.upto + 1)
            case "note":
                log.note("x", at=room.cursor * 1000)
                notes += 1
            case _:
                log.follow(room)
    log.follow(room)
    assert seqs(log) == list(room.held)
    for seq in room.held:
        index = log.index_of(seq)
        assert index is not None
        assert log[index] == Said(room.held[seq])
    hole = room.hole
    below = [seq for seq in room.held if hole is not None and seq > hole.upto]
    assert log.hole_at == (log.index_of(below[0]) if below else None)
    items = [log[index] for index in range(log.first, log.end)]
    assert sum(isinstance(item, Note) for item in items) <= notes


def test_nothing_is_shown_of_two_histories() -> None:
    """However far the new one has grown: in it the same seq is another message."""
    room, log = replica(5, held=3), RoomLog()
    log.follow(room)
    answer = Room(room=room.room, topic="", members=[], last=9, first=1, gap=False, replaced=True)
    room.entered(answer, 5)
    assert room.add_page(page(4, 9, more=True))
    log.follow(room)
    assert seqs(log) == [4, 5, 6, 7, 8, 9]
    assert log[log.first] == Said(message(4))


def test_what_was_seen_of_a_replaced_history_is_forgotten() -> None:
    state = RoomState("lobby", seen=5)
    state.follow(replica(5, held=5), is_anns, lambda _: False, attentive=True)
    state.begin_anew(3)
    fresh = state.follow(replica(3, held=3), is_anns, lambda _: False, attentive=False)
    assert (fresh, state.unread, state.seen) == ([], 0, 3)
