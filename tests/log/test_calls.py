"""What calls somebody is found by their name, and as answers to them, in every kind of log."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat.events import Message, Page
from hubbub.chat.queries import Calls, Over, SearchQuery
from hubbub.chat.tags import sender_tag
from hubbub.log import calls as looking
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog, portions
from hubbub.log.sqlite.kept import KeptLog
from hubbub.log.sqlite.rebuilding import rebuilt
from hubbub.server.fairness.searching import Search
from tests.log.drafts import ALL_WINDOWS, deleted, edited, fact, indexed, said, seqs, until
from tests.log.test_formats import FORMATS
from tests.log.test_removing import gone

Play = Callable[[Callable[[Log], Awaitable[None]]], None]

GOLDEN = json.loads(
    (FORMATS.parents[1] / "golden/tables/mentions.json").read_text(encoding="utf-8")
)
ANN, BEN = "AnnsId", "BensId"


def by(
    person: str, text: str = "hm", *, room: str = "lobby", answers: int | None = None
) -> Message:
    sender = person.removesuffix("sId").lower()
    return replace(said(text, room=room, sender=sender, answers=answers), person=person)


def calls_of(name: str, person: str = ANN) -> Calls:
    return Calls(name, sender_tag(name, person))


async def calling(log: Log, name: str = "ann", person: str = ANN, **query: object) -> Page:
    await indexed(log)
    asked = SearchQuery(words="", calls=calls_of(name, person), **query)  # type: ignore[arg-type]
    return await log.search(asked, ALL_WINDOWS)


async def called(log: Log, name: str = "ann", person: str = ANN, **query: object) -> list[int]:
    return seqs((await calling(log, name, person, **query)).messages)


def test_the_log_goes_by_the_rule_of_the_clients(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for row in GOLDEN:
            (seq,) = await log.append([by(BEN, row["text"])])
            found = await called(log, row["name"])
            assert (seq in found) == row["calls"], row

    play(scenario)


def test_mentions_and_answers_are_found_the_own_ones_are_not(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([by(ANN, "a question"), by(BEN, "another")])
        await log.append([by(BEN, "yes", answers=1), by(ANN, "hm", answers=1), by(ANN, "I, ann")])
        await log.append([by(BEN, "no", answers=2), by(BEN, "Ann?"), by(BEN, "@all eat")])
        await log.append([by(BEN, "`ann`"), said("hi ann", sender="eve", room="den")])
        assert await called(log) == [3, 7, 8, 10]
        assert await called(log, "ben", BEN) == []
        page = await calling(log)
        assert [one.found for one in page.messages] == [(), ((0, 3),), (), ((3, 6),)]

    play(scenario)


def test_they_follow_what_is_edited_and_deleted(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([by(ANN), by(BEN, "ann"), by(BEN, "and"), by(BEN, "x", answers=1)])
        await log.append([by(BEN, "y", answers=1), by(BEN, "ann, too")])
        assert await called(log) == [2, 4, 5, 6]
        await log.append([edited(2, "anna"), edited(3, "and ann"), edited(4, "z"), deleted(5)])
        assert await called(log) == [3, 4, 6]
        await log.append([deleted(1), deleted(3), deleted(6)])
        assert await called(log) == [4], "what it answers is gone, and was hers all the same"

    play(scenario)


def test_an_answer_that_is_deleted_before_it_is_indexed_is_not_found(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([by(ANN)])
        await log.append([by(BEN, "x", answers=1), by(BEN, "ann")])
        await log.append([deleted(2), deleted(3)])
        assert await called(log) == []

    play(scenario)


def test_they_are_in_rooms_that_the_query_may_look_into_alone(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for room in ("lobby", "den", "@0123", "@4567", "$audit"):
            (seq,) = await log.append([by(ANN, "I ask", room=room)])
            await log.append([by(BEN, "ann", room=room), by(BEN, "x", room=room, answers=seq)])
        assert await called(log) == [2, 3, 5, 6]
        await log.append([fact("room/den", {"private": True}), said("so the index goes on")])
        assert await called(log) == [2, 3]
        assert await called(log, private=("den",)) == [2, 3, 5, 6]
        assert await called(log, private=("@0123",)) == [2, 3, 8, 9]
        assert await called(log, private=("@0123", "den")) == [2, 3, 5, 6, 8, 9]
        await log.append([gone("den"), gone("lobby")])
        assert await called(log, private=("@0123", "den")) == [8, 9]

    play(scenario)


def test_searches_across_rooms_cover_the_talks_that_the_query_names(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("dinner", room=room) for room in ("lobby", "@0123", "@4567")])
        await indexed(log)
        for private, wanted in (((), [1]), (("@4567",), [1, 3]), (("@0123", "@4567"), [1, 2, 3])):
            query = SearchQuery(words="dinner", private=private)
            assert seqs((await log.search(query, ALL_WINDOWS)).messages) == wanted

    play(scenario)


def test_they_are_read_page_by_page(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([by(ANN)])
        for _ in range(4):
            await log.append([by(BEN, "ann"), by(BEN, "`ann`"), by(BEN, "x", answers=1)])
        found: list[int] = []
        before = None
        while True:
            search = Search(SearchQuery(words="", calls=calls_of("ann"), before=before, limit=3))
            await indexed(log)
            while not search.is_done:
                search.take(await log.search(search.query, search.windows), 0.0)
            page = search.page()
            found = [*seqs(page.messages), *found]
            if not page.more:
                break
            assert len(page.messages) == 3, "a page is full, whatever was passed over"
            before = page.messages[0].seq
        assert found == [2, 4, 5, 7, 8, 10, 11, 13]

    play(scenario)


@pytest.mark.parametrize("words", [1, 4, 1000])
def test_steps_of_any_size_find_the_same(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch, words: int
) -> None:
    monkeypatch.setattr(portions, "WINDOW_WORDS", words)
    monkeypatch.setattr(looking, "LOOKED_AT_CHARS", 5)

    async def scenario(log: Log) -> None:
        await log.append([by(ANN)])
        for number in range(30):
            answers = 1 if number % 7 == 0 else None
            await log.append([by(BEN, "`ann`" if number % 3 else "ann, look", answers=answers)])
        await indexed(log)
        search = Search(SearchQuery(words="", calls=calls_of("ann"), limit=50))
        while not search.is_done:
            search.take(await log.search(search.query, 1), 0.0)
        page = search.page()
        assert seqs(page.messages) == [n + 2 for n in range(30) if n % 7 == 0 or n % 3 == 0]
        assert (page.more, page.reached) == (False, None)

    play_sqlite(scenario)


def test_a_removed_room_leaves_nothing_of_its_answers(
    play_sqlite: Callable[[Callable[[SqliteLog], Awaitable[None]]], None],
) -> None:
    async def scenario(log: SqliteLog) -> None:
        await log.append([by(ANN, room="den"), by(ANN)])
        await log.append([by(BEN, room="den", answers=1), by(BEN, answers=2)])
        assert await called(log) == [3, 4]
        await log.append([gone("den")])
        assert await called(log) == [4]

        async def is_cleared() -> bool:
            count = "SELECT count(*) FROM answered"
            return bool(await log._writing.run(lambda db: db.execute(count).fetchone()) == (1,))

        await until(is_cleared)

    play_sqlite(scenario)


def test_what_a_room_keeps_no_longer_calls_nobody(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([by(ANN), by(BEN, "ann"), by(ANN)])
        for one in (by(BEN, answers=1), by(BEN, answers=3), by(BEN, "ann?")):
            await log.append([one])
        assert await called(log) == [2, 4, 5, 6]
        while (await log.drop({"lobby": Over(upto=4)})).dropped:
            pass
        assert await called(log) == [5, 6], "an answer stays one, without what it answers"
        if isinstance(log, KeptLog):
            left = "SELECT seq FROM answered"
            rows = await log._writing.run(lambda db: db.execute(left).fetchall())
            assert rows == [(5,)]

    play(scenario)


def test_a_log_made_anew_knows_them_as_well(tmp_path: Path) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([by(ANN), by(BEN, "ann")])
        await log.append([by(BEN, answers=1)])
        await log.close()
        connection = sqlite3.connect(tmp_path / "hubbub.db", isolation_level=None)
        connection.text_factory = bytes
        rebuilt(connection, [], tmp_path)
        log = await SqliteLog.open(tmp_path, durability="process")
        assert await called(log) == [2, 3]
        await log.close()

    asyncio.run(scene())


@pytest.mark.parametrize("kept", sorted((FORMATS / "calls").glob("*.db")), ids=lambda one: one.stem)
def test_those_in_a_log_of_an_earlier_format_are_found(kept: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "log").mkdir()
        shutil.copy(kept, tmp_path / "log/hubbub.db")
        log = await SqliteLog.open(tmp_path / "log", durability="process")
        assert await called(log, "Ann", "1") == [4, 5, 6]
        await log.close()

    asyncio.run(scene())
