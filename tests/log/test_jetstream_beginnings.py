"""A node that reads late while beginnings of rooms go comes to the same as all others.

The server is that of the simulation: it can hold back what one node is sent, as a real one does
with a reader that is slow, and sends later only what the stream still has.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

pytest.importorskip("nats")

from bench.simulation.loop import VirtualLoop
from bench.simulation.node import Node
from bench.simulation.play import seeded
from bench.simulation.server import Consumer, Deliver, Server

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry
from hubbub.chat.queries import Over
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.pieces import number_of
from hubbub.log.sqlite import segments
from tests.log.drafts import all_of, said, until
from tests.log.feeds import handed_out
from tests.log.test_dropping import drop_all, head
from tests.log.test_removing import gone


class SlowServer(Server):
    """Sends to one reader only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.slow: Deliver | None = None
        self._held_back: list[tuple[Consumer, int]] = []

    def _deliver(self, consumer: Consumer, number: int, pending: int) -> None:
        if consumer.deliver == self.slow:
            self._held_back.append((consumer, number))
        else:
            super()._deliver(consumer, number, pending)

    def send_what_is_left(self) -> None:
        held_back, self._held_back = self._held_back, []
        for consumer, number in held_back:
            if number in self.messages:
                super()._deliver(consumer, number, 0)


class Scene:
    """Two nodes, of which one applies nothing and is sent nothing until it is let."""

    def __init__(self, server: SlowServer, one: JetStreamLog, late: Node) -> None:
        assert late.log is not None
        assert late.wire is not None
        self.one, self.late = one, late.log
        self._server, self._wire = server, late.wire

    async def fall_behind(self) -> None:
        """Have the late node stop, with something in its hands that it is about to apply."""
        await self.late.stand_still()
        await self.say("in its hands")
        await self.let_come()
        self._server.slow = self._wire._deliver

    async def say(self, *texts: str) -> int:
        """Say something at the other node, all at once; return the seq of the last of it."""
        return (await self.one.append([said(text) for text in texts]))[-1]

    async def let_come(self) -> None:
        """Have the late node be sent what there is, which it does not apply yet."""
        self._server.send_what_is_left()
        await asyncio.sleep(0.3)  # in the loop's time, in which nothing waits that is under way

    async def drop(self, upto: int, *, in_part: bool = False) -> None:
        """Drop the room up to a seq, and wait until that is out of the stream.

        `in_part`: the message of the stream that has this seq has more, which stays.
        """
        assert await drop_all(self.one, Over(upto=upto)) == upto
        first = number_of(upto) + (0 if in_part else 1)

        async def is_gone() -> bool:
            rooms = (no for no, kept in self._server.messages.items() if ".room." in kept.subject)
            return all(number >= first for number in rooms)

        await until(is_gone)

    async def agree(self) -> None:
        """Let the late node apply all, and see that it has what the other one has."""
        await self.let_come()
        heard = self.late.follow()
        self.late.move_on()

        async def is_there() -> bool:
            return self.late.last == self.one.last and not self.late.behind

        await until(is_there)
        kept = await all_of(self.one, "lobby")
        assert await all_of(self.late, "lobby") == kept
        assert await head(self.late) == await head(self.one)
        prevs = {one.seq: one.prev for one in kept}
        told = [event for event in handed_out(heard) if event.seq in prevs]
        assert {one.seq: one.prev for one in told if one.room == "lobby"} == prevs


def play(folder: Path, scene: Callable[[Scene], Awaitable[None]]) -> None:
    async def played() -> None:
        server, chance = SlowServer(), random.Random(0)
        nodes = [Node(number, folder / f"{number}", server, chance) for number in range(2)]

        async def beat() -> None:
            while True:
                await asyncio.sleep(0.5)
                server.beat()

        beating = asyncio.create_task(beat())
        for node in nodes:
            await node.start()
        one, late = nodes
        assert one.log is not None
        stage = Scene(server, one.log, late)
        await stage.say("first")
        await scene(stage)
        for node in nodes:
            await node.kill()
        beating.cancel()

    with seeded(0), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(played())


def test_what_came_before_the_loss_and_what_came_behind_it_may_be_applied_together(
    tmp_path: Path,
) -> None:
    async def scene(stage: Scene) -> None:
        await stage.fall_behind()
        await stage.say("comes in time")
        await stage.let_come()
        lost = await stage.say("is lost before it comes")
        await stage.drop(lost)
        await stage.say("stays")
        await stage.agree()

    play(tmp_path, scene)


def test_between_two_losses_nothing_follows_what_it_did_not_follow(tmp_path: Path) -> None:
    async def scene(stage: Scene) -> None:
        await stage.fall_behind()
        await stage.drop(await stage.say("is lost before it comes"))
        await stage.say("comes in time, and is lost")
        await stage.let_come()
        await stage.drop(await stage.say("is lost before it comes, too"))
        await stage.say("stays")
        await stage.agree()

    play(tmp_path, scene)


def test_of_what_was_said_at_once_what_is_lost_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENT_BYTES_MAX", 400)

    async def scene(stage: Scene) -> None:
        await stage.fall_behind()
        await stage.say("is lost before it comes")
        seq = await stage.say("is lost with it " * 30, "stays " * 60)
        await stage.drop(seq - 1, in_part=True)
        await stage.agree()

    play(tmp_path, scene)


def test_a_room_that_was_removed_and_lost_its_new_beginning_begins_behind_that(
    tmp_path: Path,
) -> None:
    async def scene(stage: Scene) -> None:
        await stage.fall_behind()
        await stage.say("of the former room")
        await stage.let_come()
        await stage.one.append([gone("lobby")])
        await stage.drop(await stage.say("of the new one"))
        await stage.say("stays")
        await stage.agree()

    play(tmp_path, scene)


def test_what_can_be_applied_only_later_follows_what_was_applied_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Scene) -> None:
        await stage.fall_behind()
        await stage.say("of the former room")
        await stage.let_come()
        await stage.one.append([gone("lobby")])
        await stage.drop(await stage.say("of the new one"))
        await stage.say("stays")
        await stage.one.append([gone("den")])  # with which another part begins
        await stage.say("comes later")
        commit, faults = stage.late._commit, [LogError("the disk is full")]

        async def failing(part: Sequence[Entry]) -> list[int]:
            if faults and any(getattr(one, "text", "") == "comes later" for one in part):
                raise faults.pop()
            return await commit(part)

        monkeypatch.setattr(stage.late, "_commit", failing)
        await stage.agree()
        assert not faults

    play(tmp_path, scene)


def test_what_is_said_to_be_lost_is_still_told_where_it_came(tmp_path: Path) -> None:
    """A node that is a moment behind, and misses nothing, tells its members all the same."""

    async def scene(stage: Scene) -> None:
        await stage.late.stand_still()
        heard = stage.late.follow()
        last = await stage.say("comes in time")
        await asyncio.sleep(0.3)
        await stage.drop(last)
        await stage.say("stays")
        stage.late.move_on()

        async def is_there() -> bool:
            return stage.late.last == stage.one.last

        await until(is_there)
        assert last in [event.seq for event in handed_out(heard)]

    play(tmp_path, scene)
