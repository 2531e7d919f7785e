"""What was edited or deleted leaves the files of the log, too: their bytes are searched for it."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message
from hubbub.chat.names import direct_room
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.chat.words import words_of
from hubbub.log.damage import Damage
from hubbub.log.sqlite import SqliteLog, index, portions, sound, wal
from hubbub.log.sqlite.writer import Writer
from tests.log.drafts import (
    ALL_WINDOWS,
    all_of,
    deleted,
    edited,
    indexed,
    reacted,
    said,
    until,
    watermark,
)

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]
NEVER = 3600.0
PRIVATE = direct_room("alice", "bob")


def secret(n: int) -> str:
    """Return a text of words that are like no others', in all the forms that a word may have."""
    return f"Kw{n}xzq Über{n}vjk ＦＵＬＬ{n}ｐｗｙ\n「秘{n}密」 {n}gqj-{n}hhw"


def traces(folder: Path, text: str) -> list[str]:
    """Return which of the text and its words the files of `folder` hold.

    The index keeps of a word only what differs from the word before it: its end will do.
    """
    held = b"".join(file.read_bytes() for file in folder.iterdir())
    pieces = [text, *text.split(), *words_of(text), *(word[-5:] for word in words_of(text))]
    return [piece for piece in pieces if len(piece) > 2 and piece.encode() in held]


async def until_gone(folder: Path, *texts: str) -> None:
    async def is_gone() -> bool:
        return not any(traces(folder, text) for text in texts)

    await until(is_gone)


@pytest.fixture
def scrubbing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(index, "RETRY_SECONDS", 0.002)


def changes_in(room: str) -> dict[str, list[AnyLogged]]:
    """By name, what is done to message 2 of `room`, which others stand beside in its segment."""
    return {
        "an edit": [edited(2, "now", room=room)],
        "a longer edit": [edited(2, "now " * 5000, room=room)],
        "edits of edits": [edited(2, secret(2), room=room), edited(2, "now", room=room)],
        "a deletion": [deleted(2, room=room)],
        "an edit, then a deletion": [edited(2, secret(2), room=room), deleted(2, room=room)],
        "an edit that came too late": [deleted(2, room=room), edited(2, secret(2), room=room)],
    }


@pytest.mark.usefixtures("scrubbing_at_once")
@pytest.mark.parametrize("at_once", [False, True], ids=["in turn", "in one batch"])
@pytest.mark.parametrize("is_indexed", [False, True], ids=["not indexed", "indexed"])
@pytest.mark.parametrize(
    ("room", "name"), [(room, name) for room in ("lobby", PRIVATE) for name in changes_in(room)]
)
def test_former_texts_and_their_words_leave_the_files(
    play_sqlite: Play, tmp_path: Path, *, room: str, name: str, is_indexed: bool, at_once: bool
) -> None:
    folder = tmp_path / "log"

    async def scenario(log: SqliteLog) -> None:
        await log.append([said("first", room=room), said(secret(1), room=room), said(room=room)])
        assert traces(folder, secret(1))
        if is_indexed:
            await indexed(log)
        changes = changes_in(room)[name]
        for batch in [changes] if at_once else [[change] for change in changes]:
            await log.append(batch)
        await until_gone(folder, secret(1), secret(2))
        assert [e.seq for e in await all_of(log, room)] == list(range(1, 4 + len(changes)))
        await indexed(log)
        await until_gone(folder, secret(1), secret(2))
        found = await log.search(SearchQuery(words="now", room=room), ALL_WINDOWS)
        deletes = any(isinstance(change, Deleted) for change in changes)
        assert [m.seq for m in found.messages] == ([] if deletes else [2])

    play_sqlite(scenario)


def test_what_was_said_and_deleted_at_once_never_reaches_the_files(
    play_sqlite: Play, tmp_path: Path
) -> None:
    async def scenario(log: SqliteLog) -> None:
        await log.append([said(secret(1)), deleted(1), said(secret(2)), edited(3, "now")])
        assert traces(tmp_path / "log", secret(1)) == traces(tmp_path / "log", secret(2)) == []

    play_sqlite(scenario)


