"""Copies of a folder that is in use: whole, of one moment, with the files of their messages."""

import asyncio
import hashlib
import shutil
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Message
from hubbub.chat.files import FileSummary
from hubbub.log.sqlite import SqliteLog, copying
from hubbub.server.backup import making
from hubbub.server.backup.making import Made, make
from hubbub.server.backup.places import copies_in, place_for, rotate
from hubbub.server.backup.tape import packed
from hubbub.server.files.store import Store
from tests.cli.commands import COMMAND, environment
from tests.log.drafts import all_of, deleted, said

PATIENCE_SECONDS = 60


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


def stored(folder: Path, text: bytes) -> FileSummary:
    """Put a file into the store of a folder; return what a message says of it."""
    hash_ = hashlib.sha256(text).hexdigest()
    place = Store(folder).object(hash_)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text)
    return FileSummary(id=f"{hash_:.22}", name="n", size=len(text), type="x/y", sha256=hash_)


def with_file(folder: Path, text: bytes) -> Message:
    draft = said("a file")
    draft.files = (stored(folder, text),)
    return draft


async def fill(folder: Path, drafts: list[Entry]) -> None:
    log = await opened(folder)
    await log.append(drafts)
    await log.close()


def copy_of(folder: Path, path: Path) -> Made:
    return make(folder, place_for(path))


def texts_in(folder: Path) -> list[str]:
    async def read() -> list[str]:
        log = await opened(folder)
        events = await all_of(log, "lobby")
        await log.close()
        return [event.text for event in events if isinstance(event, Message)]

    return asyncio.run(read())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a message and a file."""
    folder = tmp_path / "data"
    asyncio.run(fill(folder, [said("first"), with_file(folder, b"one")]))
    return folder


def test_a_copy_beside_a_busy_server_has_all_that_was_said_before_and_is_whole(
    folder: Path, tmp_path: Path
) -> None:
    async def scene() -> tuple[Made, int]:
        log = await opened(folder)
        talking = True

        async def talk() -> None:
            number = 0
            while talking:
                await log.append(
                    [said(f"{number} {'x' * 2000}"), with_file(folder, b"%d" % number)]
                )
                number += 1

        talk_task = asyncio.create_task(talk())
        while log._writer.last < 200:  # noqa: ASYNC110 (the log signals no event)
            await asyncio.sleep(0.01)
        before = log._writer.last
        made = await asyncio.to_thread(copy_of, folder, tmp_path / "copy")
        assert log._writer.last > before, "nobody waited for the copy"
        talking = False
        await talk_task
        await log.close()
        return made, before

    made, before = asyncio.run(scene())
    assert made.is_whole
    assert made.survey.ends["lobby"] >= before
    assert not list(made.path.glob("hubbub.db-*"))
    texts = texts_in(made.path)
    assert texts == texts_in(folder)[: len(texts)]


def test_commits_do_not_wait_for_a_copy_that_takes_long(folder: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        log = await opened(folder)
        await log.append([said("x" * 60_000) for _ in range(100)])
        begun, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def rest() -> None:
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(PATIENCE_SECONDS)

        copy = partial(copying.copy_log, folder, tmp_path / "copy.db", rest, is_ours=False)
        task = asyncio.create_task(asyncio.to_thread(copy))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await begun.wait()
            for _ in range(10):
                await log.append([said("meanwhile")])
            assert not task.done()
            go_on.set()
            await task
        await log.close()

    asyncio.run(scene())


def test_files_and_messages_of_a_copy_are_of_one_moment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file comes while the copy is made, and its message is deleted before it was copied."""

    async def scene() -> Made:
        log = await opened(folder)
        copies = 0
        loop = asyncio.get_running_loop()
        copy_log = copying.copy_log

        async def before_the_copy() -> None:
            await log.append([with_file(folder, b"short-lived"), with_file(folder, b"stays")])

        async def after_the_copy() -> None:
            await log.append([deleted(3)])
            Store(folder).object(hashlib.sha256(b"short-lived").hexdigest()).unlink()

        def between(*arguments: Path, **more: bool) -> None:
            nonlocal copies
            copies += 1
            wait = partial(asyncio.run_coroutine_threadsafe, loop=loop)
            if copies == 1:
                wait(before_the_copy()).result(PATIENCE_SECONDS)
            copy_log(*arguments, **more)  # type: ignore[arg-type]
            if copies == 1:
                wait(after_the_copy()).result(PATIENCE_SECONDS)

        monkeypatch.setattr(making, "copy_log", between)
        made = await asyncio.to_thread(copy_of, folder, tmp_path / "copy")
        assert copies == 2
        await log.close()
        return made

    made = asyncio.run(scene())
    assert made.is_whole
    assert texts_in(made.path) == ["first", "a file", "", "a file"]
    assert {*Store(made.path).hashes()} == {*Store(folder).hashes()}


