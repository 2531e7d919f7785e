"""When commits follow each other, on a clock that the test moves."""

import asyncio
from collections.abc import Sequence
from itertools import chain

import pytest

from hubbub.chat.commands import Join, Say, Typing
from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Message
from hubbub.chat.limits import Limits
from hubbub.chat.queries import Settled
from hubbub.hub import Hub
from hubbub.hub.flow.drafts import BATCH_BYTES_MAX, LISTENERS_MIN, batch_bytes
from hubbub.log.feed import Feed
from hubbub.log.memory import MemoryLog
from hubbub.server.sessions.commits import REST_SECONDS_MAX, REST_SECONDS_PER_ANNOUNCEMENT, Commits
from hubbub.server.sockets.sending import TURN_BYTES, Sending
from hubbub.wire.codec import decode_event
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.frames import FrameDecoder
from tests.server.clockwork import Clockwork


class Silence:
    """An outlet for what nobody reads."""

    def write(self, payload: bytes) -> None:
        assert payload

    def end(self) -> None:
        raise AssertionError("nobody leaves")


class Debtor:
    """A connection that has always paid already."""

    def pay(self) -> None:
        pass


class SlowHub(Hub):
    """A hub whose fan-outs take as long as `seconds` says, one after the other."""

    def __init__(self, seconds: list[float]) -> None:
        super().__init__(Limits(), server="test")
        self.now = 0.0
        self._seconds = seconds

    def apply(self, events: Sequence[Entry]) -> None:
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
        commits = Commits(hub, MemoryLog(), Sending(asyncio.get_running_loop()))
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


class BrokenFeed(Feed):
    """Gives nothing, by a fault, as soon as it `breaks`, or at once."""

    breaks: asyncio.Event | None = None

    async def wait(self) -> None:
        if self.breaks is not None:
            await self.breaks.wait()
        raise ZeroDivisionError("a fault")


class BrokenLog(MemoryLog):
    """Hands out nothing of what was committed."""

    def follow(self) -> Feed:
        return BrokenFeed()


def test_what_is_said_after_commits_have_failed_for_good_keeps_nobody_from_ending() -> None:
    async def scene() -> None:
        hub = Hub(Limits(), server="test")
        commits = Commits(hub, BrokenLog(), Sending(asyncio.get_running_loop()))
        with pytest.raises(ZeroDivisionError):
            await commits.run()
        ann, _ = hub.enter("ann", CLASSIC, Silence(), "secret")
        hub.line(ann, "too late", 0)
        assert hub.has_pending
        commits.wake()
        async with asyncio.timeout(10):
            await commits.drained()

    asyncio.run(scene())


