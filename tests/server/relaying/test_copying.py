"""What a relay is told of a log becomes its copy, whatever fails on the way."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import AnyLogged, Entry, Fact
from hubbub.chat.queries import Over
from hubbub.log.memory import MemoryLog
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.segments import SEGMENT_BYTES_MAX
from hubbub.server.config import Config
from hubbub.server.relaying import copy as copying
from hubbub.server.relaying import ticker as telling
from hubbub.server.relaying.copy import CopiedLog, Copy
from hubbub.server.relaying.ticker import Follow, Ticker
from hubbub.wire.relay import Decoder, Kind, encode
from tests.log.feeds import handed_out
from tests.server.relaying.links import until
from tests.server.relaying.test_ticker import fact, reads, said


class Origin:
    """A log, and what tells of it."""

    def __init__(self, log: Log, last: int = 0) -> None:
        self.log = log
        self._feed = log.follow()
        self.ticker = Ticker(log, last)

    async def commit(self, *entries: Entry) -> None:
        """Commit them, and tell of them."""
        await self.log.append(entries)
        self.ticker.note(handed_out(self._feed))


class Line:
    """A link to a relay without sockets: what is told is taken at once."""

    def __init__(self, origin: Origin, copy: Copy) -> None:
        self._ticker = origin.ticker
        self._copy = copy
        self._down, self._up = Decoder(), Decoder()
        self.is_cut = False

    def say_first(self, word: bytes) -> None:
        if not self.is_cut:
            for message in self._down.receive(word):
                self._copy.take(message, self._answer)

    def cut_off(self) -> None:
        self.is_cut = True
        self._ticker.leave(self)

    def _answer(self, word: bytes) -> None:
        if self.is_cut:
            return
        for message in self._up.receive(word):
            if message.kind is Kind.FOLLOW:
                self._ticker.follow(self, msgspec.json.decode(message.payload, type=Follow))
            else:
                self._ticker.applied(self)

    def follow(self) -> None:
        self._copy.follow(self._answer)


Scene = Callable[[Copy], Awaitable[None]]


def play(folder: Path, scene: Scene) -> None:
    """Play a scene with a copy that applies what it is told."""

    async def with_a_copy() -> None:
        copy = Copy(folder / "relay", Config())
        await copy.open()
        running = asyncio.create_task(copy.run())
        try:
            await scene(copy)
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await copy.close()

    asyncio.run(with_a_copy())


async def reads_alike(copy: Copy, log: Log) -> None:
    """Wait until the copy reads as the log does."""
    wanted = await reads(log)
    last = max(head.last for head in await log.heads())
    await until(lambda: copy.log.last >= last)
    await copy.settled()
    assert await reads(copy.log) == wanted


def test_a_relay_that_keeps_up_is_never_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something is always under way in a busy room, however quick a relay is."""
    monkeypatch.setattr(telling, "WAITING_BYTES_MAX", 5_000)

    class Link:
        told = 0
        is_cut = False

        def say_first(self, _word: bytes) -> None:
            self.told += 1

        def cut_off(self) -> None:
            self.is_cut = True

    async def scene() -> None:
        origin, link = Origin(MemoryLog()), Link()
        origin.ticker.follow(link, Follow("relay", 0, await origin.log.epochs()))
        await until(lambda: link.told == 1)
        await origin.commit(said("lobby", 0))
        for number in range(1, 200):
            await origin.commit(said("lobby", number))
            origin.ticker.applied(link)
        assert not link.is_cut
        for number in range(200, 400):
            await origin.commit(said("lobby", number))
        assert link.is_cut, "it applies nothing any more"

    asyncio.run(scene())


def test_what_cannot_be_applied_is_asked_for_again_and_nothing_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AGAIN_SECONDS", 0.01)
    apply = CopiedLog.apply
    calls = 0

    async def failing(self: CopiedLog, entries: Sequence[Entry]) -> list[int]:
        nonlocal calls
        calls += 1
        if calls in (3, 4, 9):
            raise LogError("The disk is full.")
        return await apply(self, entries)

    monkeypatch.setattr(CopiedLog, "apply", failing)

    async def scene(copy: Copy) -> None:
        origin = Origin(MemoryLog())
        line = Line(origin, copy)
        line.follow()
        for number in range(30):
            await origin.commit(said("lobby", number))
            if number % 2:
                await copy.settled()
        await reads_alike(copy, origin.log)
        assert calls > 9
        assert not line.is_cut, "members stay"

    play(tmp_path, scene)


