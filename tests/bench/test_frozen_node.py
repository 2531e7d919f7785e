"""A node that stands still in the simulation: what protects a name, and that each of it does."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("nats")

from bench.simulation.loop import VirtualLoop
from bench.simulation.node import Node, Outlet, Turns
from bench.simulation.play import seeded
from bench.simulation.server import Server

from hubbub.chat import commands as c
from hubbub.chat.errors import HubbubError
from hubbub.chat.events import Message
from hubbub.log.jetstream.tenure import Tenure

SEEDS = range(4)
"""In some of them what people said is heard first, in others what the server did."""

GONE_SECONDS = 60.0
Scene = Callable[[list[Node]], Awaitable[list[str]]]


def played(seed: int, folder: Path, scene: Scene) -> list[str]:
    """Return what stands in the lobby once a scene with two nodes is over."""

    async def play() -> list[str]:
        server, chance = Server(), random.Random(seed)
        nodes = [Node(number, folder / f"{number}", server, chance) for number in range(2)]

        async def beat() -> None:
            while True:
                await asyncio.sleep(0.5)
                server.beat()

        beating = asyncio.create_task(beat())
        for node in nodes:
            await node.start()
        found = await scene(nodes)
        assert [node.faults for node in nodes] == [[], []]
        for node in nodes:
            await node.kill()
        beating.cancel()
        return found

    with seeded(seed), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(play())


async def ann_is_another(nodes: list[Node]) -> list[str]:
    """Have a node stand still, and another ann talk at the other one meanwhile."""
    frozen, other = nodes
    former = await frozen.enter("ann", outlet := Outlet(lambda _: None))
    assert former is not None
    await frozen.tell(former, c.Join(room="lobby"))
    await frozen.tell(former, c.Say(room="lobby", text="in time"))
    await asyncio.sleep(1)
    frozen.freeze()
    await asyncio.sleep(GONE_SECONDS)
    ann = await other.enter("ann", Outlet(lambda _: None))
    assert ann is not None
    await other.tell(ann, c.Join(room="lobby"))
    await other.tell(ann, c.Say(room="lobby", text="another one's"))
    await asyncio.sleep(1)
    late = asyncio.create_task(frozen.tell(former, c.Say(room="lobby", text="too late")))
    await asyncio.sleep(0)  # it waits in the socket
    frozen.thaw()
    with suppress(HubbubError):
        await late
    await asyncio.sleep(30)
    assert outlet.is_ended
    assert frozen.hub is not None
    assert not frozen.hub.has_name(former)
    assert other.hub is not None
    assert other.hub.has_name(ann)
    # The node goes on, and lets people in.
    bob = await frozen.enter("bob", Outlet(lambda _: None))
    assert bob is not None
    await frozen.tell(bob, c.Join(room="lobby"))
    await frozen.tell(bob, c.Say(room="lobby", text="hello"))
    await asyncio.sleep(1)
    assert other.log is not None
    said = await other.log.backlog("lobby", 0, 1_000_000)
    return [one.text for one in said if isinstance(one, Message)]


RIGHT = ["in time", "another one's", "hello"]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_under_a_name_at_a_node_that_stood_still(seed: int, tmp_path: Path) -> None:
    assert played(seed, tmp_path, ann_is_another) == RIGHT


@pytest.mark.parametrize("seed", SEEDS)
def test_the_servers_store_nothing_of_it_even_if_the_node_does_not_see_that_it_stood_still(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turns, "begin", lambda _: None)
    assert played(seed, tmp_path, ann_is_another) == RIGHT


def test_without_either_it_would_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Turns, "begin", lambda _: None)
    monkeypatch.setattr(Tenure, "headers", {})
    found = [played(seed, tmp_path / f"{seed}", ann_is_another) for seed in SEEDS]
    assert ["in time", "another one's", "too late", "hello"] in found
