"""The book of people: kept as the log has it, in portions or at once, read or not."""

import gc
import tracemalloc
from collections.abc import Sequence
from functools import partial

import msgspec
import pytest

from hubbub.chat.events import NOTHING, Fact
from hubbub.chat.limits import Limits
from hubbub.chat.people import Conversation, Device, Held, Kind, Profile
from hubbub.hub import Hub
from hubbub.hub.known.book import Book
from tests.hub.peers import Chatroom
from tests.inputs.steps import Steps

AT = 1_700_000_000_000


def fact(
    seq: int, key: str, value: msgspec.Struct | bytes | None, expects: int | None = None
) -> Fact:
    raw = msgspec.json.encode(value) if isinstance(value, msgspec.Struct) else value
    return Fact(
        seq=seq,
        prev=0,
        sender="",
        at=AT,
        key=key,
        value=NOTHING if raw is None else msgspec.Raw(raw),
        expects=expects,
    )


def profile(name: str, *devices: str, kind: Kind = "guest", seen: int = AT) -> Profile:
    """Return that of somebody with devices of these hashes."""
    of_theirs = tuple(Device(f"id of {one}", one, AT) for one in devices)
    return Profile(name, kind, since=AT, seen=seen, devices=of_theirs)


ANN = profile("Ann", "a1", "a2")
PEOPLE = [
    fact(1, "person/1", ANN),
    fact(2, "name/ann", Held("1")),
    fact(3, "person/2", profile("Zoë", "z", kind="member")),
    fact(4, "name/zoë", Held("2")),
    fact(5, "conversation/x", Conversation(("=1", "=2"), ("Ann", "Zoë"))),
    fact(7, "person/3", profile("bob", "b")),
    fact(9, "person/0", profile("cat", "c")),
]


def told(book: Book) -> Sequence[object]:
    """Return all that a book knows."""
    alike = [book.look_alikes(name) for name in ("ann", "аnn", "b0b", "zoë", "Zoe", "nobody")]
    seqs = [book.seq(one.key) for one in PEOPLE]
    known = [dict(one) for one in (book.profiles, book.names, book.conversations)]
    devices = {hash_: book.devices.get(hash_) for hash_ in ("a1", "a2", "z", "b", "c", "nobody's")}
    return [*known, devices, [*book.guests], alike, seqs, book.owner("ann"), book.owner("bob")]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_people_are_learnt_in_portions_or_taken_in_one_by_one(size: int) -> None:
    learnt, taken = Book(), Book()
    for start in range(0, len(PEOPLE), size):
        learnt.learn(PEOPLE[start : start + size])
    taken.take(PEOPLE)
    assert told(learnt) == told(taken) == told(Book(PEOPLE[::-1]))
    assert learnt.names == {"ann": "1", "zoë": "2"}
    assert [learnt.devices.get(hash_) for hash_ in ("a1", "a2", "z", "x")] == ["1", "1", "2", ""]
    assert learnt.owner("ann") == ("1", ANN)
    assert learnt.owner("bob") is None, "a name that is nobody's"
    assert [one.name for one in learnt.look_alikes("аnn")] == ["Ann"]


def test_keys_with_the_same_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.hub.known.packed._HASH", 0)
    alike, unpacked = Book(PEOPLE), Book()
    unpacked.take(PEOPLE)
    assert told(alike) == told(unpacked)
    for book in (alike, unpacked):
        book.take([fact(10, "person/1", None), fact(11, "person/3", profile("Bob", "z2"))])
    assert told(alike) == told(unpacked)
    assert "1" not in alike.profiles


def test_what_came_later_counts_in_place_of_what_stood_at_the_start() -> None:
    learnt, taken = Book(PEOPLE), Book()
    taken.take(PEOPLE)
    later = [
        fact(10, "person/1", None),
        fact(11, "name/ann", Held("3")),
        fact(12, "person/3", profile("Ann", "a1", "b")),
        fact(13, "person/2", profile("zoë", kind="member"), expects=3),
        fact(14, "person/0", b"{}"),
    ]
    for book in (learnt, taken):
        book.take(later)
    assert told(learnt) == told(taken)
    assert learnt.owner("ann") == ("3", profile("Ann", "a1", "b"))
    assert [learnt.devices.get(hash_) for hash_ in ("a1", "a2", "z", "c")] == ["3", "", "", ""]
    assert [*learnt.guests] == ["3"]


