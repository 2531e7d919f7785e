"""A node in the simulation that hears a server which has lost touch with all others."""

import asyncio
import random
from pathlib import Path

import pytest

pytest.importorskip("nats")

from bench.simulation.loop import VirtualLoop
from bench.simulation.node import Node, Outlet
from bench.simulation.play import seeded
from bench.simulation.server import Server
from bench.simulation.wire import Wire

from hubbub.chat import commands as c

HEARTBEAT_SECONDS = 0.5
STILL_HELD_SECONDS = 38.0
"""Others free no names before that."""


class Island:
    """Around a node and a server of its own, which knows what there was before and says so."""

    def __init__(self, server: Server, wire: Wire) -> None:
        (consumer,) = [one for one in server.consumers if one.inbox in wire.hearing]
        consumer.is_known = False
        self._last = {"Status": "100", "Nats-Last-Consumer": f"{consumer.sent}"}
        self._inbox = consumer.inbox
        self._wire = wire
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(wire, "_send", lambda _: None)
        self._server = server
        self._deaf = [one for one in server.listeners if one[1] == wire._deliver]
        server.listeners = [one for one in server.listeners if one not in self._deaf]

    async def beat(self) -> None:
        """Tell the node, for ever, that its server is there."""
        while True:
            self._wire._deliver("", "", b"", {**self._last, "to": self._inbox})
            await asyncio.sleep(HEARTBEAT_SECONDS)

    def end(self) -> None:
        """Let the node reach all others again."""
        self._patch.undo()
        self._server.listeners += self._deaf


def test_where_nobody_says_anything_names_are_let_go_before_others_may_have_them(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        server, chance = Server(), random.Random(1)
        nodes = [Node(number, tmp_path / f"{number}", server, chance) for number in range(2)]

        async def beat() -> None:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                server.beat()

        beating = asyncio.create_task(beat())
        for node in nodes:
            await node.start()
        first, other = nodes
        ann = await first.enter("ann", outlet := Outlet(lambda _: None))
        assert ann is not None
        await first.tell(ann, c.Join(room="lobby"))
        await asyncio.sleep(1)
        assert first.wire is not None
        island = Island(server, first.wire)
        alone = asyncio.create_task(island.beat())
        await asyncio.sleep(STILL_HELD_SECONDS)
        assert outlet.is_ended
        await asyncio.sleep(STILL_HELD_SECONDS)
        another = await other.enter("ann", Outlet(lambda _: None))
        assert another is not None
        assert not another.held
        alone.cancel()
        island.end()
        await asyncio.sleep(STILL_HELD_SECONDS)
        bob = await first.enter("bob", Outlet(lambda _: None))
        assert bob is not None
        assert not bob.held
        assert other.hub is not None
        assert other.hub.has_name(another)
        assert [node.faults for node in nodes] == [[], []]
        for node in nodes:
            await node.kill()
        beating.cancel()

    with seeded(1), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(scene())
