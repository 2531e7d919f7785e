"""A copy of another log: what is applied, in which order, and how it goes on after whatever."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from copy import copy
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Pinned
from hubbub.chat.queries import Epoch, Head, PageQuery
from hubbub.log.damage import Damage
from hubbub.log.memory import MemoryLog
from hubbub.log.sqlite import SqliteLog, index, portions, segments
from hubbub.log.sqlite.fed import Segment
from hubbub.log.sqlite.following import Follower
from hubbub.log.sqlite.portions import read_portion
from tests.log.drafts import all_of, edited, fact, found, said, seqs, told
from tests.log.elsewhere import STRIDE, Elsewhere
from tests.log.feeds import handed_out
from tests.log.test_model import Intent, Pair, Removal, intents, rooms
from tests.log.test_removing import gone

EPOCHS = [Epoch("first", 0), Epoch("second", 5)]


async def opened(folder: Path) -> Elsewhere:
    return await Elsewhere.open(folder, durability="process")


def numbered(*entries: Entry, after: int = 0) -> list[Entry]:
    """Return `entries` as another log has them, one after the other."""
    return [replace(one, seq=seq) for seq, one in enumerate(entries, after + 1)]


def play(folder: Path, scene: Callable[[Elsewhere], Awaitable[None]]) -> None:
    async def session() -> None:
        log = await opened(folder)
        try:
            await scene(log)
        finally:
            await log.close()

    asyncio.run(session())


# Order, and what comes twice.


def test_events_keep_the_seqs_and_prevs_that_they_come_with(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        came = [
            replace(said(), seq=7, prev=4),  # of what came before, this log knows nothing
            replace(said(), seq=3000, prev=7),
            replace(said(room="den"), seq=3001),
            replace(said(), seq=9000),
        ]
        assert await log.apply(came) == [7, 3000, 3001, 9000]
        kept = [(one.seq, one.prev) for one in await all_of(log, "lobby")]
        assert kept == [(7, 4), (3000, 7), (9000, 3000)]
        assert log.last == 9000

    play(tmp_path, scene)


def test_a_room_that_begins_with_something_pinned_can_be_copied_at_once(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        pin = Pinned(room="lobby", seq=9, prev=7, sender="ann", at=2, target=7, on=True)
        unpin = replace(pin, seq=10, prev=9, on=False)
        again = replace(pin, seq=11, prev=10)
        assert await log.apply([replace(said(), seq=7), pin, unpin, again]) == [7, 9, 10, 11]
        pinned = await log.page(PageQuery(room="lobby", pinned=True))
        assert [one.seq for one in pinned.messages] == [7]

    play(tmp_path, scene)


def test_a_room_that_begins_late_is_not_damaged(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        await log.apply([replace(said(room="den"), seq=3)])
        await log.apply([replace(said(), seq=7, prev=4), replace(said(room="den"), seq=8, prev=3)])
        heads = {Head("lobby", 7, 7, "", dropped=4), Head("den", 3, 8, "")}
        assert set(await log.heads()) == heads
        assert seqs((await log.page(PageQuery(room="lobby"))).messages) == [7]

    async def reopened(log: Elsewhere) -> None:
        assert seqs(await all_of(log, "lobby")) == [7]
        assert len(log.damage) == 0

    play(tmp_path, scene)
    play(tmp_path, reopened)


def test_what_was_applied_is_passed_over(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        feed = log.follow()
        entries = numbered(said("a"), said("b"), said("c"))
        assert await log.apply(entries[:2]) == [1, 2]
        assert await log.apply(entries) == [1, 2, 3]
        assert await log.apply(entries) == [1, 2, 3]
        assert await log.apply([]) == []
        assert seqs(handed_out(feed)) == [1, 2, 3], "and is handed out once"

    play(tmp_path, scene)


def test_a_repeat_stands_under_the_seq_of_the_first(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        feed = log.follow()
        first = numbered(said(nonce="n"), said())
        assert await log.apply(first) == [1, 2]
        later = numbered(said(nonce="n"), said(nonce="m"), said(nonce="m"), said(), after=2)
        assert await log.apply(later) == [1, 4, 4, 6]
        assert [(one.seq, one.prev) for one in await all_of(log, "lobby")] == [
            *[(1, 0), (2, 1)],
            *[(4, 2), (6, 4)],
        ]
        assert seqs(handed_out(feed)) == [1, 2, 4, 6]

    play(tmp_path, scene)


def test_a_room_is_removed_where_the_other_log_removed_it(tmp_path: Path) -> None:
    entries = numbered(
        *(said("old"), said(room="den"), fact("ban/1", {"room": "lobby"})),
        *(fact("a", 1), gone("lobby"), fact("b", 2), said("new"), gone("den"), said("newer")),
    )

    async def at_once(log: Elsewhere) -> None:
        await log.apply(entries)
        assert seqs(await all_of(log, "lobby")) == [7, 9]
        assert await all_of(log, "den") == []
        assert [key for key, *_ in told(await log.facts())] == ["a", "b"]

    play(tmp_path, at_once)


# Ends.


def test_a_copy_that_was_killed_goes_on_behind_what_it_applied(tmp_path: Path) -> None:
    entries = numbered(*(said(f"{n}") for n in range(9)))

    async def killed() -> None:
        log = await opened(tmp_path / "log")
        await log.apply(entries[:5])
        shutil.copytree(tmp_path / "log", tmp_path / "killed")
        await log.close()

    async def goes_on(log: Elsewhere) -> None:
        assert log.last == 5
        await log.apply(entries)
        assert seqs(await all_of(log, "lobby")) == list(range(1, 10))
        assert len(log.damage) == 0

    asyncio.run(killed())
    play(tmp_path / "killed", goes_on)


def test_an_end_that_was_lost_is_no_damage_and_is_applied_again(tmp_path: Path) -> None:
    entries = numbered(*(said(f"{n}") for n in range(9)))

    async def powerless() -> None:
        log = await opened(tmp_path / "log")
        await log.apply(entries[:3])
        await log.close()
        log = await opened(tmp_path / "log")
        await log.apply(entries)
        shutil.copytree(tmp_path / "log", tmp_path / "lost")
        await log.close()
        (tmp_path / "lost/hubbub.db-wal").unlink()

    async def again(log: Elsewhere) -> None:
        assert log.last == 3
        assert len(log.damage) == 0
        await log.apply(entries)
        assert seqs(await all_of(log, "lobby")) == list(range(1, 10))

    asyncio.run(powerless())
    play(tmp_path / "lost", again)


def test_what_could_not_be_written_is_applied_later(tmp_path: Path) -> None:
    entries = numbered(said("a"), said("x" * 100_000), said("c", nonce="n"))

    async def scene(log: Elsewhere) -> None:
        feed = log.follow()
        await log.apply(entries[:1])
        await log._writing.run(lambda db: db.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(LogError):
            await log.apply(entries)
        assert log.last == 1
        assert await log.apply(entries) == [1, 2, 3]
        assert await log.epochs() == EPOCHS, "no epoch begins with it"
        assert seqs(handed_out(feed)) == [1, 2, 3]

    async def known(log: Elsewhere) -> None:
        assert await log.keep_epochs(EPOCHS)
        await scene(log)

    play(tmp_path, known)


# Whose copy it is.


def test_the_epochs_are_those_of_the_other_log(tmp_path: Path) -> None:
    async def first(log: Elsewhere) -> None:
        assert await log.epochs() == []
        assert await log.keep_epochs(EPOCHS)
        await log.apply(numbered(*(said() for _ in range(7))))

    async def later(log: Elsewhere) -> None:
        assert await log.epochs() == EPOCHS
        assert await log.keep_epochs([*EPOCHS, Epoch("third", 7)])
        assert await log.keep_epochs([*EPOCHS, Epoch("third", 7)])
        assert [epoch.id for epoch in await log.epochs()] == ["first", "second", "third"]

    play(tmp_path, first)
    play(tmp_path, later)


@pytest.mark.parametrize(
    "others",
    [[], EPOCHS[:1], [Epoch("other", 0), EPOCHS[1]], [*EPOCHS, Epoch("third", 6)]],
    ids=["none", "fewer", "another's", "one that begins before our end"],
)
def test_a_copy_of_another_history_is_found_out(tmp_path: Path, others: list[Epoch]) -> None:
    async def scene(log: Elsewhere) -> None:
        await log.keep_epochs(EPOCHS)
        await log.apply(numbered(*(said() for _ in range(7))))
        assert not await log.keep_epochs(others)
        assert await log.epochs() == EPOCHS

    play(tmp_path, scene)


def test_a_folder_in_which_a_server_numbered_is_no_copy(tmp_path: Path) -> None:
    async def served() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([said()])
        await log.close()

    async def scene(log: Elsewhere) -> None:
        assert not await log.keep_epochs(EPOCHS)

    play(tmp_path, lambda log: log.keep_epochs(EPOCHS))  # type: ignore[arg-type, return-value]
    asyncio.run(served())
    play(tmp_path, scene)


def test_an_empty_folder_of_a_server_becomes_a_copy(tmp_path: Path) -> None:
    async def served() -> None:
        await (await SqliteLog.open(tmp_path, durability="process")).close()

    async def scene(log: Elsewhere) -> None:
        assert await log.keep_epochs(EPOCHS[:1])
        assert await log.epochs() == EPOCHS[:1]

    asyncio.run(served())
    asyncio.run(served())
    play(tmp_path, scene)


# Seqs far apart.


def test_messages_whose_seqs_are_far_apart_are_indexed_together(tmp_path: Path) -> None:
    writer = Follower(tmp_path, "process")
    with closing(writer.open()) as connection:
        for n in range(1, 301):
            writer.commit(connection, [replace(said(f"word{n}"), seq=n * STRIDE)])
        portion = read_portion(writer, Damage("a test"), connection)
        assert portion is not None
        assert portion.upto == 300 * STRIDE


def test_what_rooms_that_take_turns_say_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "PORTION_EVENTS", 4)

    async def scene(log: Elsewhere) -> None:
        await log.apply(numbered(*(said("apple", room=one) for one in ["lobby", "den"] * 5)))
        await log.apply(numbered(said("apple"), after=10))  # a portion takes less than there is
        assert await found(log, "apple") == [*range(1, 12)]

    play(tmp_path, scene)


def test_what_cannot_be_committed_is_not_indexed(tmp_path: Path) -> None:
    class Full:
        """A connection to a disk that becomes full in the midst of a transaction."""

        def __init__(self, connection: sqlite3.Connection) -> None:
            self.execute = connection.execute

        def executemany(self, *_: object) -> None:
            assert not waiting(writer)
            raise sqlite3.OperationalError("database or disk is full")

    def waiting(writer: Follower) -> list[Segment]:
        return writer.fed.following(0, events_max=10, bytes_max=1000)

    writer = Follower(tmp_path, "process")
    with closing(writer.open()) as connection:
        late = replace(said(), seq=9, prev=7)
        with pytest.raises(sqlite3.OperationalError):
            writer.commit(cast("sqlite3.Connection", Full(connection)), [late])
        assert not waiting(writer)
        writer.commit(connection, [late])
        assert waiting(writer)


def test_an_edit_of_what_stands_far_back_is_found_by_its_words(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        await log.append([said("before")])
        first = log.last
        for _ in range(5):
            await log.append([said("between")])
        await log.append([edited(first, "after")])
        assert await found(log, "before") == []
        assert await found(log, "after") == [first]

    play(tmp_path, scene)


# All of it at once.


class Copied(Pair):
    """The memory log, and a copy of it which gets what that hands out in pieces."""

    async def open(self) -> None:
        self.sqlite = await SqliteLog.open(self.folder / "numbered", durability="process")
        self.feed = self.sqlite.follow()
        self.came: list[Entry] = []

    async def copied(self, pieces: Sequence[int]) -> None:
        """Let the copy take the place of the log that numbered."""
        entries = [copy(entry) for entry in handed_out(self.feed)]
        await self.sqlite.close()
        log = await opened(self.folder / "copy")
        at = 0
        for piece in pieces:
            await log.apply(entries[max(at - 1, 0) : at + piece])  # one comes twice
            at += piece
            if piece % 3 == 0:
                await log.close()
                log = await opened(self.folder / "copy")
        await log.apply(entries)
        self.sqlite = log  # type: ignore[assignment]


async def alike(folder: Path, steps: Sequence[list[Intent] | Removal], parts: list[int]) -> None:
    pair = Copied(folder)
    await pair.open()
    try:
        for step in steps:
            if isinstance(step, Removal):
                await pair.remove(step.room)
            else:
                await pair.append(step)
        await pair.copied(parts)
        await pair.agree()
    finally:
        await pair.sqlite.close()


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.lists(intents, min_size=1, max_size=8) | st.builds(Removal, room=rooms),
        min_size=1,
        max_size=8,
    ),
    parts=st.lists(st.integers(1, 9), max_size=8),
)
def test_a_copy_answers_as_the_log_does(
    steps: list[list[Intent] | Removal], parts: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(index, "INDEX_AFTER_SECONDS", 0)
        patch.setattr(segments, "SEGMENT_BYTES_MAX", 400)
        asyncio.run(alike(Path(folder), steps, parts))


def test_a_copy_of_what_a_memory_log_hands_out_has_its_facts(tmp_path: Path) -> None:
    async def scene(log: Elsewhere) -> None:
        origin = MemoryLog()
        feed = origin.follow()
        await origin.append([fact("a", 1), fact("b", 1, expects=0), said()])
        await origin.append([fact("a", 2, expects=1), fact("b", 2, expects=9), said()])
        await log.apply(handed_out(feed))
        assert told(await log.facts()) == told(await origin.facts())
        assert log.last == 6

    play(tmp_path, scene)
