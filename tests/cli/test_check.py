"""`hubbub check` reads everything, and says what is whole, repairs it, and saves the rest."""

import asyncio
import json
import random
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import NOTHING, AnyLogged, Message, Stretch
from hubbub.chat.queries import PageQuery
from hubbub.log.sqlite import SqliteLog
from tests.cli.commands import hubbub
from tests.faults.damaging import PAGE_BYTES, damaged
from tests.log.drafts import (
    NOON,
    all_of,
    deleted,
    edited,
    fact,
    found,
    indexed,
    reacted,
    said,
    seqs,
    titled,
    told,
)
from tests.log.killed import killed

FORMATS = Path(__file__).parents[1] / "log" / "formats"


async def fill(folder: Path) -> None:
    log = await SqliteLog.open(folder, durability="process")
    for number in range(5):
        await log.append([said(f"{number} a"), said(f"{number} b"), said(room="den")])
    await log.append([edited(1, "edited"), deleted(2), reacted(4, "👍"), titled("t")])
    await log.append([said("a nonce", nonce="n")])
    await indexed(log)
    await log.close()


async def read(folder: Path, room: str = "lobby") -> list[AnyLogged]:
    log = await SqliteLog.open(folder, durability="process")
    try:
        return await all_of(log, room)
    finally:
        await log.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log of some rooms."""
    asyncio.run(fill(tmp_path / "log"))
    return tmp_path / "log"


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "hubbub.db", isolation_level=None)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute(statement)


def test_a_whole_log_is_called_whole(folder: Path) -> None:
    done = hubbub("check", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first.startswith(f"The log in {folder}: 20 events in 2 rooms, 16 of them messages; ")
    assert second == "It is whole."


def test_what_is_missing_is_said(folder: Path) -> None:
    change(folder, "UPDATE segments SET body = replace(body, '2 b', '3 b')")
    change(folder, "UPDATE segments SET body = 'x' WHERE last = 15")
    done = hubbub("check", str(folder))
    assert done.returncode == 1
    assert "The room lobby lacks what had a seq from 6 to 8: " in done.stdout
    assert "The room den lacks what had a seq from 13 to 15: " in done.stdout
    assert "--export" in done.stdout
    assert "--repair" in done.stdout


def test_a_damaged_index_and_a_damaged_structure_are_said(folder: Path) -> None:
    change(folder, "UPDATE search_data SET block = x'ffffffffffff' WHERE id > 10")
    assert "The search index is damaged: " in hubbub("check", str(folder)).stdout
    change(folder, "DELETE FROM search_data WHERE id > 10")
    assert "The search index is damaged: " in hubbub("check", str(folder)).stdout
    change(folder, "DELETE FROM sqlite_schema WHERE name = 'segments_by_room'")
    assert "The file's structure is damaged: " in hubbub("check", str(folder)).stdout


def test_messages_that_a_search_would_not_find_are_counted(folder: Path) -> None:
    change(folder, "INSERT INTO search (search) VALUES ('delete-all')")  # well-formed, and empty
    done = hubbub("check", str(folder))
    assert done.returncode == 1
    assert "The search index is damaged: it does not find 15 messages by their words" in done.stdout
    assert hubbub("check", str(folder), "--repair").returncode == 0
    assert "It is whole." in hubbub("check", str(folder)).stdout


def test_the_rest_is_exported_in_order_with_marks_where_something_is_missing(
    folder: Path, tmp_path: Path
) -> None:
    change(folder, "UPDATE segments SET body = 'x' WHERE last = 8")
    done = hubbub("check", str(folder), "--export", str(tmp_path / "rest"))
    assert done.returncode == 1
    events = [json.loads(line) for line in (tmp_path / "rest").read_text("utf-8").splitlines()]
    assert [event.get("seq") for event in events] == [*range(1, 7), 9, None, *range(10, 21)]
    assert events[7] == {"type": "missing", "room": "lobby", "after": 5, "upto": 8}
    assert events[0]["text"] == "edited"
    assert events[1]["deleted"]


def test_a_repaired_log_has_all_that_could_be_read_and_goes_on(folder: Path) -> None:
    before = asyncio.run(read(folder))
    change(folder, "UPDATE segments SET body = 'x' WHERE last = 8")
    change(folder, "UPDATE segments SET body = 'x' WHERE last = 15")  # the end of its room
    change(folder, "DELETE FROM sqlite_schema WHERE name IN ('segments_by_room', 'heads')")
    with pytest.raises(LogError, match="hubbub check"):
        asyncio.run(read(folder))
    done = hubbub("check", str(folder), "--repair")
    assert done.returncode == 0
    assert (folder / "hubbub.db.damaged-1").exists()

    async def scene() -> None:
        log = await SqliteLog.open(folder, durability="process")
        assert await all_of(log, "lobby") == [one for one in before if one.seq not in {7, 8}]
        assert seqs(await all_of(log, "den")) == [3, 6, 9, 12]
        page = await log.page(PageQuery(room="lobby", limit=50))
        assert page.messages[2].reactions == {"👍": ["bob"]}
        assert await found(log, "edited") == [1]
        assert await log.append([said("again", nonce="n"), said("new")]) == [20, 21]
        assert next(one.topic for one in await log.heads() if one.room == "lobby") == "t"
        assert len(await log.epochs()) >= 3
        await log.close()

    asyncio.run(scene())


def test_a_repaired_log_is_not_repaired_again(folder: Path) -> None:
    """What is missing is gone for good, and all that the new file holds can be read."""
    change(folder, "UPDATE segments SET body = 'x' WHERE last IN (8, 15)")
    assert "with --repair" in hubbub("check", str(folder)).stdout
    assert hubbub("check", str(folder), "--repair").returncode == 0
    for options in ([], ["--repair"]):
        done = hubbub("check", str(folder), *options)
        assert done.returncode == 0, "nothing is damaged that nobody has dealt with"
        assert "This was missing when the log was made anew" in done.stdout
        assert "The room den lacks what had a seq from 13 to 15: " in done.stdout
        assert done.stdout.endswith("All else is whole.\n")
    assert not (folder / "hubbub.db.damaged-2").exists()


def test_a_repaired_log_that_is_damaged_again_is_damaged(folder: Path) -> None:
    change(folder, "UPDATE segments SET body = 'x' WHERE last IN (8, 15)")
    assert hubbub("check", str(folder), "--repair").returncode == 0
    change(folder, "UPDATE segments SET body = 'x' WHERE last IN (6, 14)")
    done = hubbub("check", str(folder))
    assert done.returncode == 1
    known, new = done.stdout.split("The room den lacks what had a seq from 4 to 6: ")
    assert "den lacks what had a seq from 13 to 15" in known
    assert "lobby lacks what had a seq from 12 to 14" in new

    async def places() -> list[Stretch]:
        log = await SqliteLog.open(folder, durability="process")
        for room in ("lobby", "den"):
            await all_of(log, room)
        assert len(log.damage) == 2
        await log.close()
        return log.damage.within("lobby", 0, 99)

    assert asyncio.run(places()) == [Stretch(5, 8), Stretch(11, 14)]
    assert hubbub("check", str(folder), "--repair").returncode == 0
    assert hubbub("check", str(folder)).returncode == 0


def test_rows_that_are_gone_are_dealt_with_by_a_repair(folder: Path) -> None:
    change(folder, "DELETE FROM segments WHERE last IN (8, 15)")
    assert hubbub("check", str(folder)).returncode == 1
    assert hubbub("check", str(folder), "--repair").returncode == 0
    assert hubbub("check", str(folder)).returncode == 0


def test_no_seq_is_given_twice_after_a_repair(tmp_path: Path) -> None:
    async def fill_den() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([said()])
        await log.append([said(room="den")])
        await log.close()

    async def go_on() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        assert await all_of(log, "den") == []
        assert await log.append([said("new", room="den")]) == [3]
        assert [one.prev for one in await all_of(log, "den")] == [2]
        await log.close()

    asyncio.run(fill_den())
    change(tmp_path, "UPDATE segments SET body = 'x' WHERE last = 2")
    assert hubbub("check", str(tmp_path), "--repair").returncode == 0
    asyncio.run(go_on())


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_damaged_the_rest_is_saved_or_a_sentence_says_that_there_is_none(
    folder: Path, seed: int
) -> None:
    before = {one.seq: one for one in asyncio.run(read(folder)) if isinstance(one, Message)}
    path = folder / "hubbub.db"
    path.write_bytes(damaged(path.read_bytes(), random.Random(seed).randrange(10_000)))
    done = hubbub("check", str(folder), "--repair")
    if done.returncode:
        assert done.stderr.count("\n") == 1, done.stderr
        assert done.stderr.endswith(".\n")
        return
    for one in asyncio.run(read(folder)):
        assert not isinstance(one, Message) or one == before[one.seq]
    assert hubbub("check", str(folder)).returncode in {0, 1}


def test_an_older_format_can_be_checked(tmp_path: Path) -> None:
    shutil.copy(FORMATS / "3" / "hubbub.db", tmp_path)
    done = hubbub("check", str(tmp_path))
    assert "format 3" in done.stdout
    assert "It is whole." in done.stdout


def test_where_there_is_nothing_to_check_a_sentence_says_so(tmp_path: Path) -> None:
    for place, words in ((tmp_path / "none", "no folder"), (tmp_path, "no log")):
        done = hubbub("check", str(place))
        assert done.returncode == 1
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
    (tmp_path / "hubbub.db").write_bytes(b"dear diary " * 1000)
    assert "Nothing can be read" in hubbub("check", str(tmp_path)).stderr


def test_a_folder_in_use_is_not_checked(folder: Path) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(folder, durability="process")
        done = await asyncio.to_thread(hubbub, "check", str(folder))
        assert "in use by another hubbub server" in done.stderr
        await log.close()

    asyncio.run(scene())


@pytest.mark.parametrize("command", ["check", "rooms"])
@pytest.mark.parametrize("what", ["empty", "gone", "older"])
def test_what_does_not_belong_together_is_said_and_left_as_it_is(
    tmp_path: Path, what: str, command: str
) -> None:
    """SQLite would delete what is beside an empty file, or play it back into an older one."""
    asyncio.run(fill(tmp_path / "log"))
    older = (tmp_path / "log" / "hubbub.db").read_bytes()
    folder = asyncio.run(killed(tmp_path / "log", runs=2, checkpoints=1))
    path, beside = folder / "hubbub.db", folder / "hubbub.db-wal"
    whole, before = path.read_bytes(), beside.read_bytes()
    path.unlink()
    if what != "gone":
        path.write_bytes(older if what == "older" else b"")
    done = hubbub(command, str(folder), *(["--repair"] if command == "check" else []))
    assert (done.returncode, done.stdout) == (1, "")
    assert ("of another time" if what == "older" else "is empty or gone") in done.stderr
    assert beside.read_bytes() == before
    path.write_bytes(whole)
    assert "It is whole." in hubbub("check", str(folder)).stdout


def test_a_file_that_was_emptied_is_said_by_whatever_looks_at_it(folder: Path) -> None:
    (folder / "hubbub.db").write_bytes(b"")
    for command in ("check", "rooms", "check"):
        done = hubbub(command, str(folder))
        assert done.returncode == 1
        assert "is empty, and was not" in done.stderr
    assert (folder / "hubbub.db").stat().st_size == 0


def test_that_a_killed_servers_newest_messages_are_gone_is_said_until_it_is_repaired(
    tmp_path: Path,
) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2, checkpoints=1))
    (folder / "hubbub.db-wal").unlink()
    assert hubbub("rooms", str(folder)).returncode == 0
    for options in ([], ["--repair"]):
        done = hubbub("check", str(folder), *options)
        assert "The newest messages may be missing: " in done.stdout
        assert done.returncode == (0 if options else 1)
    assert "It is whole." in hubbub("check", str(folder)).stdout


@pytest.mark.parametrize("command", ["check", "rooms"])
def test_that_a_write_ahead_log_cannot_be_read_is_said_to_whoever_looks_next(
    tmp_path: Path, command: str
) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    path = folder / "hubbub.db-wal"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    first = hubbub(command, str(folder))
    if command == "check":
        assert first.returncode == 1
        assert "not all in its hubbub.db-wal can be read" in first.stdout
    assert "The newest messages may be missing: " in hubbub("check", str(folder)).stdout

    async def serve() -> None:
        log = await SqliteLog.open(folder, durability="process")
        assert len(log.damage) == 1
        await log.close()

    asyncio.run(serve())
    assert "It is whole." in hubbub("check", str(folder)).stdout


def test_one_message_that_is_missing_is_told_by_its_seq(folder: Path) -> None:
    change(folder, "UPDATE segments SET body = 'x' WHERE last = 20")
    assert "The room lobby lacks what had the seq 20: " in hubbub("check", str(folder)).stdout


def exported(folder: Path) -> set[int]:
    """Return the seqs that can be exported."""
    rest = folder / "rest"
    hubbub("check", str(folder), "--export", str(rest))
    events = map(json.loads, rest.read_text("utf-8").splitlines())
    return {event["seq"] for event in events if event["type"] != "missing"}


def give_a_greater_key(folder: Path, text: bytes, key: int) -> None:
    """Let the disk change the key of the row that holds `text`, a small one, where it stands."""
    path = folder / "hubbub.db"
    data = bytearray(path.read_bytes())
    page = data.index(text) // PAGE_BYTES * PAGE_BYTES
    (count,) = struct.unpack_from(">H", data, page + 3)
    cells = [page + at for at in struct.unpack_from(f">{count}H", data, page + 8)]
    cell = max(at for at in cells if at < data.index(text))
    at = cell + (2 if data[cell] & 0x80 else 1)  # behind the length of the row
    assert data[at] == key
    data[at] = 0x7F
    path.write_bytes(data)


def test_a_damaged_key_costs_no_more_than_its_row(folder: Path) -> None:
    """It leads beyond all that stands behind it."""
    give_a_greater_key(folder, b'"text":"1 a"', 5)
    assert exported(folder) == set(range(1, 21)) - {4, 5}


def test_a_row_with_nothing_in_it_costs_no_more_than_itself(folder: Path) -> None:
    """A bit in the head of a row can turn any of its fields into NULL."""
    change(
        folder,
        "UPDATE sqlite_schema SET sql = replace(sql, 'body TEXT NOT NULL', 'body TEXT') "
        "WHERE name = 'segments'",
    )
    change(folder, "UPDATE segments SET body = NULL WHERE last = 5")
    assert exported(folder) == set(range(1, 21)) - {4, 5}


async def fill_with_facts(folder: Path) -> None:
    log = await SqliteLog.open(folder, durability="process")
    await log.append([said(), *(fact(key, key) for key in "abcd")])
    for number in range(6):  # far from the others
        await log.append([said(f"{number}"), fact("d", number)])
    await log.append([fact("e", "gone"), fact("e", NOTHING)])
    await log.close()


def test_facts_are_counted_and_exported_behind_all_else(tmp_path: Path) -> None:
    asyncio.run(fill_with_facts(tmp_path / "log"))
    done = hubbub("check", str(tmp_path / "log"), "--export", str(tmp_path / "rest"))
    assert done.returncode == 0
    assert "7 of them messages, and 4 facts about people and rooms; " in done.stdout
    events = [json.loads(line) for line in (tmp_path / "rest").read_text("utf-8").splitlines()]
    assert [event["seq"] for event in events] == [5, 7, 9, 11, 13, 15, 17, 1, 2, 3, 16]
    assert events[-1] == {
        "type": "fact", "seq": 16, "prev": 14, "from": "", "at": NOON, "key": "d", "value": 5,
    }  # fmt: skip


def test_a_damaged_fact_is_said_and_costs_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    asyncio.run(fill_with_facts(folder))
    change(folder, "UPDATE facts SET body = replace(body, '\"b\"', '\"x\"') WHERE key = 'b'")
    change(folder, "UPDATE facts SET body = 'x' WHERE key = 'd'")
    done = hubbub("check", str(folder))
    assert done.returncode == 1
    assert "The fact 'b' cannot be read.\nThe fact 'd' cannot be read.\n" in done.stdout
    assert hubbub("check", str(folder), "--repair").returncode == 0
    assert "It is whole." in hubbub("check", str(folder)).stdout

    async def scene() -> None:
        log = await SqliteLog.open(folder, durability="process")
        assert told(await log.facts()) == [("a", 1, "a"), ("c", 3, "c")]
        assert len(await all_of(log, "lobby")) == 7
        draft = fact("b", "new", expects=0)
        assert await log.append([draft]) == [20]
        assert draft.prev == 19
        await log.close()

    asyncio.run(scene())


def test_a_fact_is_found_though_the_index_of_the_keys_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    asyncio.run(fill_with_facts(folder))
    change(folder, "DELETE FROM sqlite_schema WHERE name = 'facts_by_key'")
    assert "The file's structure is damaged: " in hubbub("check", str(folder)).stdout
    assert hubbub("check", str(folder), "--repair").returncode == 0

    async def scene() -> None:
        log = await SqliteLog.open(folder, durability="process")
        assert [one.key for one in await log.facts()] == ["a", "b", "c", "d"]
        assert await log.append([said()]) == [20]
        await log.close()

    asyncio.run(scene())
