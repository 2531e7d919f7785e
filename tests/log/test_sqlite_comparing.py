"""The search index is compared with the log: what FTS5 does not notice is found, and cured."""

import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.names import direct_room
from hubbub.chat.queries import SearchQuery
from hubbub.log.sqlite import SqliteLog, portions, watch
from hubbub.log.sqlite.comparing import compare_window
from hubbub.log.sqlite.failures import Unsound
from hubbub.log.sqlite.reader import open_to_read
from hubbub.log.sqlite.search import read_walk
from tests.inputs.alphabets import UNITS
from tests.log.drafts import (
    ALL_WINDOWS,
    compared,
    deleted,
    edited,
    found,
    indexed,
    said,
    until,
)
from tests.log.test_removing import gone

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

WORDS = [
    *("apple", "banana", "cherry", "damson", "elder", "fig", "grape", "hazel", "iris", "juniper"),
    *("kiwi", "lemon", "mango", "nut", "olive", "pear", "quince", "rowan", "sloe", "thyme"),
]
MESSAGES = 300
FLIPS = 150


async def fill(log: SqliteLog) -> None:
    """Say what is about as random as what people say, and change some of it."""
    choose = random.Random(7)
    for start in range(0, MESSAGES, 30):
        texts = [" ".join(choose.sample(WORDS, 5)) + f" {n}" for n in range(start, start + 30)]
        await log.append([said(text, room=choose.choice(["lobby", "den"])) for text in texts])
    await log.append([edited(3, "altered"), deleted(5)])
    await indexed(log)


def lines(folder: Path) -> list[tuple[str, tuple[object, ...], bytes]]:
    """Return the rows of the index, by the statement and key that change them."""
    with closing(sqlite3.connect(folder / "hubbub.db")) as file:
        data = file.execute("SELECT id, block FROM search_data WHERE id > 1").fetchall()
        index = file.execute("SELECT segid, pgno, term FROM search_idx").fetchall()
    return [
        *(("UPDATE search_data SET block = ? WHERE id = ?", (id_,), block) for id_, block in data),
        *(
            ("UPDATE search_idx SET term = ? WHERE segid = ? AND pgno = ?", key, term)
            for *key, term in index
        ),
    ]


def flip(folder: Path, choose: random.Random) -> Callable[[], None]:
    """Change one bit of the index, as a disk does; return what changes it back."""
    statement, key, before = choose.choice(
        [row for row in lines(folder) for _ in range(1 + len(row[2]) // 64) if row[2]]
    )
    after = bytearray(before)
    after[choose.randrange(len(after))] ^= 1 << choose.randrange(8)

    def write(content: bytes) -> None:
        with closing(sqlite3.connect(folder / "hubbub.db")) as file, file:
            file.execute(statement, (content, *key))

    write(bytes(after))
    return lambda: write(before)


def reopened(folder: Path) -> sqlite3.Connection:
    """Return a connection that remembers nothing."""
    return open_to_read(folder, "process")


def is_noticed(folder: Path) -> bool:
    """Return whether the index is found damaged."""
    after: int | None = 0
    try:
        with closing(reopened(folder)) as connection:
            while after is not None:
                after = compare_window(connection, after)
    except (sqlite3.DatabaseError, Unsound):
        return True
    return False


def all_found(folder: Path) -> list[list[int]]:
    """Return what is found by each word."""
    asked = [SearchQuery(words=f'"{word}"', limit=MESSAGES) for word in [*WORDS, "altered", "7"]]
    with closing(reopened(folder)) as connection:
        return [read_walk(connection, query, ALL_WINDOWS).seqs for query in asked]


def test_whatever_bit_of_the_index_flips_either_it_is_noticed_or_all_is_found(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "WINDOW_WORDS", 256)
    play_sqlite(fill)
    folder, choose, noticed = tmp_path / "log", random.Random(11), 0
    right = all_found(folder)
    assert not is_noticed(folder)
    for _ in range(FLIPS):
        change_back = flip(folder, choose)
        if is_noticed(folder):
            noticed += 1
        else:
            assert all_found(folder) == right
        change_back()
    assert not is_noticed(folder)
    assert noticed > FLIPS / 2


def test_an_index_with_another_letter_is_told_once_and_made_anew_while_people_talk(
    play_sqlite: Play,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    play_sqlite(fill)
    # `sloe` becomes `slof`: nobody would find the one, and nobody would know.
    with closing(sqlite3.connect(tmp_path / "log" / "hubbub.db")) as file, file:
        file.execute(
            "UPDATE search_data SET block = CAST(replace(block, 'loe', 'lof') AS BLOB) "
            "WHERE instr(block, 'loe')"
        )
        assert file.execute("SELECT changes()").fetchone() != (0,)

    async def misses(log: SqliteLog) -> None:
        assert await found(log, "sloe", limit=MESSAGES) == []

    async def heals(log: SqliteLog) -> None:
        async def is_mended() -> bool:
            await log.append([said("goes on")])
            return log.damage.times_mended == 1

        await until(is_mended)
        assert len(log.damage) == 0
        assert len(await found(log, "sloe", limit=MESSAGES)) > 9
        assert await compared(log) == 1

    play_sqlite(misses)
    monkeypatch.setattr(watch, "READ_AFTER_SECONDS", 0)
    monkeypatch.setattr(watch, "AGAIN_AFTER_SECONDS", 0)
    with caplog.at_level(logging.WARNING):
        play_sqlite(heals)
    assert caplog.text.count("is damaged: the search index, which is being made anew") == 1
    assert caplog.text.count("The log's search index is whole again") == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE search_data SET block = x'ffffffffffffffffffff' WHERE id = 10",
        "UPDATE search_data SET block = zeroblob(length(block)) WHERE id > 10",
        "DELETE FROM search_data WHERE id = 10",
        "DELETE FROM search_data",
    ],
)
def test_whatever_of_the_index_is_damaged_it_is_made_anew_and_people_talk(
    play_sqlite: Play, tmp_path: Path, damage: str
) -> None:
    play_sqlite(fill)
    with closing(sqlite3.connect(tmp_path / "log" / "hubbub.db")) as file, file:
        file.execute(damage)

    async def heals(log: SqliteLog) -> None:
        async def is_mended() -> bool:
            with suppress(LogError):  # until it is emptied
                await log.append([said("goes on")])
                await log.search(SearchQuery(words="sloe", limit=1), ALL_WINDOWS)
            return log.damage.times_mended == 1

        await until(is_mended)
        assert len(await found(log, "sloe", limit=MESSAGES)) > 9
        assert await compared(log)

    play_sqlite(heals)


def test_a_sound_index_is_never_taken_for_a_damaged_one(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever people write, and whatever becomes of it; test_model.py mixes more of that."""
    monkeypatch.setattr(portions, "WINDOW_WORDS", 64)

    async def scene(log: SqliteLog) -> None:
        rooms = ["lobby", "den", direct_room("alice", "bob")]
        for number, unit in enumerate(UNITS):
            text = f"{unit * 70} {unit}b`{unit}` @all https://a{unit}.org ({unit})."
            await log.append([said(text, room=room) for room in rooms])
            if number % 3 == 0:
                await log.append([edited(3 * number + 1, f"now {unit}")])
            if number % 5 == 0:
                await compared(log)
        await indexed(log)
        assert await compared(log) > len(UNITS) / 2
        await log.append([gone("den")])
        await log.append([said("and then")])
        await indexed(log)
        assert await compared(log)

    play_sqlite(scene)