def test_what_no_message_holds_is_not_in_a_copy(folder: Path, tmp_path: Path) -> None:
    stored(folder, b"of nobody")
    made = copy_of(folder, tmp_path / "copy")
    assert (made.files, len(list(Store(made.path).hashes()))) == (1, 1)


def test_a_file_that_is_missing_or_damaged_is_said_and_the_rest_is_copied(
    folder: Path, tmp_path: Path
) -> None:
    asyncio.run(fill(folder, [with_file(folder, b"two")]))
    one, two = (Store(folder).object(hashlib.sha256(text).hexdigest()) for text in (b"one", b"two"))
    one.unlink()
    two.write_bytes(b"twu")
    made = copy_of(folder, tmp_path / "copy")
    assert not made.is_whole
    assert sorted(made.wrong) == sorted([f"{one} is missing.", f"{two} is damaged."])
    assert texts_in(made.path) == ["first", "a file", "a file"]


def test_copies_in_one_folder_share_the_files_that_are_whole(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "copies"
    place.mkdir()
    asyncio.run(fill(folder, [with_file(folder, b"two")]))
    first = copy_of(folder, place).path
    damaged = Store(first).object(hashlib.sha256(b"two").hexdigest())
    damaged.unlink()
    damaged.write_bytes(b"twu")
    made = copy_of(folder, place)
    assert made.is_whole
    shared = hashlib.sha256(b"one").hexdigest()
    assert Store(made.path).object(shared).samefile(Store(first).object(shared))
    assert Store(made.path).object(damaged.name).read_bytes() == b"two"


def test_older_copies_go_and_what_was_broken_off(folder: Path, tmp_path: Path) -> None:
    made = [copy_of(folder, tmp_path).path for _ in range(4)]
    broken_off = tmp_path / "hubbub-2020-01-01T00-00-00Z.making"
    broken_off.mkdir()
    (tmp_path / "hubbub-of-somebody").mkdir()
    assert rotate(tmp_path, 2) == [made[1], made[0]]
    assert copies_in(tmp_path) == [made[3], made[2]]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"data", "hubbub-of-somebody", made[2].name, made[3].name}


def test_a_copy_that_is_killed_leaves_nothing_that_looks_whole(
    folder: Path, tmp_path: Path
) -> None:
    asyncio.run(fill(folder, [with_file(folder, bytes(30_000_000))]))
    copy, unfinished = tmp_path / "copy", tmp_path / "copy.making"
    for signal_ in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen(
            [*COMMAND, "backup", str(folder), str(copy)], env=environment(), stderr=subprocess.PIPE
        ) as process:
            while not list(unfinished.rglob("objects/*/*")):
                assert process.poll() is None
            process.send_signal(signal_)
            process.wait(PATIENCE_SECONDS)
        assert not copy.exists()
        assert unfinished.exists() == (signal_ == signal.SIGKILL)
    assert copy_of(folder, copy).is_whole
    assert not unfinished.exists()


def test_a_copy_that_is_being_packed_is_not_taken_for_one_that_was_broken_off(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beside_another(made: Path) -> Path:
        with pytest.raises(LogError, match="is being made already"):
            copy_of(folder, tmp_path / "copy.tar")
        return packed(made)

    monkeypatch.setattr(making, "packed", beside_another)
    assert copy_of(folder, tmp_path / "copy.tar").is_whole
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy.tar"]


def test_a_server_that_is_started_during_a_copy_of_a_stopped_one_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_log = copying.copy_log

    def between(*arguments: Path, **more: bool) -> None:
        with pytest.raises(LogError, match="in use"):
            asyncio.run(opened(folder))
        copy_log(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "copy_log", between)
    assert copy_of(folder, tmp_path / "copy").is_whole


def test_the_newest_is_in_a_copy_of_a_killed_server(folder: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        log = await opened(folder)
        await log.append([said("newest")])
        shutil.copytree(folder, tmp_path / "killed", ignore=shutil.ignore_patterns("hubbub.lock"))
        await log.close()

    asyncio.run(scene())
    made = copy_of(tmp_path / "killed", tmp_path / "copy")
    assert made.is_whole
    assert texts_in(made.path)[-1] == "newest"


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda place: place.write_bytes(b""), "exists already"),
        (lambda place: (place.mkdir(), (place / "hubbub.db").touch()), "has a log already"),
    ],
)
def test_nothing_is_overwritten(
    folder: Path, tmp_path: Path, prepare: Callable[[Path], object], sentence: str
) -> None:
    place = tmp_path / "copy"
    prepare(place)
    with pytest.raises(LogError, match=sentence):
        copy_of(folder, place)


def test_a_disk_without_room_is_said_before_anything_is_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    with pytest.raises(LogError, match="its disk has 100 bytes left"):
        copy_of(folder, tmp_path / "copy")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_a_folder_without_a_log_is_said(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="There is no log in"):
        copy_of(tmp_path, tmp_path / "copy")
