"""Everything that happens to nodes and their NATS servers; each fault lasts a while, and goes.

As with one machine (`bench.promises.faults`), whose faults are played on one of the nodes as well.
"""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bench.peers.nats_server import NatsServer
from bench.promises import faults as of_one
from bench.promises.faults import Fault, Stage
from bench.promises.ledger import Ledger
from bench.promises.nodes.cluster import Cluster, Node
from bench.promises.nodes.keepers import COUNT
from bench.promises.nodes.watched import NOTICE_SECONDS, PATIENCE_SECONDS, Watched
from bench.promises.proxy import Proxy
from bench.promises.system import Dial

CUT_SECONDS: Final = (NOTICE_SECONDS + 0.5, 4.0, 6.0, 18.0)
"""After 15 seconds a node ends the sessions of people in passing."""

FORGONE_SECONDS: Final = 48.0
"""By then the others free the names that a node claimed which they do not hear."""

FEW_MESSAGES: Final = 20
MINUTES: Final = (-600, -240, -60, 60, 240, 600)
DELAYS: Final = (0.02, 0.1, 0.3)


@dataclass(slots=True)
class Scene:
    """Nodes and NATS servers, and all that can happen to them."""

    cluster: Cluster
    ledger: Ledger
    chance: random.Random
    watched: list[Watched]

    @property
    def ended(self) -> str:
        """The last words of a server that ended by itself; nothing if all run."""
        return self.cluster.ended

    def last_words(self) -> str:
        """Return what the nodes said last."""
        return " | ".join(node.server.last_words()[-200:] for node in self.cluster.nodes)

    async def pause(self, least: float, most: float) -> None:
        """Let some time pass."""
        await asyncio.sleep(self.chance.uniform(least, most))

    def node(self) -> Node:
        """Return one of the nodes."""
        return self.chance.choice(self.cluster.nodes)

    def keeper(self) -> NatsServer:
        """Return one of the NATS servers."""
        return self.chance.choice(self.cluster.keepers)

    def stage(self, node: Node) -> Stage:
        """Return a node as the only server."""
        return Stage(node.server, node.system, node.members, self.ledger, self.chance, node.disk)

    @asynccontextmanager
    async def cut_off(self, watched: Watched, ways: Iterable[Proxy]) -> AsyncIterator[None]:
        """Have a node cut off from the block's beginning to its end, and see what it does then.

        The block cuts `ways`; they carry everything again at its end.
        """
        await watched.must_take()
        since = asyncio.get_running_loop().time()
        try:
            yield
            await asyncio.sleep(self.chance.choice(CUT_SECONDS))
            if watched.has_taken_nothing(since):
                await watched.must_notice(since)
                watched.has_taken_nothing(since)
        finally:
            for way in ways:
                way.release()
        await watched.must_take()

    async def must_go_on(self, what: str) -> None:
        """See that messages are acknowledged, though something is lost."""
        goal = self.ledger.acknowledged + FEW_MESSAGES
        if not await self.ledger.until(lambda: self.ledger.acknowledged >= goal, PATIENCE_SECONDS):
            self.ledger.find(f"Nothing is acknowledged while {what}.")

    def hold(self, ways: Iterable[Proxy]) -> None:
        """Cut ways, as a network may be cut: in silence, in one direction alone, or aloud."""
        kind = self.chance.randrange(4)
        for way in ways:
            if kind == 0:
                way.shut()
            else:
                way.hold(there=kind != 1, back=kind != 2)


async def node_cut_off(scene: Scene) -> None:
    """A node reaches no NATS server."""
    watched = scene.chance.choice(scene.watched)
    async with scene.cut_off(watched, watched.node.wires):
        scene.hold(watched.node.wires)


async def island(scene: Scene) -> None:
    """A node and a NATS server reach each other, and nobody else."""
    watched, number = scene.chance.choice(scene.watched), scene.chance.randrange(COUNT)
    others = [wire for place, wire in enumerate(watched.node.wires) if place != number]
    ways = [*others, *scene.cluster.routes_of(number)]
    async with scene.cut_off(watched, ways):
        scene.hold(ways)


async def wire_cut(scene: Scene) -> None:
    """A node does not reach one of the NATS servers, and goes on at another one."""
    watched = scene.chance.choice(scene.watched)
    wire = scene.chance.choice(watched.node.wires)
    scene.hold([wire])
    await watched.must_take()
    wire.release()


async def keeper_cut_off(scene: Scene) -> None:
    """A NATS server does not reach the others; all nodes reach it."""
    routes = scene.cluster.routes_of(scene.chance.randrange(COUNT))
    scene.hold(routes)
    await scene.must_go_on("a NATS server does not reach the others")
    for watched in scene.watched:
        await watched.must_take()  # at another server, if it was at this one
    for route in routes:
        route.release()


async def keeper_kill(scene: Scene) -> None:
    """A NATS server is killed, and started again after a while."""
    keeper = scene.keeper()
    keeper.kill()
    await scene.must_go_on("a NATS server is gone")
    await scene.pause(0.0, 2.0)
    await asyncio.to_thread(keeper.start)


async def keeper_freeze(scene: Scene) -> None:
    """A NATS server stands still for a while."""
    keeper = scene.keeper()
    keeper.hang()
    await scene.pause(0.5, 5.0)
    keeper.go_on()


