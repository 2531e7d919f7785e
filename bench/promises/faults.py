"""Everything that happens to a server: each fault comes, lasts a while, and goes.

A fault returns with the server running and well, and says itself what it may cost: nothing that was
promised, ever. How long one lasts, and whether the server is killed meanwhile, is drawn.
"""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from bench.promises.ledger import Ledger
from bench.promises.power import Disk
from bench.promises.proxy import Proxy
from bench.promises.server import Server
from bench.promises.system import Dial, System

HOUR: Final = 3600
CLOCKS: Final = (HOUR, -HOUR, 10 * 366 * 24 * HOUR, -10 * 366 * 24 * HOUR, 0)
REFUSALS_AWAITED: Final = 5
AWAITED_SECONDS: Final = 2.0


class Place(Protocol):
    """What faults act on: one server, or all of a cluster. `chance` draws all that is not fixed."""

    ledger: Ledger
    chance: random.Random

    @property
    def ended(self) -> str:
        """The last words of a server that ended by itself; nothing if all run."""

    def last_words(self) -> str:
        """Return what the servers said last."""


Where = TypeVar("Where", bound=Place)


@dataclass(slots=True)
class Stage:
    """One server, and all that can happen to it."""

    server: Server
    system: System
    proxy: Proxy
    ledger: Ledger
    chance: random.Random
    disk: Disk | None = None

    @property
    def ended(self) -> str:
        """The last words of the server, if it ended by itself."""
        return "" if self.server.runs else self.server.last_words()

    def last_words(self) -> str:
        """Return what the server said last."""
        return self.server.last_words()

    async def pause(self, least: float = 0.1, most: float = 1.0) -> None:
        """Let some time pass."""
        await asyncio.sleep(self.chance.uniform(least, most))

    async def until_refused(self) -> None:
        """Wait until somebody was refused a few times, but not for long."""
        before, left = self.ledger.refused, AWAITED_SECONDS
        while self.ledger.refused < before + REFUSALS_AWAITED and left > 0:
            await asyncio.sleep(0.05)
            left -= 0.05

    async def perhaps_kill(self, *dials: Dial) -> None:
        """End the fault, with the server killed in its midst or not."""
        if self.chance.random() < 0.5:
            await self.server.kill()
            self.system.rest(*dials)
            await self.server.start()
        self.system.rest(*dials)


async def kill(stage: Stage) -> None:
    """The server is killed, and started again."""
    await stage.server.kill()
    await stage.pause(0.0, 0.5)
    await stage.server.start()


async def stop_and_start(stage: Stage) -> None:
    """The server is asked to end, and started again."""
    if not await stage.server.stop():
        stage.ledger.find(f"The server did not end well: {stage.server.last_words()}")
    await stage.server.start()


async def resets(stage: Stage) -> None:
    """Connections are reset, some or all, several times."""
    for _ in range(stage.chance.randint(1, 6)):
        stage.proxy.cut(stage.chance.choice((0.3, 1.0)), stage.chance)
        await stage.pause(0.0, 0.4)


async def hang(stage: Stage) -> None:
    """The network carries nothing for a while, and perhaps breaks then."""
    stage.proxy.hold()
    await stage.pause(0.2, 2.0)
    if stage.chance.random() < 0.5:
        stage.proxy.cut(0.5, stage.chance)
    stage.proxy.release()


async def freeze(stage: Stage) -> None:
    """The server's process is stopped for a while, and goes on or is killed."""
    stage.server.signal(signal.SIGSTOP)
    await stage.pause(0.2, 2.0)
    if stage.chance.random() < 0.3:
        await kill(stage)
    stage.server.signal(signal.SIGCONT)


async def full_disk(stage: Stage) -> None:
    """The disk has little room, and then none."""
    stage.system.set(Dial.ROOM_BYTES, stage.chance.choice((0, 5_000, 50_000)))
    await stage.until_refused()
    await stage.perhaps_kill(Dial.ROOM_BYTES)


async def read_only_disk(stage: Stage) -> None:
    """The disk takes nothing, as after a fault of its own."""
    stage.system.set(Dial.READ_ONLY, 1)
    await stage.until_refused()
    await stage.perhaps_kill(Dial.READ_ONLY)


async def failing_syncs(stage: Stage) -> None:
    """The disk says that it could not keep what was written."""
    stage.system.set(Dial.SYNCS_FAIL, 1)
    await stage.until_refused()
    await stage.perhaps_kill(Dial.SYNCS_FAIL)


async def slow_disk(stage: Stage) -> None:
    """The disk takes long for everything."""
    stage.system.set(Dial.DELAY_US, stage.chance.choice((2_000, 20_000, 100_000)))
    await stage.pause(0.5, 2.0)
    await stage.perhaps_kill(Dial.DELAY_US)


async def clock_jump(stage: Stage) -> None:
    """The clock jumps, and stays there; perhaps the server is started again at that time."""
    stage.system.set(Dial.CLOCK_SECONDS, stage.chance.choice(CLOCKS))
    await stage.pause()
    await stage.perhaps_kill()


async def few_descriptors(stage: Stage) -> None:
    """The server can open hardly a file or connection, while everybody comes back."""
    stage.server.limit_descriptors(stage.chance.randint(0, 3))
    stage.proxy.cut(0.5, stage.chance)
    await stage.pause(0.5, 2.0)
    stage.server.limit_descriptors(None)


async def little_memory(stage: Stage) -> None:
    """The server gets hardly any more memory; it may end of that, and is started again."""
    stage.server.limit_memory(stage.chance.randint(0, 4_000_000))
    stage.proxy.cut(0.5, stage.chance)
    await stage.pause(0.5, 2.0)
    with suppress(ProcessLookupError):
        stage.server.limit_memory(None)
    await asyncio.sleep(0.1)
    if not stage.server.runs:
        await stage.server.start()


async def power_cut(stage: Stage) -> None:
    """The power goes: whatever was not synced may be lost, and what came of it is started again."""
    assert stage.disk is not None
    assert stage.system.record is not None
    await stage.server.kill()
    await asyncio.to_thread(stage.disk.cut_power, stage.system.record, stage.chance)
    await stage.server.start()


@dataclass(frozen=True, slots=True)
class Fault(Generic[Where]):
    """Something that happens. `faulty`: tracebacks in the journal are to be expected of it."""

    happen: Callable[[Where], Awaitable[None]]
    power: bool = False
    """Whether it is for a server that promises to survive it only with durability "power"."""
    faulty: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self.happen.__name__.replace("_", "-")


FAULTS: Final = (
    Fault(kill),
    Fault(resets),
    Fault(power_cut, power=True),
    Fault(full_disk),
    Fault(freeze),
    Fault(few_descriptors),
    Fault(hang),
    Fault(read_only_disk),
    Fault(clock_jump),
    Fault(little_memory, faulty=True),
    Fault(stop_and_start),
    Fault(failing_syncs, power=True),
    Fault(slow_disk),
)
