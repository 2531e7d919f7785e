"""Rooms that a fact makes private stay so, in a log that is damaged or made anew, too."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat.events import Fact
from hubbub.chat.rules import CLOSED, Rules, rules_in
from hubbub.log.sqlite import SqliteLog
from tests.cli.commands import hubbub
from tests.log.drafts import fact, found, said

LOST = ("body = replace(body, 'true', 'TRUE')", "body = 'x'", "body = replace(body, 'tea', 'pea')")
INDEXES = ("facts_by_key", "private_rooms")


def test_a_log_that_is_made_anew_keeps_private_rooms_out_of_searches(tmp_path: Path) -> None:
    fill(tmp_path)
    spoil(tmp_path, "UPDATE facts SET seq = 99 WHERE key = 'room/open'")
    assert hubbub("check", str(tmp_path), "--repair").returncode == 0

    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        assert len(await found(log, "hello")) == 2
        assert len(await found(log, "hello", private=("tea",))) == 3
        await log.close()

    asyncio.run(scene())


def fill(folder: Path) -> None:
    """Make a log with a private room, a public one with rules, and the lobby with some."""

    async def scene() -> None:
        log = await SqliteLog.open(folder, durability="process")
        await log.append(
            [
                fact("room/tea", {"private": True, "owner": "a", "members": ["a"]}),
                fact("room/open", {"owner": "a"}),
                fact("room/lobby", {"locked": True}),
                *(said("hello", room=room) for room in ("tea", "open", "lobby")),
            ]
        )
        await log.close()

    asyncio.run(scene())


def spoil(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "hubbub.db")) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)


def rules(folder: Path) -> dict[str, Rules | None]:
    """Return what a server is told of the rules of rooms."""

    async def read() -> list[Fact]:
        log = await SqliteLog.open(folder, durability="process")
        try:
            return await log.facts("room/")
        finally:
            await log.close()

    return {fact.key.removeprefix("room/"): rules_in(fact) for fact in asyncio.run(read())}


@pytest.mark.parametrize("how", LOST)
def test_a_private_room_whose_rules_are_damaged_lets_nobody_in(tmp_path: Path, how: str) -> None:
    fill(tmp_path)
    spoil(tmp_path, f"UPDATE facts SET {how} WHERE key = 'room/tea'")
    assert rules(tmp_path)["tea"] == CLOSED
    told = hubbub("check", str(tmp_path))
    assert told.returncode == 1
    assert (
        "The fact 'room/tea' cannot be read. "
        "If the room 'tea' was private, it stays so, and lets nobody in.\n"
    ) in told.stdout
    assert hubbub("check", str(tmp_path), "--repair").returncode == 0
    assert rules(tmp_path) == {
        "tea": CLOSED,
        "open": Rules(owner="a"),
        "lobby": Rules(locked=True),
    }


def test_a_public_room_whose_rules_are_damaged_stays_public(tmp_path: Path) -> None:
    fill(tmp_path)
    spoil(tmp_path, "UPDATE facts SET body = 'x' WHERE key <> 'room/tea'")
    open_room = rules(tmp_path)
    assert (open_room["open"], open_room["lobby"]) == (None, None)
    assert open_room["tea"] == Rules(private=True, owner="a", members=("a",))
    assert hubbub("check", str(tmp_path), "--repair").returncode == 0
    assert [*rules(tmp_path)] == ["tea"]


def test_a_private_room_stays_so_though_the_index_of_the_keys_does_not_have_it(
    tmp_path: Path,
) -> None:
    fill(tmp_path)
    without = "CREATE UNIQUE INDEX facts_by_key ON facts (key) WHERE key <> 'room/tea'"
    whole = "CREATE UNIQUE INDEX facts_by_key ON facts (key)"
    spoil(tmp_path, "DROP INDEX facts_by_key", without)
    spoil(tmp_path, f"UPDATE sqlite_schema SET sql = '{whole}' WHERE name = 'facts_by_key'")
    assert rules(tmp_path)["tea"] == Rules(private=True, owner="a", members=("a",))


@pytest.mark.parametrize(
    ("lost", "closed"),
    [
        ("facts_by_key", {"tea"}),
        ("private_rooms", {"tea", "open"}),
        ("both", {"tea", "open"}),
    ],
)
def test_what_is_made_anew_closes_rooms_that_may_have_been_private(
    tmp_path: Path, lost: str, closed: set[str]
) -> None:
    fill(tmp_path)
    gone = INDEXES if lost == "both" else (lost,)
    spoil(tmp_path, "UPDATE facts SET body = 'x'")
    spoil(tmp_path, *(f"DELETE FROM sqlite_schema WHERE name = '{one}'" for one in gone))
    assert hubbub("check", str(tmp_path), "--repair").returncode == 0
    assert rules(tmp_path) == dict.fromkeys(closed, CLOSED)
    assert "It is whole." in hubbub("check", str(tmp_path)).stdout