def test_a_copy_that_is_behind_applies_at_once_what_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = CopiedLog.apply
    applied: list[int] = []

    async def counting(self: CopiedLog, entries: Sequence[Entry]) -> list[int]:
        applied.append(len(entries))
        return await apply(self, entries)

    monkeypatch.setattr(CopiedLog, "apply", counting)

    async def scene(copy: Copy) -> None:
        origin = Origin(MemoryLog())
        line = Line(origin, copy)
        line.follow()
        await until(lambda: origin.ticker.behind(line) == 0)
        for number in range(200):
            await origin.commit(said("lobby", number))
        await reads_alike(copy, origin.log)
        await until(lambda: origin.ticker.behind(line) == 0)
        assert len(applied) < 20
        assert sum(applied) == 200

    play(tmp_path, scene)


def test_what_this_version_does_not_know_stops_the_copy_and_not_the_relay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AGAIN_SECONDS", 0.01)

    async def scene(copy: Copy) -> None:
        origin = Origin(MemoryLog())
        line = Line(origin, copy)
        line.follow()
        await origin.commit(said("lobby", 1))
        await reads_alike(copy, origin.log)
        line.say_first(encode(Kind.COMMITTED, 0, b'[{"type":"from the future"}]'))
        await origin.commit(said("lobby", 2))
        await reads_alike(copy, origin.log)

    play(tmp_path, scene)


def test_the_copy_of_a_log_that_was_restored_to_before_is_made_anew(tmp_path: Path) -> None:
    async def scene(copy: Copy) -> None:
        log = await SqliteLog.open(tmp_path / "log", durability="process")
        origin = Origin(log)
        for number in range(10):
            await origin.commit(said("lobby", number))
        await log.close()
        shutil.copytree(tmp_path / "log", tmp_path / "backup")
        log = await SqliteLog.open(tmp_path / "log", durability="process")
        origin = Origin(log, 10)
        line = Line(origin, copy)
        line.follow()
        for number in range(10, 20):
            await origin.commit(said("lobby", number))
        await reads_alike(copy, log)
        line.cut_off()
        await log.close()
        log = await SqliteLog.open(tmp_path / "backup", durability="process")
        origin = Origin(log, 10)
        for number in range(50, 80):
            await origin.commit(said("garden", number))
        Line(origin, copy).follow()
        await reads_alike(copy, log)
        await log.close()

    play(tmp_path, scene)


def test_a_copy_of_which_a_change_was_broken_off_is_there_again(tmp_path: Path) -> None:
    """`until then the old one is read`"""

    async def scene(copy: Copy) -> None:
        origin = Origin(MemoryLog())
        Line(origin, copy).follow()
        await origin.commit(said("lobby", 1))
        await reads_alike(copy, origin.log)

    async def again(copy: Copy) -> None:
        assert [head.room for head in await copy.log.heads()] == ["lobby"]
        assert not (tmp_path / "relay" / copying.FORMER).exists()

    play(tmp_path, scene)
    (tmp_path / "relay" / copying.COPY).rename(tmp_path / "relay" / copying.FORMER)
    play(tmp_path, again)


def test_a_message_that_is_longer_than_the_link_takes_at_once_is_copied(tmp_path: Path) -> None:
    async def scene(copy: Copy) -> None:
        origin = Origin(MemoryLog())
        Line(origin, copy).follow()
        long = said("lobby", 1)
        long.text = '"' * 3_000_000
        await origin.commit(long)
        await origin.commit(said("lobby", 2))
        await reads_alike(copy, origin.log)

    play(tmp_path, scene)