def test_the_guest_of_whom_something_was_written_longest_ago_comes_first() -> None:
    book = Book(PEOPLE[::-1])
    assert [*book.guests] == ["1", "3", "0"]
    book.take([fact(10, "person/1", profile("Ann"))])
    assert [*book.guests] == ["3", "0", "1"]
    book.take([fact(11, "person/3", None)])
    assert [*book.guests] == ["0", "1"]


def test_what_changes_reads_as_it_is_now() -> None:
    book = Book(PEOPLE)
    assert book.profiles["1"] == ANN
    book.take([fact(10, "person/1", profile("anna", "a2"), expects=9)])
    assert book.profiles["1"] == ANN, "it did not take"
    book.take([fact(11, "person/1", profile("anna", "a2"), expects=1)])
    assert book.profiles["1"].name == "anna"
    assert book.seq("person/1") == 11
    assert [book.devices.get(hash_) for hash_ in ("a1", "a2")] == ["", "1"]
    assert book.look_alikes("ann") == []
    book.take([fact(12, "person/1", None), fact(13, "name/ann", None)])
    assert "1" not in book.profiles
    assert book.owner("ann") is None
    assert book.seq("person/1") == book.seq("name/ann") == 0


@pytest.mark.parametrize("value", [None, b"{}", b'"text"', b'{"name":'])
def test_what_cannot_be_read_is_nobody_but_stands(value: bytes | None) -> None:
    for family, known in (("person", "profiles"), ("name", "names")):
        book = Book([*PEOPLE, fact(10, f"{family}/9", value)])
        assert "9" not in getattr(book, known)
        assert getattr(book, known).get("9") is None
        assert getattr(book, known) == getattr(Book(PEOPLE), known)
        assert book.seq(f"{family}/9") == 10
        book.take([fact(11, f"{family}/9", value, expects=10)])
        assert book.seq(f"{family}/9") == (0 if value is None else 11)


def test_no_collection_of_garbage_looks_at_those_who_are_away() -> None:
    profiles = {str(number): profile(f"guest {number}", f"d{number}") for number in range(999)}
    people = [fact(1, f"person/{id_}", one) for id_, one in profiles.items()]
    names = [fact(1, f"name/{one.name}", Held(id_)) for id_, one in profiles.items()]
    book = Book()
    gc.collect()
    before = len(gc.get_objects())
    book.learn([*people, *names])
    gc.collect()
    assert len(gc.get_objects()) < before + 99
    assert dict(book.profiles) == profiles
    assert len(gc.get_objects()) > before + 999, "or this shows nothing"


def test_somebody_who_is_away_takes_little_more_than_what_the_log_has() -> None:
    people, logged = [], 0
    for number in range(2_000):
        one = fact(
            2 * number + 1, f"person/{number:011d}", profile(f"guest {number}", f"{number:064d}")
        )
        name = fact(2 * number + 2, f"name/guest {number}", Held(f"{number:011d}"))
        people += [one, name]
        logged += len(one.value) + len(name.value)
    tracemalloc.start()
    book = Book()
    book.learn(people)
    book.sort()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(book.profiles) == 2_000
    assert taken < logged + 200 * 2_000


def test_what_is_learnt_counts_as_what_a_hub_begins_with() -> None:
    hub = Hub(Limits(), facts=PEOPLE[:2], server="test")
    assert hub.last == 2
    hub.learn(PEOPLE[2:])
    assert hub.last == 9


def test_coming_in_takes_as_many_steps_whoever_else_is_known() -> None:
    counted = []
    for count in (9, 999):
        chatroom, steps = Chatroom(), Steps()
        for number in range(count):
            device = f"d{number}"
            known = profile(f"guest {number}", device)
            chatroom.hub.learn([fact(2 * number + 1, f"person/{number}", known)])
            chatroom.hub.learn([fact(2 * number + 2, f"name/{known.name}", Held(str(number)))])
        counted.append(
            [
                steps.of(partial(chatroom.enter, "ann")),
                steps.of(partial(chatroom.enter, "guest 5")),
                steps.of(partial(chatroom.hub.sweep, chatroom.clock)),
            ]
        )
    assert all(many <= few * 1.1 for few, many in zip(*counted, strict=True)), counted
