"""Work in the background: whatever becomes of it is told, and it goes on where it can."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import pytest

from hubbub import background
from hubbub.background import (
    Needed,
    awaited,
    begin,
    heed_callbacks,
    in_thread,
    keep_going,
    side_by_side,
)
from hubbub.faults import faults

PATIENCE_SECONDS = 30


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scene, PATIENCE_SECONDS))


class Work:
    """Fails so many times, and then goes on for ever."""

    def __init__(self, faults_left: int) -> None:
        self._faults_left = faults_left
        self.begun = 0
        self.goes_on = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        if self._faults_left:
            self._faults_left -= 1
            raise ZeroDivisionError
        self.goes_on.set()
        await asyncio.Event().wait()


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE_SECONDS_MIN", 0.0)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "hubbub.faults"]


@pytest.mark.usefixtures("no_pauses")
def test_work_that_fails_is_told_once_and_begins_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        work = Work(1)
        task = keep_going(work.run, "work")
        await work.goes_on.wait()
        assert (work.begun, faults.failing) == (2, ["work"])
        task.cancel()
        await asyncio.wait([task])
        assert faults.failing == [], "nobody needs it any more"

    play(scene())
    assert told(caplog) == ["background work failed, and begins again"]
    assert caplog.records[0].exc_info
    assert faults.counts == Counter({"ZeroDivisionError in background.py _whole": 1})


@pytest.mark.usefixtures("no_pauses")
def test_the_same_fault_again_is_counted_and_told_ever_more_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene() -> None:
        work = Work(100)
        task = keep_going(work.run, "work")
        await work.goes_on.wait()
        task.cancel()

    play(scene())
    assert faults.counts.total() == 100
    times = [getattr(one, "values")["times"] for one in caplog.records[1:]]  # noqa: B009
    assert times == [2, 4, 8, 16, 32, 64]


def test_pauses_grow_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    really_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await really_sleep(0)

    async def scene() -> None:
        work = Work(9)
        task = keep_going(work.run, "work")
        await work.goes_on.wait()
        task.cancel()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    play(scene())
    assert slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.usefixtures("no_pauses")
def test_work_that_goes_on_for_long_fails_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SOUND_SECONDS", 0.01)

    async def scene() -> None:
        work = Work(1)
        task = keep_going(work.run, "work")
        await work.goes_on.wait()
        while faults.failing:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert not task.done()
        task.cancel()

    play(scene())


@pytest.mark.usefixtures("no_pauses")
def test_work_that_ends_as_if_cancelled_begins_again() -> None:
    """What it waits for may be given up by somebody else: then nothing is raised but that."""

    async def scene() -> None:
        awaits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        awaits.cancel()
        again = asyncio.Event()

        async def work() -> None:
            if awaits.cancelled() and not faults.counts:
                await awaits
            again.set()
            await asyncio.Event().wait()

        task = keep_going(work, "work")
        await again.wait()
        task.cancel()

    play(scene())
    assert faults.counts.total() == 1


def test_needed_work_that_fails_ends_its_owner(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        needed = Needed()
        needed.begin(Work(0).run, "what goes on")
        needed.begin(Work(1).run, "what fails")
        with pytest.raises(asyncio.CancelledError):
            await asyncio.Event().wait()
        assert isinstance(await needed.end(), ZeroDivisionError)

    play(scene())
    assert told(caplog) == ["the server ends: it cannot go on without what failed"]


def test_needed_work_that_fails_later_does_not_keep_its_owner_from_tidying_up() -> None:
    async def scene() -> None:
        needed, ending = Needed(), asyncio.Event()

        async def fail_later() -> None:
            await ending.wait()
            raise KeyError

        needed.begin(Work(1).run, "what fails")
        needed.begin(fail_later, "what fails later")
        with pytest.raises(asyncio.CancelledError):
            await asyncio.Event().wait()
        ending.set()
        for _ in range(10):  # it tidies up
            await asyncio.sleep(0)
        assert faults.counts.total() == 2
        assert isinstance(await needed.end(), ZeroDivisionError)

    play(scene())


def test_needed_work_that_is_over_ends_its_owner() -> None:
    async def nothing() -> None:
        pass

    async def scene() -> None:
        needed = Needed()
        needed.begin(nothing, "what is over")
        with pytest.raises(asyncio.CancelledError):
            await asyncio.Event().wait()
        assert isinstance(await needed.end(), RuntimeError)

    play(scene())


def test_work_side_by_side_ends_with_the_first_that_fails() -> None:
    async def scene() -> None:
        with pytest.raises(ZeroDivisionError):
            await side_by_side(Work(0).run, Work(1).run)

    play(scene())


def test_a_fault_of_what_nobody_awaits_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        task = begin(Work(1).run(), "an errand failed", connection="c1")
        await asyncio.wait([task])
        await asyncio.sleep(0)
        assert told(caplog) == ["an errand failed"], "the task is still there"
        cancelled = begin(Work(0).run(), "an errand failed")
        cancelled.cancel()
        await asyncio.wait([cancelled])

    play(scene())
    assert told(caplog) == ["an errand failed"]


def test_a_fault_of_what_is_awaited_is_for_whoever_awaits_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene() -> None:
        with pytest.raises(ZeroDivisionError):
            await awaited(Work(1).run())

    play(scene())
    assert not told(caplog)


def test_a_fault_in_a_thread_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    thread = in_thread(fail, "reader")
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert told(caplog) == ["a thread failed"]
    assert thread.name == "reader"


def test_a_fault_in_a_callback_is_told_and_what_the_system_says_is_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        heed_callbacks(loop)

        def fail(error: Exception) -> None:
            raise error

        loop.call_soon(fail, ZeroDivisionError())
        loop.call_soon(fail, ConnectionResetError())
        await asyncio.sleep(0)

    play(scene())
    assert told(caplog) == ["a callback failed"]
    assert faults.counts.total() == 1
