"""A room that is removed while the log is open leaves its files, too, and commits do not wait."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from hubbub.chat.events import Deleted, Message
from hubbub.chat.queries import PageQuery
from hubbub.log.sqlite import SqliteLog, index, removing
from hubbub.log.sqlite.around import Around
from hubbub.log.sqlite.rebuilding import rebuilt
from hubbub.log.sqlite.survey import opened as read_only
from hubbub.log.sqlite.survey import surveyed
from tests.log.drafts import all_of, deleted, edited, found, indexed, said, seqs, until
from tests.log.test_removing import gone
from tests.log.test_sqlite_scrubbing import secret, traces, until_gone

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]
NEVER = 3600.0


@pytest.fixture
def scrubbing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(index, "RETRY_SECONDS", 0.002)
    monkeypatch.setattr(removing, "STEP_ROWS", 3)


async def talk(log: SqliteLog, rounds: int = 10) -> list[str]:
    """Talk in the den and the lobby, turn by turn; return what no file may hold later."""
    for number in range(rounds):
        await log.append([said(secret(number), room="den"), said(f"lobby {number}")])
    await log.append([edited(1, secret(99), room="den"), deleted(3, room="den")])
    return [secret(number) for number in (*range(rounds), 99)]


async def is_cleared(log: SqliteLog) -> bool:
    left = "SELECT (SELECT count(*) FROM going), (SELECT count(*) FROM rooms WHERE name GLOB ?)"
    return await log._writing.run(lambda db: db.execute(left, ("\n*",)).fetchone() == (0, 0))


async def check_index(log: SqliteLog) -> None:
    check = "INSERT INTO search (search) VALUES ('integrity-check')"
    await log._writing.run(lambda db: db.execute(check))


@pytest.mark.usefixtures("scrubbing_at_once")
@pytest.mark.parametrize("is_indexed", [False, True], ids=["not indexed", "indexed"])
def test_all_that_was_said_in_a_removed_room_leaves_the_files(
    play_sqlite: Play, tmp_path: Path, *, is_indexed: bool
) -> None:
    folder = tmp_path / "log"

    async def scenario(log: SqliteLog) -> None:
        texts = await talk(log)
        if is_indexed:
            await indexed(log)
        lobby = await all_of(log, "lobby")
        await log.append([gone("den")])
        await until_gone(folder, *texts)
        await until(lambda: is_cleared(log))
        await indexed(log)
        assert await all_of(log, "lobby") == lobby
        assert await found(log, "lobby 7") == [16]
        await check_index(log)
        assert not any(traces(folder, text) for text in texts)

    play_sqlite(scenario)
    with read_only(folder) as connection:
        survey = surveyed(connection)
    assert survey.is_whole
    assert set(survey.ends) == {"lobby"}


@pytest.mark.usefixtures("scrubbing_at_once")
@pytest.mark.parametrize("is_gone", [False, True], ids=["going", "gone"])
def test_what_is_behind_a_large_removed_room_is_read_when_the_log_is_checked(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_gone: bool
) -> None:
    """What is left of its rows looks like damage, and is longer than all that follows."""
    if not is_gone:
        monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", NEVER)

    async def scenario(log: SqliteLog) -> None:
        await log.append([said(f"den {number}", room="den") for number in range(600)])
        await log.append([gone("den")])
        if is_gone:
            await until(lambda: is_cleared(log))
        await log.append([said("lobby 1"), said("lobby 2")])

    play_sqlite(scenario)
    with read_only(tmp_path / "log") as connection:
        survey = surveyed(connection)
    assert survey.is_whole
    assert (survey.events, survey.messages) == (2, 2)


@pytest.mark.usefixtures("scrubbing_at_once")
def test_a_room_goes_while_another_of_its_name_is_used(play_sqlite: Play, tmp_path: Path) -> None:
    async def scenario(log: SqliteLog) -> None:
        texts = await talk(log)
        await indexed(log)
        await log.append([gone("den"), said("new word", room="den", nonce="n")])
        while not await is_cleared(log):
            await log.append([said("more", room="den"), said("more")])
        await until_gone(tmp_path / "log", *texts)
        den = await all_of(log, "den")
        assert den[0].prev == 0
        assert await found(log, "new word") == [den[0].seq]
        assert await found(log, "more", room="den", limit=200) == seqs(den[1:])[-200:]
        assert await log.append([said("new word", room="den", nonce="n")]) == [den[0].seq]
        await check_index(log)

    play_sqlite(scenario)


def test_commits_go_on_between_the_steps(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "STEP_ROWS", 2)
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", NEVER)
    steps = 0
    taken = removing._take

    def counting(step: removing.Step, connection: sqlite3.Connection) -> None:
        nonlocal steps
        steps += 1
        assert len(step.rows) <= 2
        taken(step, connection)

    monkeypatch.setattr(removing, "_take", counting)

    async def scenario(log: SqliteLog) -> None:
        await talk(log, 20)
        await log.append([gone("den")])
        between = []
        while not await is_cleared(log):
            before = steps
            await log.append([said("meanwhile")])
            between.append(steps - before)
        assert steps > 10
        assert max(between) <= 2  # the one that ran, and the one asked for when it ended

    play_sqlite(scenario)


def test_nothing_of_the_room_is_found_before_it_is_cleared(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_index: index.Index) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(index.Index, "_clear", never)

    async def scenario(log: SqliteLog) -> None:
        for number in range(60):
            await log.append([said(f"word {number}", room="den"), said(f"word {number}")])
        await indexed(log)
        await log.append([gone("den")])
        await log.append([said("word", room="den")])
        newest = await found(log, "word", limit=5)
        assert newest == [114, 116, 118, 120, 122]
        assert await found(log, "word 7") == [16]
        await log._index.make_anew() if log._index else None
        assert await found(log, "word", limit=5) == newest

    play_sqlite(scenario)


KILLED_WHILE_REMOVING = """
import asyncio, sys
from pathlib import Path
from hubbub.log.sqlite import SqliteLog, index, removing
from tests.log.drafts import indexed, said
from tests.log.test_removing import gone
from tests.log.test_sqlite_removed import talk

