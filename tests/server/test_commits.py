"""When commits follow each other, on a clock that the test moves."""

import asyncio

import pytest

from hubbub.chat.limits import Limits
from hubbub.hub import Batch, Hub
from hubbub.log.memory import MemoryLog
from hubbub.server.commits import REST_SECONDS_MAX, Commits
from hubbub.wire.formats import CLASSIC


class Silence:
    """An outlet for what nobody reads."""

    def write(self, payload: bytes) -> None:
        assert payload

    def end(self) -> None:
        raise AssertionError("nobody leaves")


class SlowHub(Hub):
    """A hub whose fan-outs take as long as `seconds` says, one after the other."""

    def __init__(self, seconds: list[float]) -> None:
        super().__init__(Limits(), server="test")
        self.now = 0.0
        self._seconds = seconds

    def apply(self, batch: Batch, seqs: list[int]) -> None:
        super().apply(batch, seqs)
        self.now += self._seconds.pop(0)


def rests(monkeypatch: pytest.MonkeyPatch, fan_outs: list[float], pause: float) -> list[float]:
    """Return how long was rested between commits; `pause` passes after each by itself."""
    hub = SlowHub(list(fan_outs))
    slept: list[float] = []
    really_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        hub.now += seconds
        await really_sleep(0)

    async def scene() -> None:
        commits = Commits(hub, MemoryLog())
        commits._clock = lambda: hub.now
        ann = hub.enter("ann", CLASSIC, Silence(), "secret")
        running = asyncio.create_task(commits.run())
        for number in range(len(fan_outs)):
            hub.line(ann, f"message {number}", 0)
            commits.wake()
            await commits.drained()
            hub.now += pause
        running.cancel()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(scene())
    return slept


def test_a_long_fan_out_is_followed_by_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rests(monkeypatch, [0.001, 0.0], pause=0) == pytest.approx([0.002])


def test_no_rest_is_longer_than_a_message_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rests(monkeypatch, [1.0, 0.0], pause=0) == pytest.approx([REST_SECONDS_MAX])


def test_who_speaks_into_silence_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rests(monkeypatch, [0.001, 0.001, 0.0], pause=0.01) == []
