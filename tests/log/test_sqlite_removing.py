"""Whole rooms are removed, and everything else stays as it was."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged
from hubbub.chat.queries import Head, PageQuery
from hubbub.log.sqlite import SqliteLog, removing
from hubbub.log.sqlite.survey import opened as read_only
from hubbub.log.sqlite.survey import surveyed
from tests.log.drafts import all_of, deleted, edited, found, indexed, reacted, said, titled

Scenario = Callable[[SqliteLog], Awaitable[None]]


def play(folder: Path, scenario: Scenario) -> None:
    """Open the log, run the scenario, close it."""

    async def scene() -> None:
        log = await SqliteLog.open(folder, durability="process")
        try:
            await scenario(log)
        finally:
            await log.close()

    asyncio.run(scene())


def remove(folder: Path, *names: str) -> None:
    with removing.opened(folder) as connection:
        removing.remove(connection, names)


async def talk(log: SqliteLog) -> None:
    """Fill the lobby and a den, turn by turn, with all that may be logged."""
    for number in range(30):
        await log.append(
            [
                said(f"lobbyword{number}", nonce=f"l{number}"),
                said(f"denword{number}", room="den", nonce=f"d{number}"),
            ]
        )
    await log.append([edited(1, "lobbyedited"), deleted(3), reacted(5, "👍"), titled("a topic")])
    await log.append([edited(2, "denedited", room="den"), deleted(4, room="den")])
    await log.append([said("the last", room="den")])
    await indexed(log)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log of two rooms."""
    play(tmp_path / "log", talk)
    return tmp_path / "log"


async def everything(log: SqliteLog, room: str) -> tuple[list[AnyLogged], object]:
    page = await log.page(PageQuery(room=room, limit=200))
    return await all_of(log, room), page.messages


@pytest.mark.parametrize(("removed", "kept"), [("den", "lobby"), ("lobby", "den")])
def test_the_other_rooms_stay_whole(folder: Path, removed: str, kept: str) -> None:
    before: list[object] = []

    async def look(log: SqliteLog) -> None:
        before.append(await everything(log, kept))

    async def look_again(log: SqliteLog) -> None:
        await indexed(log)
        assert await everything(log, kept) == before[0]
        assert await everything(log, removed) == ([], [])
        assert len(await found(log, f"{kept}word7")) == 1
        assert await found(log, f"{removed}word7") == []

    play(folder, look)
    remove(folder, removed)
    with read_only(folder) as connection:
        survey = surveyed(connection)
    assert survey.is_whole
    assert set(survey.ends) == {kept}
    play(folder, look_again)


def test_no_seq_is_given_again_and_heads_tell_what_went(folder: Path) -> None:
    ends: dict[str, int] = {}

    async def look(log: SqliteLog) -> None:
        ends.update({head.room: head.last for head in await log.heads()})

    async def go_on(log: SqliteLog) -> None:
        heads = {head.room: head for head in await log.heads()}
        assert heads["den"] == Head("den", 0, 0, "", removed=ends["den"])
        assert heads["lobby"].removed == 0
        # A nonce of the removed room is free again, and one of another room is not.
        drafts = [said(room="den", nonce="d7"), said(nonce="l7")]
        first, repeat = await log.append(drafts)
        assert first == ends["den"] + 1
        assert repeat == 15
        assert (await all_of(log, "den"))[0].prev == 0

    async def look_again(log: SqliteLog) -> None:
        heads = {head.room: head for head in await log.heads()}
        new = ends["den"] + 1
        assert heads["den"] == Head("den", new, new, "", removed=ends["den"])
        assert (await log.epochs())[-1].start == new

    play(folder, look)
    assert ends["den"] == max(ends.values())
    remove(folder, "den")
    play(folder, go_on)
    play(folder, look_again)


def test_all_rooms_may_go(folder: Path) -> None:
    remove(folder, "den", "lobby")

    async def go_on(log: SqliteLog) -> None:
        assert {(head.room, head.last) for head in await log.heads()} == {("den", 0), ("lobby", 0)}
        assert await log.append([said()]) == [68]

    play(folder, go_on)


def test_what_was_said_stands_in_no_file(folder: Path) -> None:
    remove(folder, "den")
    for path in folder.iterdir():
        kept = path.read_bytes()
        assert b"denword" not in kept
        assert b"denedited" not in kept


def test_a_removal_that_fails_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = removing._REMOVE + "DELETE FROM nowhere;"
    monkeypatch.setattr(removing, "_REMOVE", broken)
    with pytest.raises(LogError):
        remove(folder, "den")
    with removing.opened(folder) as connection:
        assert {room.name for room in removing.sizes(connection)} == {"den", "lobby"}


def test_sizes_count_everything_in_a_room(folder: Path) -> None:
    with removing.opened(folder) as connection, closing(connection):
        rooms = {room.name: room for room in removing.sizes(connection)}
    assert {name: room.events for name, room in rooms.items()} == {"lobby": 34, "den": 33}
    assert rooms["lobby"].size_bytes > rooms["den"].size_bytes > 33 * 50
