"""Facts in the SQLite log: their cost, kills, damage, and what else must leave them alone."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import NOTHING, Entry, Fact
from hubbub.log.damage import Damage
from hubbub.log.sqlite import SqliteLog, facts, lookups, removing
from hubbub.log.sqlite.portions import fill_portion
from hubbub.log.sqlite.writer import Writer
from tests.faults.damaging import damaged
from tests.log.drafts import all_of, fact, found, indexed, said, seqs, told, until

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

NOT_UTF8 = b'{"type":"fact","key":"b","value":"\xff"}'
KILLS = 3
COMMITS_BETWEEN_KILLS = 60


def statements_of(folder: Path, *batches: list[Entry]) -> list[str]:
    """Return the statements by which a writer commits the last of these batches."""
    writer = Writer(folder, "process")
    connection = writer.open()
    statements: list[str] = []
    for batch in batches:
        connection.set_trace_callback(statements.append)
        statements.clear()
        writer.commit(connection, batch)
    connection.close()
    # What triggers do is told as the statement that fired them, and FTS5 has some of its own.
    return [one for one in dict.fromkeys(statements) if not one.startswith("-- ")]


def test_a_batch_with_facts_takes_one_read_and_one_write(tmp_path: Path) -> None:
    first: list[Entry] = [said(), fact("a", 1)]
    batch: list[Entry] = [said(), fact("a", 2), fact("b", 3, expects=0), fact("a", NOTHING)]
    read, write = statements_of(tmp_path, first, batch)
    assert "FROM json_each" in read
    assert read.lstrip().startswith("SELECT")
    assert write.lstrip().startswith("INSERT INTO batches")


def test_a_batch_without_facts_takes_no_statement_for_them(tmp_path: Path) -> None:
    (write,) = statements_of(tmp_path, [fact("a", 1)], [said()])
    assert write.lstrip().startswith("INSERT INTO batches")


def test_the_file_does_not_grow_with_facts_that_are_replaced(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        def moved(seq: int) -> list[Entry]:
            return [fact(f"read/person-{number}/lobby", seq) for number in range(50)]

        async def rows_and_pages() -> tuple[int, int]:
            return await log._writing.run(
                lambda db: (
                    db.execute("SELECT count(*) FROM facts").fetchone()[0],
                    db.execute("SELECT page_count FROM pragma_page_count").fetchone()[0],
                )
            )

        for seq in range(1000, 1020):
            await log.append(moved(seq))
        rows, pages = await rows_and_pages()
        for seq in range(1020, 1200):
            await log.append(moved(seq))
        later, more_pages = await rows_and_pages()
        assert rows == later == 50
        assert more_pages <= pages + 4, "as many pages again would be a page for each commit"

    play_sqlite(scene)


def test_looking_up_facts_scans_no_table(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "process")
    connection = writer.open()
    asked, none = {"prefix": "read/"}, ("[]",)
    statements = (
        (facts.SEQS, none),
        (lookups.LOOK_UP, none),
        (lookups.LED_TO, (1, 1)),
        (lookups.GUESTS, (1,)),
        (facts.FACTS, asked),
        (facts.KEYS, asked),
    )
    for statement, values in statements:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        assert [step for *_, step in plan if step.startswith("SCAN facts")] == []
        assert [step for *_, step in plan if step.startswith("SEARCH facts")]
    connection.close()


def test_no_search_finds_a_fact(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([said("apple"), fact("person/a", {"name": "cherry"})])
        for number in range(30):  # seqs that no message has
            await log.append([fact("cherry", f"cherry {number}")])
        await log.append([said("banana")])
        await indexed(log)
        assert await found(log, "cherry") == []
        assert await found(log, "apple") == [2]
        assert await found(log, "banana") == [33]

    play_sqlite(scene)


def test_facts_alone_give_the_index_nothing_to_do(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        assert log._index is not None
        behind = log._index._behind
        await log.append([said()])
        await indexed(log)
        await until(lambda: asyncio.sleep(0, not behind.is_set()))
        await log.append([fact("a", 1)])
        assert not behind.is_set()
        await log.append([fact("a", 2), said()])
        assert behind.is_set()

    play_sqlite(scene)


def test_the_index_goes_on_behind_more_facts_than_a_portion_has_events(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.log.sqlite.portions.PORTION_EVENTS", 3)

    async def scene(log: SqliteLog) -> None:
        await log.append([said("apple")])
        for _ in range(5):
            await log.append([fact(str(number), number) for number in range(10)])
        await log.append([said("banana")])
        assert await found(log, "banana") == [52]
        await log.append([fact("a", 1), said("cherry")])
        assert await found(log, "apple") == [1]
        assert not len(log.damage)

    play_sqlite(scene)


def test_the_index_passes_over_any_number_of_facts_at_once(tmp_path: Path) -> None:
    writer, damage = Writer(tmp_path, "process"), Damage("a test")
    connection = writer.open()

    def portions() -> int:
        count = 1
        while fill_portion(writer, damage, connection):
            count += 1
        return count

    writer.commit(connection, [said("apple")])
    assert portions() == 1
    for _ in range(20):
        writer.commit(connection, [fact(str(number), number) for number in range(500)])
    assert portions() == 1, "to the end"
    for _ in range(20):
        writer.commit(connection, [fact(str(number), number) for number in range(500)])
    writer.commit(connection, [said("banana")])
    assert portions() == 1, "to the next message"
    assert connection.execute("SELECT seq FROM watermark").fetchone() == (writer.last,)
    assert not len(damage)
    connection.close()


def test_facts_stay_when_rooms_are_removed(play_sqlite: Play, tmp_path: Path) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([said(), fact("a", 1), said(room="den")])
        await log.append([fact("b", 2)])

    async def after(log: SqliteLog) -> None:
        assert told(await log.facts()) == [("a", 1, 1), ("b", 4, 2)]
        assert await log.append([fact("a", 3, expects=1)]) == [5]

    play_sqlite(before)
    with removing.opened(tmp_path / "log") as connection:
        assert {room.name for room in removing.sizes(connection)} == {"lobby", "den"}
        removing.remove(connection, ["lobby", "den"])
    play_sqlite(after)


# Damage.


async def spoil(log: SqliteLog, key: str, body: bytes = NOT_UTF8) -> None:
    statement = "UPDATE facts SET body = CAST(? AS TEXT) WHERE key = ?"
    await log._writing.run(lambda db: db.execute(statement, (body, key)))


@pytest.mark.parametrize("body", [NOT_UTF8, b"", b"[]", b"{", b'{"type":"fact"}'])
def test_a_damaged_fact_is_told_and_costs_no_other(play_sqlite: Play, body: bytes) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([fact(key, key, sender="id") for key in ("a", "b", "c")])
        await spoil(log, "b", body)
        assert told(await log.facts()) == [("a", 1, "a"), ("b", 2, None), ("c", 3, "c")]
        assert len(log.damage) == 1
        assert (await log.facts("b"))[0].clears
        assert len(log.damage) == 1, "each is told once"
        assert told(await log.facts("c")) == [("c", 3, "c")]

    play_sqlite(scene)


def test_a_damaged_fact_still_stands_and_may_be_replaced(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([fact("a", 1), fact("b", 2)])
        await spoil(log, "b")
        await log.append([fact("b", "another's", expects=0)])
        assert told(await log.facts()) == [("a", 1, 1), ("b", 2, None)]
        await log.append([fact("b", "its own", expects=2)])
        assert told(await log.facts()) == [("a", 1, 1), ("b", 4, "its own")]

    play_sqlite(scene)


def test_a_letter_that_became_another_is_not_taken_for_a_fact(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([fact("a", "ann"), fact("b", "bob"), fact("c", "cat")])
        change = "UPDATE facts SET body = replace(body, 'ann', 'eve')"
        await log._writing.run(lambda db: db.execute(change))
        assert told(await log.facts()) == [("a", 1, None), ("b", 2, "bob"), ("c", 3, "cat")]
        change = "UPDATE facts SET key = 'd' WHERE key = 'b'"
        await log._writing.run(lambda db: db.execute(change))
        assert told(await log.facts()) == [("a", 1, None), ("b", 2, "bob"), ("c", 3, "cat")]
        assert len(log.damage) == 2

    play_sqlite(scene)


def test_a_log_whose_newest_fact_cannot_be_known_is_not_written(
    play_sqlite: Play, tmp_path: Path
) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([fact("a", 1), fact("b", 2)])
        await log._writing.run(
            lambda db: db.executescript(
                "PRAGMA writable_schema = ON;"
                "UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE', '') "
                "WHERE name = 'facts_by_key';"
            )
        )

    play_sqlite(before)
    with pytest.raises(LogError, match="hubbub check"):
        asyncio.run(SqliteLog.open(tmp_path / "log", durability="process"))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_damaged_each_fact_is_right_or_told_to_be_missing(
    play_sqlite: Play, tmp_path: Path, seed: int
) -> None:
    right: dict[str, Fact] = {}

    async def before(log: SqliteLog) -> None:
        for batch in range(10):
            keys = [f"{kind}/{batch}-{number}" for kind in ("name", "read") for number in range(20)]
            await log.append([fact(key, "value " * (len(key) % 7)) for key in keys])
        right.update({one.key: one for one in await log.facts()})

    async def after(log: SqliteLog) -> None:
        standing = await log.facts()
        for one in standing:
            assert one == right.get(one.key) or (one.clears and len(log.damage)), one.key
        assert {one.key for one in standing} == set(right) or len(log.damage)

    play_sqlite(before)
    path = tmp_path / "log" / "hubbub.db"
    path.write_bytes(damaged(path.read_bytes(), seed))
    with suppress(LogError):  # a sentence says that nothing can be read
        play_sqlite(after)


# Kills.

# Never ends by itself; a line for each commit. Each moves all counters, or none.
COUNTING = """
import asyncio, sys
from pathlib import Path
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import fact, said

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]), durability="process")
    stands = {one.key: one.seq for one in await log.facts()}
    while True:
        keys = [f"counter/{number}" for number in range(20)]
        batch = [fact(key, "next", expects=stands.get(key, 0)) for key in keys]
        batch += [fact(key, "too late", expects=stands.get(key, 0)) for key in keys]
        await log.append([said(), *batch])
        stands = {one.key: one.seq for one in batch[:20]}
        print("committed", flush=True)

asyncio.run(main())
"""


def count_until_killed(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COUNTING, folder],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        for _ in range(COMMITS_BETWEEN_KILLS):
            assert child.stdout.readline() == b"committed\n"
        child.kill()


def test_what_stands_after_kills_is_of_one_commit(play_sqlite: Play, tmp_path: Path) -> None:
    commits = 0

    async def whole(log: SqliteLog) -> None:
        nonlocal commits
        standing = await log.facts()
        assert {one.key for one in standing} == {f"counter/{number}" for number in range(20)}
        assert {bytes(one.value) for one in standing} == {b'"next"'}
        first = min(seqs(standing))
        assert sorted(seqs(standing)) == list(range(first, first + 20))
        said = await all_of(log, "lobby")
        assert said[-1].seq == first + 40, "of the same commit, which has 41 events"
        assert len(said) >= commits + COMMITS_BETWEEN_KILLS
        commits = len(said)
        draft = fact("new", 1)
        assert await log.append([draft]) == [first + 41]
        assert draft.prev == first + 39
        await log.append([fact("new", NOTHING)])

    for _ in range(KILLS):
        count_until_killed(tmp_path / "log")
        play_sqlite(whole)
