"""How much the journal takes, of one source and in all, and how long its lines are."""

import json
from collections.abc import Iterator

import pytest

from hubbub.faults import faults
from hubbub.server.fairness.unwelcome import COUNTED_MAX, LINE_SECONDS, Unwelcome
from hubbub.server.journal.bounds import (
    OF_KIND_MAX,
    OF_SOURCE_MAX,
    SOURCES_MAX,
    VALUE_CHARS_MAX,
    WINDOW_SECONDS,
    Bounds,
    shortened,
)
from hubbub.server.journal.writing import note_on_stderr
from hubbub.server.notes import Note
from tests.server.noted import notes_as_before


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    with notes_as_before():
        yield


def noted(bounds: Bounds, **note: object) -> Note | None:
    return bounds(dict(note))


def test_one_source_gets_few_lines_and_the_others_theirs() -> None:
    clock = Clock()
    bounds = Bounds(clock)
    lines = [noted(bounds, event="bad", address="192.0.2.1") for _ in range(1000)]
    assert sum(line is not None for line in lines) == OF_SOURCE_MAX
    assert noted(bounds, event="bad", address="192.0.2.2") is not None
    assert noted(bounds, event="worse", address="192.0.2.1") is not None


def test_what_was_left_out_is_told_with_the_next_line() -> None:
    clock = Clock()
    bounds = Bounds(clock)
    for _ in range(OF_SOURCE_MAX + 7):
        noted(bounds, event="bad", address="192.0.2.1")
    clock.now += WINDOW_SECONDS
    assert noted(bounds, event="bad", address="192.0.2.1") == {
        "event": "bad",
        "address": "192.0.2.1",
        "left_out": 7,
    }
    line = noted(bounds, event="bad", address="192.0.2.1")
    assert line is not None
    assert "left_out" not in line


def test_many_sources_get_a_bounded_number_of_lines_and_take_bounded_memory() -> None:
    bounds = Bounds(Clock())
    lines = [noted(bounds, event="bad", address=f"address {n}") for n in range(5 * SOURCES_MAX)]
    assert sum(line is not None for line in lines) == OF_KIND_MAX
    assert len(bounds._noted) <= SOURCES_MAX + 2


def test_sentences_of_a_library_are_of_one_kind_whatever_they_are_about() -> None:
    bounds = Bounds(Clock())
    said = (f"Error from 192.0.2.{n % 250}, port {n}" for n in range(5 * SOURCES_MAX))
    lines = [noted(bounds, event=one, library="aiohttp.server") for one in said]
    assert sum(line is not None for line in lines) == OF_SOURCE_MAX
    assert len(bounds._noted) == 2
    assert noted(bounds, event="Error from 192.0.2.1", library="asyncio") is not None


def test_no_line_is_long(capsys: pytest.CaptureFixture[str]) -> None:
    note = shortened({"event": "x", "reason": "y" * 1_000_000, "count": 3})
    assert note["reason"] == "y" * VALUE_CHARS_MAX + "…"
    note_on_stderr("json")

    def deep(depth: int) -> None:
        if depth:
            deep(depth - 1)
        else:
            raise ZeroDivisionError("secret " * 100_000)

    try:
        deep(200)
    except ZeroDivisionError as error:
        faults.note("failed", error)
    line = capsys.readouterr().err
    assert len(line) < 3 * VALUE_CHARS_MAX
    assert "secret" not in line
    assert "test_bounds.py" in json.loads(line)["raised"]


def test_a_flood_of_bad_peers_is_one_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    note_on_stderr("json")
    clock = Clock()
    unwelcome = Unwelcome(clock)
    for second in range(int(3 * LINE_SECONDS)):
        for number in range(100):
            unwelcome.note("protocol_error", f"192.0.2.{number % 7}", f"c{second}")
        unwelcome.note("wrong_password", "198.51.100.1", "c0")
        unwelcome.tell()
        clock.now += 1
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["times"] for line in lines] == [101, 6060, 6060]
    assert "192.0.2.0: protocol_error (15 times)" in lines[0]["most"]
    assert unwelcome.total["protocol_error"] == 18_000


def test_those_who_have_an_address_for_each_try_take_bounded_memory() -> None:
    unwelcome = Unwelcome(Clock())
    for number in range(10 * COUNTED_MAX):
        unwelcome.note("protocol_error", f"2001:db8::{number:x}")
    assert len(unwelcome._counted) <= COUNTED_MAX + 1
    assert unwelcome._counted.total() == 10 * COUNTED_MAX


def test_what_happens_to_everybody_is_not_told() -> None:
    unwelcome = Unwelcome(Clock())
    unwelcome.note("name_taken", "192.0.2.1")
    assert not unwelcome.total