class StuckLog(MemoryLog):
    """Never ends a commit, and fails for good once one has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun = asyncio.Event()

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        self.has_begun.set()
        await asyncio.Event().wait()
        return await super().append(drafts)

    def follow(self) -> Feed:
        feed = BrokenFeed()
        feed.breaks = self.has_begun
        return feed


def test_nobody_waits_for_commits_that_have_failed_for_good() -> None:
    async def scene() -> None:
        hub = Hub(Limits(), server="test")
        commits = Commits(hub, StuckLog(), Sending(asyncio.get_running_loop()))
        called: list[str] = []
        commits.call_after(lambda: called.append("before"))
        question = Settled(1)
        waiting = [
            asyncio.ensure_future(work)
            for work in (
                commits.bring([from_elsewhere("under way")]),
                commits.bring([from_elsewhere("behind it")]),
                commits.settled(question),
                commits.drained(),
            )
        ]
        with pytest.raises(ZeroDivisionError):
            await commits.run()
        commits.call_after(lambda: called.append("after"))
        waiting += [
            asyncio.ensure_future(work)
            for work in (
                commits.bring([from_elsewhere("too late")]),
                commits.settled(question),
                commits.drained(),
            )
        ]
        async with asyncio.timeout(10):
            ends = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(end) for end in ends] == [
            *(LogError, LogError, LogError, type(None)),
            *(LogError, LogError, type(None)),
        ]
        assert called == ["before"]

    asyncio.run(scene())


def test_announcements_rest_in_proportion_to_their_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    really_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await really_sleep(0)

    async def scene() -> None:
        hub = Hub(Limits(), server="test")
        commits = Commits(hub, MemoryLog(), Sending(asyncio.get_running_loop()))
        running = asyncio.create_task(commits.run())
        for number in range(5):
            session, _ = hub.enter(f"m{number}", EVENTS, Silence(), f"secret {number}")
            hub.command(session, Join(room="lobby"), 0)
        for _ in range(3):
            hub.command(session, Typing(room="lobby"), 0)
            commits.wake()
            async with asyncio.timeout(10):
                while hub.has_announcements:
                    await really_sleep(0)
        running.cancel()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(scene())
    assert slept == pytest.approx([4 * REST_SECONDS_PER_ANNOUNCEMENT] * 3)


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
        commits = Commits(hub, log, Sending(asyncio.get_running_loop()))
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
        commits = Commits(hub, log, Sending(asyncio.get_running_loop()))
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


def from_elsewhere(text: str, room: str = "lobby") -> Message:
    return Message(room=room, seq=0, prev=0, sender="eve", at=0, text=text)


class CountingHub(SlowHub):
    """A hub whose fan-outs take a thousandth of a second each; `texts` are what each brought."""

    def __init__(self) -> None:
        super().__init__([])
        self.texts: list[list[str]] = []
        self.brought = asyncio.Event()

    def apply(self, events: Sequence[Entry]) -> None:
        self._seconds.append(0.001)
        self.texts.append([event.text for event in events if isinstance(event, Message)])
        super().apply(events)
        self.brought.set()


async def turns() -> None:
    """Let all that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def while_we_rest(monkeypatch: pytest.MonkeyPatch, *, is_said_here: bool) -> CountingHub:
    """Have others append, and something said here, while the server rests after a fan-out."""
    hub, log = CountingHub(), MemoryLog()
    really_sleep = asyncio.sleep

    async def scene() -> None:
        rested = asyncio.Event()

        async def sleep(seconds: float) -> None:
            if seconds == 0:
                await really_sleep(0)
                return
            await rested.wait()
            hub.now += seconds

        monkeypatch.setattr(asyncio, "sleep", sleep)
        commits = Commits(hub, log, Sending(asyncio.get_running_loop()))
        commits._clock = lambda: hub.now
        ann, _ = hub.enter("ann", CLASSIC, Silence(), "secret")
        running = asyncio.create_task(commits.run())
        for number in range(5):
            await log.append([from_elsewhere(f"{number}")])
            await turns()
        if is_said_here:
            hub.line(ann, "ours", 0)
            commits.wake()
            await turns()
        assert hub.texts == [["0"]], "who speaks into silence does not wait"
        rested.set()
        await turns()
        running.cancel()

    asyncio.run(scene())
    return hub