@pytest.mark.usefixtures("scrubbing_at_once")
def test_a_server_killed_before_it_scrubbed_does_it_at_its_next_start(
    play_sqlite: Play, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from hubbub.log.sqlite import SqliteLog, index
from tests.log.drafts import deleted, edited, indexed, said
from tests.log.test_sqlite_scrubbing import secret

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]), durability="process")
    await log.append([said(secret(1)), said(secret(2)), said("x")])
    await indexed(log)
    await log.append([deleted(1), edited(2, "now")])
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    child = subprocess.run(
        [sys.executable, "-c", script, folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert traces(folder, secret(1)), child.stderr
    assert traces(folder, secret(2)), child.stderr

    async def reopened(log: SqliteLog) -> None:
        await until_gone(folder, secret(1), secret(2))

    play_sqlite(reopened)


def test_a_merge_that_was_cut_short_is_finished_after_the_next_start(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", NEVER)
    monkeypatch.setattr(index, "CLOSING_SECONDS", 0.0)
    folder = tmp_path / "log"

    async def before(log: SqliteLog) -> None:
        for n in range(8):
            await log.append([said(f"{n}word{m} and {m}") for m in range(200)] + [said(secret(n))])
            await indexed(log)
        await log.append([deleted(201 * (n + 1)) for n in range(8)])
        assert await log._writing.run(partial(index.merge, pages=-1))

    async def reopened(log: SqliteLog) -> None:
        await until_gone(folder, *map(secret, range(8)))

    play_sqlite(before)
    assert any(traces(folder, secret(n)) for n in range(8))
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", 0.0)
    play_sqlite(reopened)


def test_closing_scrubs_what_is_due(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", NEVER)
    folder = tmp_path / "log"

    async def scenario(log: SqliteLog) -> None:
        await log.append([said(secret(1)), said("x")])
        await indexed(log)
        await log.append([deleted(1)])
        assert traces(folder, secret(1))

    play_sqlite(scenario)
    assert traces(folder, secret(1)) == []


@pytest.mark.usefixtures("scrubbing_at_once")
def test_the_log_is_emptied_once_others_no_longer_read_it(
    play_sqlite: Play, tmp_path: Path
) -> None:
    folder = tmp_path / "log"

    async def scenario(log: SqliteLog) -> None:
        await log.append([said(secret(1)), said("x")])
        other = sqlite3.connect(folder / "hubbub.db", isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM segments").fetchone()
        await log.append([deleted(1)])
        assert await log.append([said("nobody waits")]) == [4]
        assert traces(folder, secret(1))
        other.execute("COMMIT")
        other.close()
        await until_gone(folder, secret(1))

    play_sqlite(scenario)


def test_commits_go_on_between_the_steps_of_a_merge(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", NEVER)
    monkeypatch.setattr(index, "MERGE_PAGES", 1)
    steps = 0
    merged = index.merge

    def counting(connection: sqlite3.Connection, pages: int) -> bool:
        nonlocal steps
        steps += 1
        return merged(connection, pages)

    monkeypatch.setattr(index, "merge", counting)

    async def scenario(log: SqliteLog) -> None:
        for n in range(8):
            await log.append([said(f"{n}word{m} {secret(m)}") for m in range(200)])
            await indexed(log)
        await log.append([deleted(1)])
        assert log._index is not None
        scrubbing = asyncio.create_task(log._index._scrub())
        between = []
        while not scrubbing.done():
            before = steps
            await log.append([said("meanwhile")])
            between.append(steps - before)
        await scrubbing
        assert steps > 5
        assert max(between) <= 2  # the one that ran, and the one asked for when it ended
        assert await log._writing.run(index.read_stains) == (1, 1)

    play_sqlite(scenario)


def test_what_is_taken_out_while_a_merge_goes_on_waits_for_the_next(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", NEVER)
    merged = index.merge
    late: list[Callable[[sqlite3.Connection], object]] = []

    def changing_meanwhile(connection: sqlite3.Connection, pages: int) -> bool:
        if late:
            late.pop()(connection)
        return merged(connection, pages)

    monkeypatch.setattr(index, "merge", changing_meanwhile)

    async def scenario(log: SqliteLog) -> None:
        await log.append([said(secret(1)), said(secret(2)), said("x")])
        await indexed(log)
        await log.append([deleted(1)])
        late.append(partial(log._writer.commit, drafts=[deleted(2)]))
        assert log._index is not None
        await log._index._scrub()
        assert await log._writing.run(index.read_stains) == (2, 1)
        await log._index._scrub()
        assert await log._writing.run(index.read_stains) == (2, 2)
        await until_gone(tmp_path / "log", secret(1), secret(2))

    play_sqlite(scenario)


@pytest.mark.parametrize("seed", range(3))
def test_no_copy_of_a_text_is_left_where_it_once_stood(tmp_path: Path, seed: int) -> None:
    """If rows grew, SQLite would move their neighbours, and leave copies that nothing removes."""
    chance = random.Random(seed)
    log = Writer(tmp_path, "process")
    connection = log.open()
    current: dict[int, str] = {}
    former: list[str] = []

    def text() -> str:
        return f"<{chance.getrandbits(64):016x}>" + "x" * chance.choice([0, 10, 300, 3000, 20_000])

    for _ in range(300):
        batch: list[AnyLogged] = [said(text()) for _ in range(chance.choice([0, 1, 5]))]
        for seq in chance.sample(sorted(current), min(len(current), chance.choice([0, 1, 4]))):
            former.append(current.pop(seq))
            batch.append(edited(seq, text()) if chance.random() < 0.7 else deleted(seq))
            if chance.random() < 0.2:
                batch.append(reacted(seq, "👍"))
        log.commit(connection, batch)
        for event in batch:
            if isinstance(event, Message):
                current[event.seq] = event.text
            elif isinstance(event, Edited):
                current[event.target] = event.text
        while portions.fill_portion(log, Damage("a test"), connection) and chance.random() < 0.5:
            pass
    pages = -1000
    while index.merge(connection, pages):
        pages = 1000
    assert wal.empty_wal(connection)
    held = (tmp_path / "hubbub.db").read_bytes()
    assert [t[:18] for t in former if t[:18].encode() in held] == []
    assert [t[:18] for t in current.values() if t[:18].encode() not in held] == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    connection.close()


def test_an_index_by_other_rules_is_filled_anew(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([said("apple"), said("banana")])
        await indexed(log)

    async def reopened(log: SqliteLog) -> None:
        assert await watermark(log) in {0, 2}
        await log.append([deleted(1)])  # at a time when nothing, or all, is in the index
        await indexed(log)
        pages = [
            await log.search(SearchQuery(words=word), ALL_WINDOWS) for word in ("apple", "banana")
        ]
        assert [[m.seq for m in page.messages] for page in pages] == [[], [2]]
        assert len((await log.page(PageQuery(room="lobby"))).messages) == 2

    play_sqlite(before)
    monkeypatch.setattr(sound, "RULES", "those of another Unicode")
    play_sqlite(reopened)
