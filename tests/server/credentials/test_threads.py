"""Threads for dear work: the event loop comes before them."""

import asyncio
import os
import sys
import threading
import time

import pytest

from hubbub.server.credentials.threads import NICENESS, FairThreads

ANN = "192.0.2.1"
NICENESS_MAX = 19
"""The system knows no more than that."""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority")
def test_modest_threads_run_when_the_loop_leaves_them_time() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    async def scenario() -> None:
        modest = FairThreads(time.perf_counter, 2, "modest", modest=True)
        others = FairThreads(time.perf_counter, 1, "others")
        assert await modest.in_turn(ANN, niceness) == min(niceness() + NICENESS, NICENESS_MAX)
        assert await others.in_turn(ANN, niceness) == niceness()
        modest.close()
        others.close()

    asyncio.run(scenario())


def test_a_thread_rests_after_each_work_and_before_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[object] = []
    at = 0.0

    def sleep(seconds: float) -> None:
        done.append(seconds)

    def work(seconds: float) -> float:
        nonlocal at
        at += seconds
        done.append("work")
        return seconds

    monkeypatch.setattr("hubbub.server.credentials.threads.time.thread_time", lambda: at)
    monkeypatch.setattr("hubbub.server.credentials.threads.time.sleep", sleep)

    async def scenario() -> None:
        proofs = FairThreads(time.perf_counter, 1, "proofs", rests=2.0)
        asked = [proofs.in_turn(ANN, lambda s=s: work(s)) for s in (1.0, 3.0)]  # type: ignore[misc]
        assert await asyncio.gather(*asked) == [1.0, 3.0]
        with pytest.raises(ZeroDivisionError):
            await proofs.in_turn(ANN, lambda: 1 // 0)
        await proofs.in_turn(ANN, list)  # behind the rest, which a close would leave out
        proofs.close()

    asyncio.run(scenario())
    assert done[:5] == ["work", 2.0, "work", 6.0, 0.0]
