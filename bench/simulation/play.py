"""One play: nodes and people, what a seed does to them, and whether all holds at its end."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from bench.simulation.loop import VirtualLoop
from bench.simulation.node import Node
from bench.simulation.people import Contenders, Ledger, Person, claiming
from bench.simulation.server import Server
from bench.simulation.verdict import look_at_all
from hubbub.chat.errors import LogError
from hubbub.log.sqlite.connection import OwnedConnection

NODES = 3
PEOPLE = 6
CLAIMERS = 2
NAMES = 4
CONTENDERS = 2
PLAY_SECONDS = 40.0
END_SECONDS = 150.0
"""By then all that was said is acknowledged, and nodes have erased what was deleted."""
BEAT_SECONDS = 0.5
NOON = 1_700_000_000_000_000_000
"""When each play begins, in nanoseconds since the epoch."""
NOTICE_SECONDS = 2.5
"""So soon after a cut a node acknowledges nothing more."""


@dataclass
class Outcome:
    """What came of a play."""

    seed: int
    said: int = 0
    acknowledged: int = 0
    deleted: int = 0
    claims: int = 0
    names: int = 0
    """How often a name was given that another one wanted."""
    faults: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


class Play:
    """What happens in one play."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._chance = random.Random(seed)
        self._server = Server()
        self._ledger = Ledger()
        self._nodes = [
            Node(number, folder / f"node{number}", self._server, self._chance)
            for number in range(NODES)
        ]
        self._folder = folder
        self._happened: list[str] = []
        self._busy: set[int] = set()

    async def play(self, outcome: Outcome) -> None:
        """Play it, and note what came of it."""
        chance, ledger, nodes = self._chance, self._ledger, self._nodes
        beating = asyncio.create_task(self._beat())
        for node in nodes:
            await node.start()
        people = [Person(f"p{n}", nodes, ledger, chance) for n in range(PEOPLE)]
        living = [asyncio.create_task(person.live()) for person in people]
        living += [
            asyncio.create_task(claiming(f"c{n}", nodes, ledger, chance)) for n in range(CLAIMERS)
        ]
        wanted = [Contenders(f"same{n}", nodes, ledger, chance) for n in range(NAMES)]
        living += [asyncio.create_task(one.contend()) for one in wanted for _ in range(CONTENDERS)]
        await self._misfortune()
        ledger.is_over = True
        _, late = await asyncio.wait(living, timeout=END_SECONDS)
        if late:
            ledger.findings.append(
                "What was said is still not acknowledged, long after all faults."
            )
        for task in living:
            if not task.cancel() and (error := task.exception()) is not None:
                ledger.findings.append(f"Somebody was told nonsense: {error!r}.")
        await asyncio.sleep(END_SECONDS)
        ledger.findings += [fault for node in nodes for fault in node.faults]
        await look_at_all(nodes, self._server, ledger, self._folder / "late")
        for node in nodes:
            await node.kill()
        beating.cancel()
        outcome.said, outcome.acknowledged = ledger.said, len(ledger.acknowledged)
        outcome.deleted, outcome.claims = len(ledger.deleted), len(ledger.claims)
        outcome.names = sum(one.times for one in wanted)
        outcome.faults, outcome.findings = self._happened, ledger.findings

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._server.beat()

    async def _misfortune(self) -> None:
        """Have things go wrong for a while; then nothing does any more."""
        clock = asyncio.get_running_loop().time
        end = clock() + PLAY_SECONDS
        going: set[asyncio.Task[None]] = set()
        faults: list[Callable[[Node], Awaitable[None]]] = [
            *(self._lose_what_is_under_way, self._cut, self._kill, self._slow_down),
            *(self._forget_readers, self._fill_up, self._stand_still),
        ]
        while clock() < end:
            await asyncio.sleep(self._chance.expovariate(0.4))
            node = self._chance.choice(self._nodes)
            fault = self._chance.choice(faults)
            if node.number in self._busy or node.wire is None:
                continue
            name = fault.__name__.strip("_").replace("_", " ")
            self._happened.append(f"{clock():.1f}: {name}, node {node.number}")
            going.add(asyncio.create_task(self._meet(fault, node)))
        if going:
            await asyncio.wait(going)
        for task in going:
            if (error := task.exception()) is not None:
                self._ledger.findings.append(f"A fault ended badly: {error!r}.")

    async def _meet(self, fault: Callable[[Node], Awaitable[None]], node: Node) -> None:
        self._busy.add(node.number)
        try:
            await fault(node)
        finally:
            self._busy.discard(node.number)

    # What can go wrong.

    async def _lose_what_is_under_way(self, node: Node) -> None:
        assert node.wire is not None
        node.wire.reset()

    async def _cut(self, node: Node) -> None:
        wire = node.wire
        assert wire is not None
        wire.is_cut = True
        seconds = self._chance.uniform(0.1, self._chance.choice([1.0, 5.0, 12.0, 60.0]))
        await asyncio.sleep(min(seconds, NOTICE_SECONDS))
        if seconds > NOTICE_SECONDS and node.log is not None and _takes(node):
            self._ledger.findings.append(f"Node {node.number} does not notice that it is cut off.")
        await asyncio.sleep(max(seconds - NOTICE_SECONDS, 0.0))
        wire.reset()
        wire.is_cut = False

    async def _kill(self, node: Node) -> None:
        await node.kill()
        await asyncio.sleep(self._chance.uniform(0.0, 10.0))
        await node.start(is_cut=self._chance.random() < 0.2)

    async def _slow_down(self, node: Node) -> None:
        wire = node.wire
        assert wire is not None
        wire.delay_seconds = self._chance.choice([0.02, 0.2, 1.0])
        await asyncio.sleep(self._chance.uniform(1.0, 8.0))
        wire.delay_seconds = 0.001

    async def _stand_still(self, node: Node) -> None:
        if not node.is_up:
            return
        node.freeze()
        await asyncio.sleep(self._chance.uniform(0.1, self._chance.choice([1.0, 20.0, 90.0])))
        node.thaw()

    async def _forget_readers(self, _node: Node) -> None:
        for consumer in self._server.consumers:
            consumer.is_known = False

    async def _fill_up(self, _node: Node) -> None:
        self._server.is_full = True
        await asyncio.sleep(self._chance.uniform(0.5, 4.0))
        self._server.is_full = False