async def leader_lost(scene: Scene) -> None:
    """The NATS server that leads the stream is killed, stands still, or is cut off."""
    number = await scene.cluster.leader()
    keeper, routes = scene.cluster.keepers[number], scene.cluster.routes_of(number)
    how = scene.chance.randrange(3)
    if how == 0:
        keeper.kill()
    elif how == 1:
        keeper.hang()
    else:
        scene.hold(routes)
    await scene.must_go_on("the leader of the stream is lost")
    if how == 0:
        await asyncio.to_thread(keeper.start)
    elif how == 1:
        keeper.go_on()
    for route in routes:
        route.release()


async def majority_lost(scene: Scene) -> None:
    """Two of the three NATS servers are killed, so nothing can be stored."""
    gone = scene.chance.sample(scene.cluster.keepers, COUNT - 1)
    for watched in scene.watched:
        await watched.must_take()
    since = asyncio.get_running_loop().time()
    for keeper in gone:
        keeper.kill()
    await scene.pause(NOTICE_SECONDS, 2 * NOTICE_SECONDS)
    for watched in scene.watched:
        if watched.has_taken_nothing(since):
            await watched.must_notice(since)
    for keeper in gone:
        await asyncio.to_thread(keeper.start)
    for watched in scene.watched:
        await watched.must_take()


async def restart_of_everything(scene: Scene) -> None:
    """All nodes and all NATS servers are killed, and started again."""
    cluster = scene.cluster
    ends = [node.server.kill() for node in cluster.nodes]
    if scene.chance.random() < 0.5:
        await asyncio.gather(*ends)
        for keeper in cluster.keepers:
            keeper.kill()
    else:
        for keeper in cluster.keepers:
            keeper.kill()
        await asyncio.gather(*ends)
    await asyncio.gather(*(asyncio.to_thread(keeper.start) for keeper in cluster.keepers))
    await asyncio.gather(*(node.server.start() for node in cluster.nodes))


async def full_stream(scene: Scene) -> None:
    """The stream takes a few more messages, and then none."""
    stored = (await scene.cluster.stream())["state"]["messages"]
    await scene.cluster.limit(stored + FEW_MESSAGES)
    await scene.stage(scene.node()).until_refused()
    await scene.cluster.limit(-1)


async def slow_follower(scene: Scene) -> None:
    """A NATS server gets what the others store later than they, and tells them later, too."""
    await _slow(scene, scene.cluster.routes_of(scene.chance.randrange(COUNT)))


async def slow_wires(scene: Scene) -> None:
    """A node is far away from the NATS servers."""
    await _slow(scene, scene.node().wires)


async def _slow(scene: Scene, ways: Sequence[Proxy]) -> None:
    delay = scene.chance.choice(DELAYS)
    for way in ways:
        way.slow(delay)
    await scene.pause(1.0, 4.0)
    for way in ways:
        way.release()


async def clocks_apart(scene: Scene) -> None:
    """The clocks of the nodes are minutes apart from each other, and stay so."""
    minutes = scene.chance.sample(MINUTES, COUNT)
    for node, seconds in zip(scene.cluster.nodes, minutes, strict=True):
        node.system.set(Dial.CLOCK_SECONDS, seconds)
    await scene.pause(0.5, 2.0)


async def long_freeze(scene: Scene) -> None:
    """A node stands still until others may have the names that it claimed, and goes on."""
    node = scene.node()
    node.server.signal(signal.SIGSTOP)
    await asyncio.sleep(FORGONE_SECONDS)
    node.server.signal(signal.SIGCONT)
    await scene.pause(0.5, 2.0)


def _on_a_node(fault: Fault[Stage]) -> Fault[Scene]:
    """Return a fault of one machine as that of a node; the others go on."""

    async def happen(scene: Scene) -> None:
        await fault.happen(scene.stage(scene.node()))

    happen.__name__ = f"node_{fault.happen.__name__}"
    happen.__doc__ = f"To one of the nodes: {fault.happen.__doc__}"
    return Fault(happen, power=fault.power, faulty=fault.faulty)


FAULTS: Final = (
    _on_a_node(Fault(of_one.kill)),
    Fault(node_cut_off),
    Fault(leader_lost),
    Fault(full_stream),
    Fault(slow_follower),
    Fault(island),
    _on_a_node(Fault(of_one.full_disk)),
    Fault(keeper_kill),
    Fault(clocks_apart),
    _on_a_node(Fault(of_one.freeze)),
    Fault(wire_cut),
    Fault(restart_of_everything),
    Fault(keeper_cut_off),
    _on_a_node(Fault(of_one.few_descriptors)),
    Fault(slow_wires),
    Fault(majority_lost),
    _on_a_node(Fault(of_one.resets)),
    _on_a_node(Fault(of_one.hang)),
    Fault(keeper_freeze),
    _on_a_node(Fault(of_one.clock_jump)),
    _on_a_node(Fault(of_one.power_cut, power=True)),
    _on_a_node(Fault(of_one.stop_and_start)),
    _on_a_node(Fault(of_one.slow_disk)),
    _on_a_node(Fault(of_one.read_only_disk)),
    Fault(long_freeze),
)
