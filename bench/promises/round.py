"""One round: people talk while faults happen, and at the end everything is compared.

A seed draws the faults, their moments and lengths, and what is said. The moments are counted in
acknowledged messages, so a slow machine plays the same round.
"""

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from bench.peers.server import PATIENCE_SECONDS, Failed
from bench.promises import looks
from bench.promises.audit import audit
from bench.promises.cast import Cast
from bench.promises.faults import FAULTS, Fault, Stage
from bench.promises.ledger import Ledger, Reading
from bench.promises.power import Disk
from bench.promises.proxy import Proxy
from bench.promises.server import Server
from bench.promises.system import System
from bench.promises.talking import LOST, RETURN_SECONDS
from bench.promises.way import Way

Found = TypeVar("Found")

MOST_BETWEEN: Final = 120
"""So many messages at most are acknowledged before the next fault."""

POLL_SECONDS: Final = 0.05


@dataclass(slots=True)
class Plan:
    """What happens in a round."""

    seed: int
    faults: tuple[Fault, ...]
    durability: str

    @property
    def words(self) -> str:
        """The faults, by their names."""
        return ", ".join(fault.name for fault in self.faults)


def planned(seed: int, count: int, only: tuple[Fault, ...] = FAULTS) -> Plan:
    """Return what a seed draws: the first fault is another one with each next seed."""
    chance = random.Random(seed)
    faults = (only[seed % len(only)], *(chance.choice(only) for _ in range(count - 1)))
    needs_power = any(fault.power for fault in faults)
    durability = "power" if needs_power else chance.choice(("power", "process"))
    return Plan(seed, faults, durability)


@dataclass(slots=True)
class Outcome:
    """What came of a round."""

    plan: Plan
    said: int = 0
    acknowledged: int = 0
    changes: int = 0
    seen: int = 0
    findings: list[str] = field(default_factory=list)


async def play(plan: Plan, folder: Path, library: Path, **environment: str) -> Outcome:
    """Return what came of a round, whose files are left in `folder`."""
    ledger = Ledger()
    data = folder / "data"
    data.mkdir(0o700)
    records = plan.durability == "power"
    system = System(library, data, records=records)
    server = Server(data, plan.durability, {**system.environment(), **environment})
    disk = Disk(data) if records else None
    chance = random.Random(plan.seed)
    try:
        await server.start()
        async with Proxy(server.port) as proxy:
            stage = Stage(server, system, proxy, ledger, chance, disk)
            plain = Way(proxy.port)
            home = folder / "home"
            home.mkdir()
            await _talk(plan, stage, Cast(ledger, plain, plain.secured(data), plan.seed, home))
        if chance.random() < 0.5:
            await server.stop()
    except Failed as failure:
        ledger.find(str(failure))
    finally:
        await server.kill()
    if not any(fault.faulty for fault in plan.faults):
        for fault in server.faults():
            ledger.find(f"The journal tells of a fault: {fault}")
    await asyncio.to_thread(_audit, data, folder / "audited", ledger)
    seen = sum(len(reading.events) for reading in ledger.readings)
    counts = (len(ledger.said), ledger.acknowledged, ledger.changes, seen)
    return Outcome(plan, *counts, ledger.findings)


def _audit(data: Path, copied: Path, ledger: Ledger) -> None:
    """Compare the folder with the ledger; to read a log may change it, so it is copied first."""
    copy(data, copied)
    audit(copied, ledger)


def copy(folder: Path, to: Path) -> None:
    """Copy a folder, but for sockets."""

    def sockets(at: str, names: list[str]) -> set[str]:
        return {name for name in names if Path(at, name).is_socket()}

    shutil.copytree(folder, to, ignore=sockets, dirs_exist_ok=True)


async def _talk(plan: Plan, stage: Stage, cast: Cast) -> None:
    """Have everybody talk while the faults happen, until all have everything."""
    ledger = stage.ledger
    await cast.prepare()
    senders = [
        asyncio.create_task(one, name=str(getattr(one, "__qualname__", "")))
        for one in cast.senders()
    ]
    readers = [asyncio.create_task(one) for one in (*cast.readers(), *cast.spies())]
    try:
        for fault in plan.faults:
            await _progress(stage, stage.chance.randint(1, MOST_BETWEEN))
            await fault.happen(stage)
            if not stage.server.runs:
                raise Failed(f"The server ended by itself: {stage.server.last_words()}")
        await _progress(stage, MOST_BETWEEN)
        ledger.end()
        _, late = await asyncio.wait(senders, timeout=PATIENCE_SECONDS)
        if late:
            names = ", ".join(task.get_name() for task in late)
            raise Failed(f"After {plan.words}, there is no answer for {names}.")
        for one in cast.looks():
            ledger.looks.append(await _in_the_end(one))
        await _all_seen(
            stage,
            {room: await _in_the_end(partial(looks.end, who, room)) for who, room in cast.inside()},
        )
    finally:
        for task in (*senders, *readers):
            task.cancel()
        for ended in await asyncio.gather(*senders, *readers, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _progress(stage: Stage, count: int) -> None:
    """Wait until so many more messages are acknowledged; raise Failed if they are not."""
    ledger = stage.ledger
    goal = ledger.acknowledged + count
    if not await ledger.until(lambda: ledger.acknowledged >= goal, PATIENCE_SECONDS):
        raise Failed(f"Nothing more is posted; the server says: {stage.server.last_words()}")


async def _in_the_end(ask: Callable[[], Awaitable[Found]]) -> Found:
    """Return what is found, as soon as the server can tell; raise Failed if it never does."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except LOST as error:
            if asyncio.get_running_loop().time() > deadline:
                raise Failed(f"In the end, what there is cannot be told: {error!r}") from None
        await asyncio.sleep(RETURN_SECONDS)


async def _all_seen(stage: Stage, ends: dict[str, looks.End]) -> None:
    """Wait until every reader has seen everything."""
    left = PATIENCE_SECONDS
    while behind := [one for one in stage.ledger.readings if _is_behind(one, ends[one.room])]:
        if left <= 0:
            stuck = ", ".join(f"{one.reader} at {one.cursor}" for one in behind)
            raise Failed(f"These readers do not get what there is, up to {ends}: {stuck}")
        await asyncio.sleep(POLL_SECONDS)
        left -= POLL_SECONDS


def _is_behind(reading: Reading, end: looks.End) -> bool:
    return reading.cursor < (end.message if reading.messages_only else end.event)
