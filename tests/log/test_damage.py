"""Damage is gone around: what can be read is given, what cannot is told, and noted once."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import Message, Missing, Stretch
from hubbub.chat.queries import PageQuery, ReactionsQuery, SearchQuery
from hubbub.log.sqlite import SqliteLog, watch
from hubbub.log.sqlite.survey import opened as read_only
from hubbub.log.sqlite.survey import surveyed
from tests.log.drafts import (
    ALL_WINDOWS,
    all_of,
    deleted,
    edited,
    found,
    indexed,
    reacted,
    said,
    seqs,
    titled,
    until,
)

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

NOT_UTF8 = b'[{"type":"message","text":"\xff"}]'


async def spoil(log: SqliteLog, last: int, body: bytes = NOT_UTF8) -> None:
    """Make the segment that ends with `last` unreadable."""
    statement = "UPDATE segments SET body = CAST(? AS TEXT) WHERE last = ?"
    await log._writing.run(lambda db: db.execute(statement, (body, last)))


async def alter(log: SqliteLog, before: str, after: str) -> None:
    """Change texts as a disk does that changes bytes."""
    statement = "UPDATE segments SET body = replace(body, ?, ?)"
    await log._writing.run(lambda db: db.execute(statement, (before, after)))


async def spoil_index(log: SqliteLog) -> None:
    """Damage the search index. FTS5 remembers what it read: the connections begin anew."""
    damage = "UPDATE search_data SET block = x'ffffffffffffffffffff' WHERE id > 10"
    await log._writing.run(lambda db: db.execute(damage))
    await log._writing.run(lambda _: log._writing.disconnect())
    await log._searching.run(lambda _: log._searching.disconnect())


async def fill(log: SqliteLog) -> None:
    """Append five segments of two messages each to the lobby, among others of the den."""
    for number in range(5):
        await log.append([said(f"{number} a"), said(f"{number} b"), said(room="den")])


LOBBY = [1, 2, 4, 5, 7, 8, 10, 11, 13, 14]


@pytest.mark.parametrize("body", [NOT_UTF8, b"[{", b"[]", b"{}", b"", b'["x"]'])
def test_a_backlog_goes_on_behind_a_damaged_segment(play_sqlite: Play, body: bytes) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await spoil(log, 8, body)
        events = await all_of(log, "lobby")
        assert seqs(events) == [1, 2, 4, 5, 10, 11, 13, 14]
        assert events[4].prev == 8, "what shows a reader that something is missing"
        assert log.damage.within("lobby", 0, 99) == [Stretch(5, 8)]
        assert seqs(await all_of(log, "lobby", after=7)) == [10, 11, 13, 14]
        assert log.damage.within("lobby", 0, 99) == [Stretch(5, 8)]

    play_sqlite(scene)


def test_who_goes_on_within_a_segment_before_damage_is_told_of_that_alone(
    play_sqlite: Play,
) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await spoil(log, 11)
        assert seqs(await all_of(log, "lobby", after=7)) == [8, 13, 14]
        assert log.damage.within("lobby", 0, 99) == [Stretch(8, 11)]

    play_sqlite(scene)


def test_a_letter_that_became_another_is_not_taken_for_what_was_said(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said("apple"), said("banana")])
        await log.append([said("cherry")])
        await log.append([edited(3, "date")])
        for change in (("apple", "grape"), ("date", "fate")):
            await alter(log, *change)
        assert await all_of(log, "lobby") == []
        page = await log.page(PageQuery(room="lobby"))
        assert page.messages == []
        assert page.missing == [Stretch(0, 4)]
        with pytest.raises(Damaged):
            await log.append([edited(2, "not sealed anew")])

    play_sqlite(scene)


def test_a_blanked_text_is_sealed_anew(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said("apple"), said("banana")])
        await log.append([edited(1, "cherry")])
        await log.append([deleted(2), edited(1, "date")])
        assert len(await all_of(log, "lobby")) == 5
        assert len(log.damage) == 0

    play_sqlite(scene)


def test_a_backlog_of_nothing_but_damage_is_empty(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        for last in (2, 5, 8, 11, 14):
            await spoil(log, last)
        assert await all_of(log, "lobby") == []
        assert log.damage.within("lobby", 0, 99) == [Stretch(0, 14)]
        assert len(await all_of(log, "den")) == 5
        assert await log.append([said("goes on")]) == [16]
        assert seqs(await all_of(log, "lobby")) == [16]

    play_sqlite(scene)


@pytest.mark.parametrize(
    ("query", "shown", "missing"),
    [
        (PageQuery(room="lobby"), [1, 2, 4, 5, 10, 11, 13, 14], [Stretch(5, 8)]),
        (PageQuery(room="lobby", limit=3), [11, 13, 14], []),
        (PageQuery(room="lobby", limit=5), [5, 10, 11, 13, 14], [Stretch(5, 8)]),
        (PageQuery(room="lobby", before=8), [1, 2, 4, 5], [Stretch(5, 7)]),
        (PageQuery(room="lobby", before=11, limit=2), [5, 10], [Stretch(5, 8)]),
        (PageQuery(room="lobby", after=0, limit=5), [1, 2, 4, 5, 10], [Stretch(5, 8)]),
        (PageQuery(room="lobby", after=7, limit=2), [10, 11], [Stretch(7, 8)]),
        (PageQuery(room="lobby", after=6, limit=1), [10], [Stretch(6, 8)]),
    ],
)
def test_a_page_shows_what_can_be_read_and_says_what_is_missing(
    play_sqlite: Play, query: PageQuery, shown: list[int], missing: list[Stretch]
) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await spoil(log, 8)
        page = await log.page(query)
        assert seqs(page.messages) == shown
        assert page.missing == missing
        assert page.last == 15

    play_sqlite(scene)


def test_pages_and_backlogs_of_a_whole_log_miss_nothing(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        for before in range(1, 20):
            for limit in (1, 2, 50):
                page = await log.page(PageQuery(room="lobby", before=before, limit=limit))
                assert seqs(page.messages) == [seq for seq in LOBBY if seq < before][-limit:]
                assert page.missing == []
        assert len(log.damage) == 0

    play_sqlite(scene)


def test_a_message_whose_edit_is_damaged_is_missing_and_its_neighbours_are_not(
    play_sqlite: Play,
) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said("one"), said("two"), said("three")])
        await log.append([edited(2, "two, edited")])
        await spoil(log, 4)
        page = await log.page(PageQuery(room="lobby"))
        assert [one.text for one in page.messages] == ["one", "three"]
        assert Stretch(1, 2) in page.missing
        events = await all_of(log, "lobby")
        assert [event.text for event in events if isinstance(event, Message)] == ["one", "three"]
        assert events[1].prev == 2

    play_sqlite(scene)


def test_what_else_happened_is_gone_around_as_well(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said("one")])
        await log.append([reacted(1, "👍")])
        await log.append([titled("t")])
        await log.append([said("two")])
        await log.append([deleted(4)])
        await spoil(log, 2)
        await spoil(log, 3)
        assert seqs(await all_of(log, "lobby")) == [1, 4, 5]
        assert log.damage.within("lobby", 0, 9) == [Stretch(1, 3)]
        page = await log.page(PageQuery(room="lobby"))
        assert seqs(page.messages) == [1, 4]
        assert page.missing == [Stretch(1, 3)]

    play_sqlite(scene)


def test_rows_that_are_gone_are_missed(play_sqlite: Play) -> None:
    """Their neighbours are whole; only `prev` shows that there was something between them."""

    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await log._writing.run(lambda db: db.execute("DELETE FROM segments WHERE last = 8"))
        assert seqs(await all_of(log, "lobby")) == [1, 2, 4, 5, 10, 11, 13, 14]
        assert (await log.page(PageQuery(room="lobby"))).missing == [Stretch(5, 8)]

    play_sqlite(scene)


def test_reactions_of_a_damaged_place_are_not_told(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said(), reacted(1, "👍", person="B")])
        await spoil(log, 2)
        assert await log.reactions(ReactionsQuery("lobby", "B", (1,))) == []

    play_sqlite(scene)


def test_what_is_sound_behind_much_damage_is_found_when_the_log_is_checked(
    play_sqlite: Play, tmp_path: Path
) -> None:
    """The damage is longer than what is before it, and than what follows."""

    async def scene(log: SqliteLog) -> None:
        for number in range(700):
            await log.append([said(f"message {number}")])
        damage = "UPDATE segments SET body = '' WHERE last BETWEEN 11 AND 690"
        await log._writing.run(lambda db: db.execute(damage))

    play_sqlite(scene)
    with read_only(tmp_path / "log") as connection:
        survey = surveyed(connection)
    assert survey.messages == 20
    assert survey.missing == [Missing(room="lobby", after=10, upto=690)]


def test_each_damaged_place_is_noted_once_however_many_come_by(
    play_sqlite: Play, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await spoil(log, 8)
        await spoil(log, 2)
        for after in (0, 1, 3, 6, 7):
            await all_of(log, "lobby", after=after)
            await log.page(PageQuery(room="lobby"))

    with caplog.at_level(logging.ERROR):
        play_sqlite(scene)
    assert len(caplog.records) == 2
    assert "the room 'lobby', what has a seq from 1 to 2 is missing" in caplog.text
    assert "the room 'lobby', what has a seq from 6 to 8 is missing" in caplog.text
    assert "hubbub check" in caplog.text


def test_a_search_finds_what_can_be_read(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await indexed(log)
        await spoil(log, 8)
        for room in ("lobby", None):
            page = await log.search(SearchQuery(words="a", room=room), ALL_WINDOWS)
            assert seqs(page.messages) == [1, 4, 10, 13]
            assert page.missing == [Stretch(6, 7)]
        page = await log.search(SearchQuery(words="b", limit=2), ALL_WINDOWS)
        assert (seqs(page.messages), page.more, page.missing) == ([11, 14], True, [])

    play_sqlite(scene)


def test_a_search_gives_no_text_in_which_a_letter_became_another(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said("an apple"), said("a banana")])
        await log.append([said("an orange")])
        await indexed(log)
        await alter(log, "banana", "cabana")
        page = await log.search(SearchQuery(words="an"), 9)
        assert [one.text for one in page.messages] == ["an orange"]
        assert page.missing == [Stretch(0, 1)]

    play_sqlite(scene)


def test_what_is_said_behind_damage_is_indexed(play_sqlite: Play) -> None:
    """An index that waits for what can never be read would find nothing new any more."""

    async def before(log: SqliteLog) -> None:
        await fill(log)
        await spoil(log, 2)
        await spoil(log, 8, b"[]")
        await log._writing.run(lambda db: db.execute("DELETE FROM segments WHERE last = 11"))
        await log._writing.run(lambda db: db.execute("UPDATE watermark SET seq = 0, rules = ''"))

    async def after(log: SqliteLog) -> None:
        assert await found(log, "a") == [4, 13]
        await log.append([said("another a")])
        assert await found(log, "another") == [16]

    play_sqlite(before)
    play_sqlite(after)


def test_a_damaged_search_index_is_made_anew(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        await indexed(log)
        await spoil_index(log)
        with pytest.raises(LogError, match="made anew") as raised:
            await log.search(SearchQuery(words="a"), ALL_WINDOWS)
        assert raised.value.code == "log_unavailable", "for it passes by itself"
        assert await found(log, "a") == [1, 4, 7, 10, 13]
        assert len(log.damage) == 0, "nothing is missing"
        assert await log.append([edited(1, "c")]) == [16]

    play_sqlite(scene)


def test_an_index_that_is_damaged_again_is_told_and_nothing_else_suffers(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await fill(log)
        for sentence in ("is being made anew", "damaged"):
            await indexed(log)
            await spoil_index(log)
            with pytest.raises(LogError, match=sentence) as raised:
                await log.search(SearchQuery(words="a"), ALL_WINDOWS)
        assert isinstance(raised.value, Damaged)
        assert len(log.damage) == 1
        assert await log.append([said("goes on")]) == [16]
        assert len(await all_of(log, "lobby")) == 11

    play_sqlite(scene)


def test_damage_is_found_before_anybody_reads_it(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def before(log: SqliteLog) -> None:
        await fill(log)
        await spoil(log, 8)
        await spoil(log, 15)

    async def after(log: SqliteLog) -> None:
        async def is_found() -> bool:
            return len(log.damage) == 2

        await until(is_found)
        assert log.damage.within("lobby", 0, 99) == [Stretch(5, 8)]
        assert log.damage.within("den", 0, 99) == [Stretch(12, 15)]

    play_sqlite(before)
    monkeypatch.setattr(watch, "READ_AFTER_SECONDS", 0)
    play_sqlite(after)
