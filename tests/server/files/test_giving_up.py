"""While one of several abandoned uploads is given up, another one may be said."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hubbub.chat.errors import Refused, is_passing
from hubbub.chat.files import FileSummary, Upload
from hubbub.chat.limits import Limits
from hubbub.server.files.examining import Examining
from hubbub.server.files.found import Found
from hubbub.server.files.intake import Intake


def finished(id_: str, hash_: str) -> Upload:
    """Return an upload that is whole, and in no message."""
    file = FileSummary(id=id_ * 22, name=id_, size=1, type="text/plain", sha256=hash_)
    return Upload(id_, id_, "lobby", id_, 1, owner="ann", since=0, origin="", at=0, file=file)


class TwoAbandoned:
    """A hub with two uploads; the second is said as soon as the first is given up."""

    def __init__(self) -> None:
        self.uploads = [finished("a", "aa"), finished("b", "bb")]
        self.given_up: list[str] = []

    def done(self) -> list[Upload]:
        return []

    def abandoned(self) -> list[Upload]:
        return [] if self.given_up else list(self.uploads)

    def give_up(self, upload: Upload) -> None:
        self.given_up.append(upload.id)
        self.uploads.remove(upload)


class EmptyLog:
    """A log that holds no files."""

    loosenings = 0
    objects = None

    async def held(self, _hashes: list[str]) -> set[str]:
        return set()


def test_what_is_said_meanwhile_is_not_given_up(tmp_path: Path) -> None:
    for hash_ in ("aa", "bb"):
        place = tmp_path / "files" / "objects" / hash_ / hash_
        place.parent.mkdir(parents=True)
        place.write_text("x")
    (tmp_path / "files" / "uploads").mkdir()
    files = TwoAbandoned()
    hub: Any = SimpleNamespace(files=files)
    log: Any = EmptyLog()
    intake = Intake(Limits(), hub, log, lambda: 0, tmp_path)
    try:
        asyncio.run(intake._sweep())
    finally:
        intake.close()
    assert files.given_up == ["a"]
    assert [path.name for path in (tmp_path / "files/objects").glob("??/*")] == ["bb"]


class Coming:
    """A hub whose clock has jumped: the one upload, which is just coming, is old."""

    def __init__(self) -> None:
        self.upload = msgspec.structs.replace(finished("a", ""), file=None, size=2)
        self.uploads = self
        self.given_up: list[str] = []

    def find(self, _secret: str) -> Upload:
        return self.upload

    def done(self) -> list[Upload]:
        return []

    def abandoned(self) -> list[Upload]:
        return [] if self.given_up else [self.upload]

    def give_up(self, upload: Upload) -> None:
        self.given_up.append(upload.id)

    def awaits(self, upload: Upload, size: int) -> None:
        assert upload is self.upload
        self.left = size


def test_what_is_just_coming_is_not_given_up_though_a_clock_jumps(tmp_path: Path) -> None:
    """It may be said as soon as it is whole, and its file must be there then."""
    files = Coming()
    hub: Any = SimpleNamespace(files=files)
    log: Any = EmptyLog()

    async def scene() -> FileSummary | None:
        intake = Intake(Limits(), hub, log, lambda: 0, tmp_path)

        async def pieces() -> AsyncIterator[bytes]:
            yield b"h"
            async with asyncio.timeout(30):
                await intake._sweep()
            yield b"i"

        try:
            return await intake.receive(files.upload, 0, pieces(), lambda: None, "192.0.2.1")
        finally:
            intake.close()

    whole = asyncio.run(scene())
    assert whole is not None
    assert not files.given_up
    assert [path.name for path in (tmp_path / "files/objects").glob("??/*")] == [whole.sha256]


def is_empty(folder: Path) -> bool:
    """Return whether nothing is in a folder."""
    return not any(folder.iterdir())


def test_what_is_begun_and_broken_off_keeps_no_thread_busy_and_a_piece_does_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Coming()
    hub: Any = SimpleNamespace(files=files)
    log: Any = EmptyLog()
    works: list[object] = []
    in_thread = Intake.in_thread

    async def counted(intake: Intake, work: Any) -> Any:
        works.append(work)
        return await in_thread(intake, work)

    monkeypatch.setattr(Intake, "in_thread", counted)

    async def scene() -> None:
        intake = Intake(Limits(), hub, log, lambda: 0, tmp_path)

        async def come(*pieces: bytes) -> None:
            async def coming() -> AsyncIterator[bytes]:
                for piece in pieces:
                    yield piece

            begun = intake.receive(files.upload, 0, coming(), lambda: None, "192.0.2.1")
            assert await begun is None

        try:
            await come()
            await intake.give_up(files.upload)
            assert (works, is_empty(tmp_path)) == ([], True)
            await come(b"h")
            assert (len(works), files.left) == (1, 1)
            await intake.give_up(files.upload)
            assert len(works) == 2
            assert is_empty(tmp_path / "files" / "uploads")
        finally:
            intake.close()

    asyncio.run(scene())


def test_what_comes_while_the_server_stops_is_told_to_go_on_later(tmp_path: Path) -> None:
    hub: Any = SimpleNamespace(files=TwoAbandoned())
    log: Any = EmptyLog()
    intake = Intake(Limits(), hub, log, lambda: 0, tmp_path)
    intake.close()
    with pytest.raises(Refused) as refused:
        asyncio.run(intake.in_thread(tmp_path.exists))
    assert is_passing(refused.value.code)


def test_a_file_whose_turn_comes_while_the_server_stops_is_not_looked_at(tmp_path: Path) -> None:
    examining = Examining(time.perf_counter)
    examining.close()
    parts = (tmp_path / name for name in ("part", "clean", "smaller"))
    assert asyncio.run(examining.examine("192.0.2.1", *parts)) == Found()
