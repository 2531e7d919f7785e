"""When commits follow each other, on a clock that the test moves."""

import asyncio
from collections.abc import Sequence

import pytest

from hubbub.chat.commands import Join, Say
from hubbub.chat.events import AnyLogged, Message
from hubbub.chat.limits import Limits
from hubbub.hub import Hub
from hubbub.log.memory import MemoryLog
from hubbub.server.commits import REST_SECONDS_MAX, Commits
from hubbub.wire.codec import decode_event
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.frames import FrameDecoder


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

    def apply(self, events: Sequence[AnyLogged]) -> None:
        super().apply(events)
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
        ann, _ = hub.enter("ann", CLASSIC, Silence(), "secret")
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


class Notebook:
    """An outlet that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.arrived = asyncio.Event()

    def write(self, payload: bytes) -> None:
        self.written += payload
        self.arrived.set()

    def end(self) -> None:
        raise AssertionError("nobody leaves")


def test_what_another_appends_to_the_log_is_told_like_our_own() -> None:
    async def scene() -> None:
        log, notebook = MemoryLog(), Notebook()
        hub = Hub(Limits(), server="test")
        commits = Commits(hub, log)
        hub.enter("ann", CLASSIC, notebook, "secret")
        running = asyncio.create_task(commits.run())
        await log.append([Message(room="lobby", seq=0, prev=0, sender="eve", at=0, text="hello")])
        async with asyncio.timeout(10):
            await notebook.arrived.wait()
        assert notebook.written == b"3         eve5         hello"
        assert hub.last == 1
        running.cancel()

    asyncio.run(scene())


def test_an_ok_waits_for_its_event_when_another_s_come_first() -> None:
    async def scene() -> None:
        log, notebook = MemoryLog(), Notebook()
        hub = Hub(Limits(), server="test")
        commits = Commits(hub, log)
        ann, _ = hub.enter("ann", EVENTS, notebook, "secret")
        hub.command(ann, Join(room="lobby"), 0)
        notebook.written = b""
        hub.command(ann, Say(room="lobby", text="mine", ref="1"), 0)
        await log.append([Message(room="lobby", seq=0, prev=0, sender="eve", at=0, text="first")])
        running = asyncio.create_task(commits.run())
        commits.wake()
        async with asyncio.timeout(10):
            await commits.drained()
        heard = [decode_event(frame.text) for frame in FrameDecoder(1000).receive(notebook.written)]
        assert [type(event).__name__ for event in heard] == ["Ok", "Message", "Message"]
        running.cancel()

    asyncio.run(scene())