def _takes(node: Node) -> bool:
    """Return whether a node would take something to be appended."""
    assert node.log is not None
    try:
        node.log.check()
    except LogError:
        return False
    return True


class _Quiet:
    """In the place of what only looks after a copy's search and soundness, in threads."""

    def __init__(self, *_: object) -> None:
        pass

    def follow(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


def _work_at_once(connection: OwnedConnection, work: Callable[[], object]) -> object:
    return asyncio.get_running_loop().run_in_executor(connection, work)  # type: ignore[arg-type]


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Have all that is random depend on the seed."""
    chance = random.Random(seed)
    random.seed(seed)
    with ExitStack() as stack:
        for name in ("token_urlsafe", "token_hex"):
            made = patch.object(secrets, name, lambda *_: f"{chance.getrandbits(96):024x}")
            stack.enter_context(made)
        for name in ("Watch", "Index"):
            stack.enter_context(patch(f"hubbub.log.sqlite.kept.{name}", _Quiet))
        # Threads that come back whenever they like would make each play another one.
        at_once = patch.object(OwnedConnection, "_ask", _work_at_once)
        stack.enter_context(at_once)
        now = patch.object(time, "time_ns", lambda: NOON + round(_loop_time() * 1e9))
        stack.enter_context(now)
        for name in ("presence", "names"):
            clock = f"hubbub.server.clustering.{name}.monotonic"
            stack.enter_context(patch(clock, _loop_time))
        yield


def play(seed: int, folder: Path) -> Outcome:
    """Play what a seed says, in a new folder."""
    outcome = Outcome(seed)
    with seeded(seed), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(Play(seed, folder).play(outcome))
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        if loop.is_disturbed:
            outcome.findings.append("A thread had a say: the same seed may play otherwise.")
    return outcome
