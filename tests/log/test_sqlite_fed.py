"""What the search index is fed with, and when it reads the file instead."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from hubbub.chat.events import Entry
from hubbub.chat.queries import SearchQuery
from hubbub.log.damage import Damage
from hubbub.log.sqlite import fed
from hubbub.log.sqlite.fed import Fed, Segment
from hubbub.log.sqlite.portions import PORTION, fill_portion, put_portion, read_portion
from hubbub.log.sqlite.reader import open_to_read
from hubbub.log.sqlite.search import read_search
from hubbub.log.sqlite.writer import Writer
from tests.log.drafts import edited, fact, reacted, said, seqs


class Counting:
    """A connection that counts how often the next portion is read from the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.reads = 0

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:
        self.reads += statement == PORTION
        return self._connection.execute(statement, *parameters)  # type: ignore[arg-type]


class Filled:
    """A log that is filled by hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.writer = Writer(folder, "process")
        self._connection = self.writer.open()

    def say(self, *drafts: Entry) -> None:
        self.writer.commit(self._connection, drafts)

    def fill(self) -> int:
        """Index all that is committed; return how often the file was read for that."""
        counting = Counting(self._connection)
        while fill_portion(self.writer, Damage("a test"), cast("sqlite3.Connection", counting)):
            pass
        return counting.reads

    def found(self, words: str) -> list[int]:
        reading = open_to_read(self._folder, "process")
        page, _ = read_search(reading, SearchQuery(words=words), 100)
        reading.close()
        return seqs(page.messages)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Filled]:
    filled = Filled(tmp_path)
    yield filled
    filled.close()


def test_what_was_just_committed_is_indexed_without_reading_it(log: Filled) -> None:
    log.say(said("apple"), said("pear", room="den"))
    log.say(fact("a", 1, expects=0))
    log.say(reacted(1, "x"), said("apple", room="den"))
    assert log.fill() == 0
    log.say(said("apple"))
    assert log.fill() == 0
    assert log.found("apple") == [1, 5, 6]
    assert log.found("pear") == [2]


def test_a_text_that_changed_before_it_was_indexed_is_read_from_the_file(log: Filled) -> None:
    log.say(said("apple"), said("pear"))
    log.say(edited(1, "plum"))
    assert log.fill() > 0
    assert (log.found("apple"), log.found("plum"), log.found("pear")) == ([], [1], [2])
    log.say(edited(1, "fig"))  # which was indexed by then
    log.say(said("nut"))
    assert log.fill() <= 1
    assert (log.found("plum"), log.found("fig"), log.found("nut")) == ([], [1], [5])


def test_more_than_is_kept_is_read_from_the_file(
    log: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fed, "FED_BYTES_MAX", 300)
    for n in range(7):
        log.say(said(f"apple {n}"))
    assert log.fill() > 0
    assert log.found("apple") == [1, 2, 3, 4, 5, 6, 7]


def test_the_feed_begins_anew_with_each_opening(log: Filled) -> None:
    log.say(said("apple"))
    before = read_portion(log.writer, Damage("a test"), log._connection)
    assert before is not None
    log.close()
    log._connection = log.writer.open()
    assert not put_portion(log.writer, before, log._connection)
    assert log.fill() == 1
    log.say(said("apple"))
    assert log.fill() == 0
    assert log.found("apple") == [1, 2]


def segment(last: int, size: int = 10) -> Segment:
    return Segment(last, (), size)


def lasts(segments: list[Segment]) -> list[int]:
    return [one.last for one in segments]


def test_segments_follow_one_another_without_a_gap() -> None:
    feed = Fed()
    feed.add(5, [segment(7), segment(9)])
    feed.add(9, [segment(12)])
    everything = {"events_max": 100, "bytes_max": 1000}
    assert lasts(feed.following(5, **everything)) == [7, 9, 12]
    assert lasts(feed.following(9, **everything)) == [12]
    assert feed.following(12, **everything) == []
    for unknown in (0, 4, 6, 8, 13):
        assert feed.following(unknown, **everything) == []
    feed.drop(9)
    assert feed.following(7, **everything) == []
    assert lasts(feed.following(9, **everything)) == [12]
    feed.clear()
    assert feed.following(9, **everything) == []


def test_a_portion_has_at_least_one_segment_and_no_more_than_is_asked_for() -> None:
    feed = Fed()
    feed.add(0, [segment(n, 10) for n in range(1, 10)])
    assert lasts(feed.following(0, events_max=3, bytes_max=1000)) == [1, 2, 3]
    assert lasts(feed.following(0, events_max=9, bytes_max=20)) == [1, 2]
    assert lasts(feed.following(0, events_max=9, bytes_max=1)) == [1]
