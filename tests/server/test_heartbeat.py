"""Stalls of the event loop are counted, and somebody sees where the loop stands."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import FrameType

import pytest

from hubbub.server import heartbeat as module
from hubbub.server.heartbeat import (
    BEAT_SECONDS,
    ELSEWHERE,
    JOURNAL_SECONDS,
    RECENT_SECONDS,
    STALL_SECONDS,
    Heartbeat,
    Watchdog,
)
from hubbub.server.loop import new_event_loop
from tests.server.noted import noted

PATIENCE_SECONDS = 30.0
TOLD = "the event loop stands still"


class ManualClock:
    """Goes on when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def heartbeat(clock: ManualClock) -> Heartbeat:
    heart = Heartbeat(clock)
    heart.beat()
    return heart


def nowhere() -> FrameType | None:
    return None


def test_a_loop_that_goes_on_never_stalls(heartbeat: Heartbeat, clock: ManualClock) -> None:
    with noted() as told:
        for _ in range(100):
            clock.now += BEAT_SECONDS + STALL_SECONDS - 0.01
            heartbeat.look(nowhere)
            heartbeat.beat()
    assert not heartbeat.stalls
    assert heartbeat.stalled_seconds == heartbeat.recent_seconds() == 0
    assert not told


def stall(heartbeat: Heartbeat, clock: ManualClock, seconds: float = 1.0, looks: int = 3) -> None:
    """Let the loop be late, and have it looked at meanwhile."""
    clock.now += BEAT_SECONDS + seconds
    for _ in range(looks):
        heartbeat.look(nowhere)
    heartbeat.beat()


def test_each_stall_is_counted_once_with_its_length(
    heartbeat: Heartbeat, clock: ManualClock
) -> None:
    stall(heartbeat, clock, 1.0)
    stall(heartbeat, clock, 2.0, looks=0)
    assert heartbeat.stalls.total() == 2
    assert heartbeat.stalled_seconds == heartbeat.recent_seconds() == pytest.approx(3.0)
    clock.now += RECENT_SECONDS - 1.0
    assert heartbeat.recent_seconds() == pytest.approx(2.0)
    clock.now += RECENT_SECONDS
    assert heartbeat.recent_seconds() == 0
    assert heartbeat.stalled_seconds == pytest.approx(3.0)


def test_the_journal_tells_once_a_minute(heartbeat: Heartbeat, clock: ManualClock) -> None:
    with noted() as told:
        while clock.now < JOURNAL_SECONDS * 3:
            stall(heartbeat, clock)
    assert [line["event"] for line in told] == [TOLD] * len(told)
    assert 3 <= len(told) <= 4
    stalls = heartbeat.stalls.total()
    assert stalls - JOURNAL_SECONDS < sum(line["stalls"] for line in told) <= stalls


def test_the_loop_is_looked_at_once_for_each_stall(
    heartbeat: Heartbeat, clock: ManualClock
) -> None:
    looks: list[None] = []

    def frame() -> FrameType | None:
        looks.append(None)
        return None

    clock.now += BEAT_SECONDS
    heartbeat.look(frame)
    assert not looks
    clock.now += STALL_SECONDS * 2
    for _ in range(3):
        heartbeat.look(frame)
    assert len(looks) == 1


@pytest.mark.parametrize("make", [new_event_loop, asyncio.SelectorEventLoop])
def test_where_the_loop_stands_is_seen(
    make: Callable[[], asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PACKAGE", f"{Path(__file__).parent}/")
    monkeypatch.setattr(module, "JOURNAL_SECONDS", 0.0)
    heartbeat = Heartbeat()

    def seen() -> bool:
        return any("test_heartbeat.py dawdle:" in line["where"] for line in told)

    def dawdle(stood: asyncio.Future[None]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not seen() and time.monotonic() < deadline:
            time.sleep(BEAT_SECONDS / 10)  # this is the stall
        stood.get_loop().call_later(BEAT_SECONDS, stood.set_result, None)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        watchdog = Watchdog(loop, heartbeat)
        watchdog.start()
        stood = loop.create_future()
        loop.call_soon(dawdle, stood)
        await stood
        watchdog.end()

    with noted() as told, asyncio.Runner(loop_factory=make) as runner:
        runner.run(serve())
    assert seen()
    assert "test_heartbeat.py dawdle" in heartbeat.stalls
    assert heartbeat.stalled_seconds > STALL_SECONDS


def test_a_stall_that_nobody_saw_is_counted(heartbeat: Heartbeat, clock: ManualClock) -> None:
    stall(heartbeat, clock, looks=0)
    assert heartbeat.stalls == {ELSEWHERE: 1}


def test_without_a_thread_the_loop_beats_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(_self: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", no_thread)

    async def serve() -> Heartbeat:
        heartbeat = Heartbeat()
        watchdog = Watchdog(asyncio.get_running_loop(), heartbeat)
        watchdog.start()
        await asyncio.sleep(0)
        watchdog.end()
        return heartbeat

    with noted() as told:
        asyncio.run(serve())
    assert told[0]["event"] == "nobody watches the event loop"