removing.STEP_ROWS = 1
index.SCRUB_AFTER_SECONDS = 3600.0

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]), durability="process")
    await talk(log, 90)
    await indexed(log)
    await log.append([gone("den")])
    print("removed", flush=True)
    while True:
        await log.append([said("meanwhile"), said("new", room="den")])
        print("committed", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("commits", [0, 3, 40])
def test_a_server_killed_while_a_room_goes_finishes_at_its_next_start(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    folder = tmp_path / "log"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WHILE_REMOVING, folder],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"removed\n"
        for _ in range(commits):
            assert child.stdout.readline() == b"committed\n"
        child.kill()
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(index, "RETRY_SECONDS", 0.002)

    async def reopened(log: SqliteLog) -> None:
        den = await all_of(log, "den")
        assert all(isinstance(event, Message) and event.text == "new" for event in den)
        assert len(den) >= commits
        assert len(await found(log, "lobby 7")) >= 1
        await until(lambda: is_cleared(log))
        await until_gone(folder, *map(secret, (*range(90), 99)))
        assert await all_of(log, "den") == den
        await check_index(log)
        await log.append([said("new", room="den")])

    play_sqlite(reopened)
    with read_only(folder) as connection:
        assert surveyed(connection).is_whole


@pytest.mark.usefixtures("scrubbing_at_once")
def test_no_text_of_another_room_is_left_where_a_removed_one_stood(
    play_sqlite: Play, tmp_path: Path
) -> None:
    """If rows went, SQLite would move their neighbours, and leave copies that nothing removes."""
    chance = random.Random(0)

    def text() -> str:
        return f"<{chance.getrandbits(64):016x}>" + "x" * chance.choice([0, 10, 300, 3000, 20_000])

    async def scenario(log: SqliteLog) -> None:
        texts: dict[int, str] = {}
        for _ in range(150):
            batch = [said(text(), room=chance.choice(["den", "lobby"])) for _ in range(4)]
            await log.append(batch)
            texts |= {one.seq: one.text[:18] for one in batch}
        lobby = [event for event in await all_of(log, "lobby") if not isinstance(event, Deleted)]
        await log.append([gone("den")])
        await until(lambda: is_cleared(log))
        await log.append([deleted(event.seq) for event in lobby])
        folder = tmp_path / "log"

        async def is_clean() -> bool:
            held = b"".join(file.read_bytes() for file in folder.iterdir())
            return not any(one.encode() in held for one in texts.values())

        await until(is_clean)

    play_sqlite(scenario)


def test_a_log_is_looked_through_and_made_anew_while_a_room_goes(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_index: index.Index) -> None:
        await asyncio.Event().wait()

    folder = tmp_path / "log"

    async def scenario(log: SqliteLog) -> None:
        await talk(log)
        await indexed(log)
        await log.append([gone("den")])
        await log.append([said("new", room="den"), said("new")])

    with monkeypatch.context() as patched:
        patched.setattr(index.Index, "_clear", never)
        play_sqlite(scenario)
    with read_only(folder) as connection:
        survey = surveyed(connection)
        assert survey.is_whole
        assert survey.messages == 12
        rebuilt(connection, [], folder)

    async def reopened(log: SqliteLog) -> None:
        assert seqs(await all_of(log, "den")) == [24]
        assert len(await all_of(log, "lobby")) == 11
        assert {one.room: one.removed for one in await log.heads()} == {"den": 22, "lobby": 0}
        assert await found(log, "new") == [24, 25]

    play_sqlite(reopened)
    left = [file.read_bytes() for file in folder.iterdir() if "damaged" not in file.name]
    assert not any(secret(7).encode() in one for one in left)


def test_a_room_that_goes_while_it_is_read_is_not_taken_for_damaged(play_sqlite: Play) -> None:
    async def scenario(log: SqliteLog) -> None:
        await talk(log)
        end = log._writer.tail("den")
        assert end == 22
        await log.append([gone("den")])
        read = partial(Around.backlog, room="den", after=5, bytes_max=9, end=end)
        assert await log._reading.run(lambda db: read(Around(db, log.damage))) == []
        assert len(log.damage) == 0

    play_sqlite(scenario)


def test_what_was_damaged_in_a_room_that_went_is_not_missing_in_the_next_one(
    play_sqlite: Play,
) -> None:
    async def scenario(log: SqliteLog) -> None:
        async def is_whole() -> bool:
            return len(log.damage) == 0

        await talk(log)
        await log._writing.run(
            lambda db: db.execute("UPDATE segments SET body = '[x]' WHERE last = 5")
        )
        assert (await log.page(PageQuery(room="den"))).missing
        assert len(log.damage) == 1
        await log.append([gone("den"), said("new", room="den")])
        assert (await log.page(PageQuery(room="den"))).missing == []
        await until(is_whole)  # the index is made anew, if what it cannot forget was seen

    play_sqlite(scenario)