def test_what_a_room_keeps_no_longer_goes_from_copies_as_well(tmp_path: Path) -> None:
    async def scene(copy: Copy) -> None:
        origin = Origin(MemoryLog())
        line = Line(origin, copy)
        line.follow()
        for number in range(9):
            await origin.commit(said("lobby", number), said("garden", 100 + number))
            await asyncio.sleep(0)
        await reads_alike(copy, origin.log)

        async def drop(room: str, upto: int) -> None:
            drops = await origin.log.drop({room: Over(upto=upto)})
            origin.ticker.note_dropped(drops.dropped)

        await drop("lobby", 7)
        await origin.commit(said("lobby", 500))
        await reads_alike(copy, origin.log)
        line.cut_off()
        await drop("garden", 9)
        Line(origin, copy).follow()
        await origin.commit(said("lobby", 501))
        await reads_alike(copy, origin.log)

    play(tmp_path, scene)


def test_of_what_a_room_keeps_no_longer_a_new_copy_has_less_than_a_row_left(tmp_path: Path) -> None:
    """`a row goes as one`: what the origin drops seldom ends where a row of the copy does."""
    messages, dropped = 400, 250

    async def scene(copy: Copy) -> None:
        log = MemoryLog()
        await log.append([said("lobby", number) for number in range(messages)])
        origin = Origin(log, messages)
        Line(origin, copy).follow()
        await reads_alike(copy, log)
        origin.ticker.note_dropped((await log.drop({"lobby": Over(upto=dropped)})).dropped)
        await until(lambda: copy.log.loosenings > 0)
        await copy.settled()
        left = [one for one in await copy.log.backlog("lobby", 0, 10**9) if one.seq <= dropped]
        assert left == [] or left[0].seq > 1, "most of it is gone"
        assert sum(len(msgspec.json.encode(one)) for one in left) <= SEGMENT_BYTES_MAX

    play(tmp_path, scene)


def test_a_new_copy_that_cannot_be_opened_is_opened_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the system grants no more descriptors just then."""
    monkeypatch.setattr(copying, "AGAIN_SECONDS", 0.01)
    opened, failures = CopiedLog.open, ["Too many open files."]

    async def open_(folder: Path, **how: object) -> CopiedLog:
        if folder.name == copying.COPY and failures:
            raise LogError(failures.pop())
        return await opened(folder, **how)  # type: ignore[arg-type]

    async def scene(copy: Copy) -> None:
        monkeypatch.setattr(CopiedLog, "open", open_)
        log = MemoryLog()
        await log.append([said("lobby", number) for number in range(9)])
        Line(Origin(log, 9), copy).follow()
        await reads_alike(copy, log)
        assert copy.complaint == "The copy of the log cannot be opened: Too many open files."

    play(tmp_path, scene)


class PartlyDamaged(MemoryLog):
    """A log of which a room cannot be read."""

    room = ""
    has_failed = False

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        if room == self.room:
            raise Damaged("It is damaged.")
        if not self.has_failed:
            self.has_failed = True
            raise LogError("It cannot be read now.")
        return await super().backlog(room, after, bytes_max)

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        if "damaged" in keys:
            raise Damaged("It is damaged.")
        return super().look_up(keys)


def test_a_room_that_is_damaged_keeps_no_relay_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "AGAIN_SECONDS", 0.01)

    async def scene(copy: Copy) -> None:
        log = PartlyDamaged()
        await log.append([said("garden", 1), said("lobby", 2)])
        log.room = "garden"
        line = Line(Origin(log, 2), copy)
        line.follow()
        await until(lambda: copy.log.last == 2)
        await copy.settled()
        assert [head.room for head in await copy.log.heads()] == ["lobby"]
        assert not line.is_cut, "members stay"

    play(tmp_path, scene)


def test_relays_begin_anew_if_it_cannot_be_told_what_became_of_a_fact(tmp_path: Path) -> None:
    async def scene(copy: Copy) -> None:
        origin = Origin(PartlyDamaged())
        line = Line(origin, copy)
        line.follow()
        await origin.commit(said("lobby", 1))
        await reads_alike(copy, origin.log)
        await origin.commit(fact("damaged", 1, expects=0))
        assert line.is_cut
        await origin.commit(said("lobby", 2))
        Line(origin, copy).follow()
        await reads_alike(copy, origin.log)

    play(tmp_path, scene)