def test_what_others_append_while_we_rest_shares_a_fan_out(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = while_we_rest(monkeypatch, is_said_here=False)
    assert hub.texts == [["0"], ["1", "2", "3", "4"]]


def test_what_is_said_here_and_what_others_append_share_a_fan_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = while_we_rest(monkeypatch, is_said_here=True)
    assert hub.texts == [["0"], ["1", "2", "3", "4", "ours"]]


class SlowLog(MemoryLog):
    """A log that appends what the server says once that `may_go_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = asyncio.Event()

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        await self.may_go_on.wait()
        return await super().append(drafts)

    async def append_elsewhere(self, text: str) -> None:
        await super().append([from_elsewhere(text)])


def ours_and_others(
    *, is_brought_before: bool, others: Sequence[str] = ("0", "1", "2")
) -> CountingHub:
    """Have others append while a commit of ours is under way; return what was brought."""
    hub = CountingHub()

    async def scene() -> None:
        log = SlowLog()
        commits = Commits(hub, log, Sending(asyncio.get_running_loop()))
        ann, _ = hub.enter("ann", CLASSIC, Silence(), "secret")
        running = asyncio.create_task(commits.run())
        hub.line(ann, "ours", 0)
        commits.wake()
        await turns()
        for text in others:
            await log.append_elsewhere(text)
            await turns()
        if is_brought_before:
            async with asyncio.timeout(10):
                await hub.brought.wait()
        log.may_go_on.set()
        async with asyncio.timeout(10):
            await commits.drained()
        running.cancel()

    asyncio.run(scene())
    return hub


def test_a_commit_of_ours_brings_what_others_appended_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hubbub.server.sessions.commits.REST_SECONDS_MAX", 60)
    hub = ours_and_others(is_brought_before=False)
    assert hub.texts == [["0", "1", "2", "ours"]]


def test_a_commit_of_ours_and_what_others_appended_before_it_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hubbub.server.sessions.commits.REST_SECONDS_MAX", 60)
    hub = ours_and_others(is_brought_before=False, others=["x" * BATCH_BYTES_MAX] * 3)
    assert [len(texts) for texts in hub.texts] == [1, 1, 1, 1]
    assert hub.texts[-1] == ["ours"]


def test_what_others_append_does_not_wait_long_for_a_commit_of_ours() -> None:
    hub = ours_and_others(is_brought_before=True)
    assert [*chain(*hub.texts)] == ["0", "1", "2", "ours"]
    assert hub.texts[-1] == ["ours"]


def test_what_others_appended_is_fanned_out_in_parts_no_larger_than_batches_of_ours() -> None:
    hub = CountingHub()

    async def scene() -> None:
        log = MemoryLog()
        commits = Commits(hub, log, Sending(asyncio.get_running_loop()))
        for number in range(100):
            await log.append([from_elsewhere(f"{number:02}" * 5000), from_elsewhere(f"{number}")])
        for number in range(100, 200):
            await log.append([from_elsewhere(f"{number}")])
        running = asyncio.create_task(commits.run())
        async with asyncio.timeout(10):
            while hub.last < 300:
                await hub.brought.wait()
                hub.brought.clear()
        running.cancel()

    asyncio.run(scene())
    weights = [sum(batch_bytes(len(text), 0) for text in fan_out) for fan_out in hub.texts]
    assert max(weights) <= BATCH_BYTES_MAX
    assert min(weights[:-1]) > BATCH_BYTES_MAX - 2 * batch_bytes(10_000, 0), "nor much smaller"
    assert all(len(fan_out) % 2 == 0 for fan_out in hub.texts[:-1]), "commits stay whole"


def test_while_much_is_to_be_sent_only_small_rooms_go_on() -> None:
    async def scene() -> None:
        loop = Clockwork()
        hub = Hub(Limits(), server="test")
        sending = Sending(loop)
        commits = Commits(hub, MemoryLog(), sending)
        crowd = [
            hub.enter(f"m{number}", CLASSIC, Silence(), f"secret {number}")[0]
            for number in range(2 * LISTENERS_MIN)
        ]
        ann, _ = hub.enter("ann", EVENTS, Silence(), "secret")
        hub.command(ann, Join(room="small"), 0)
        hub.line(crowd[0], "for many", 0)
        hub.command(ann, Say(room="small", text="for few"), 0)
        sending.may_write(TURN_BYTES)
        sending.put_off(Debtor(), 1)
        running = asyncio.create_task(commits.run())
        commits.wake()
        for _ in range(100):
            await asyncio.sleep(0)
        assert [hub.last, commits.events, hub.has_pending] == [1, 1, True]
        loop.turn()
        async with asyncio.timeout(10):
            await commits.drained()
        assert [hub.last, commits.events] == [2, 2]
        running.cancel()

    asyncio.run(scene())
