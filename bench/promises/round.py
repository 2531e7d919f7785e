"""One round: people talk while faults happen, and at the end everything is compared.

A seed draws the faults, their moments and lengths, and what is said. The moments are counted in
acknowledged messages, so a slow machine plays the same round.
"""

import asyncio
import random
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.peers.server import PATIENCE_SECONDS, Failed
from bench.promises.audit import audit
from bench.promises.faults import FAULTS, Fault, Stage
from bench.promises.ledger import Ledger
from bench.promises.power import Disk
from bench.promises.proxy import Proxy
from bench.promises.readers import (
    ClassicListener,
    EventReader,
    HttpReader,
    LibraryReader,
    is_behind,
)
from bench.promises.senders import ClassicSender, EventSender, HttpSender, LibrarySender
from bench.promises.server import Server
from bench.promises.system import System
from bench.promises.talking import LOST, RETURN_SECONDS, Person, join

ROOMS: Final = ("lobby", "kitchen")
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
            await _talk(plan, stage)
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
    return Outcome(plan, len(ledger.said), ledger.acknowledged, seen, ledger.findings)


def _audit(data: Path, copied: Path, ledger: Ledger) -> None:
    """Compare the folder with the ledger; to read a log may change it, so it is copied first."""
    shutil.copytree(data, copied, ignore=lambda at, names: {n for n in names if _is_socket(at, n)})
    audit(copied, ledger)


def _is_socket(folder: str, name: str) -> bool:
    return (Path(folder) / name).is_socket()


async def _talk(plan: Plan, stage: Stage) -> None:
    """Have everybody talk while the faults happen, until all have everything."""
    ledger, port = stage.ledger, stage.proxy.port
    senders = [asyncio.create_task(one) for one in _senders(ledger, port, plan.seed)]
    readers = [asyncio.create_task(one) for one in _readers(ledger, port)]
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
            raise Failed(f"After {plan.words}, {len(late)} senders have no answer.")
        await _all_seen(stage, await _ends(port))
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


async def _ends(port: int) -> dict[str, int]:
    """Return the newest seq of each room."""
    person = Person("archivist", port)
    while True:
        try:
            async with person.enter() as line:
                return {room: (await join(line, room=room))["last"] for room in ROOMS}
        except LOST:
            await asyncio.sleep(RETURN_SECONDS)


async def _all_seen(stage: Stage, ends: dict[str, int]) -> None:
    """Wait until every reader has seen everything."""
    left = PATIENCE_SECONDS
    while behind := [one for one in stage.ledger.readings if is_behind(one, ends)]:
        if left <= 0:
            stuck = ", ".join(f"{one.reader} at {one.cursor}" for one in behind)
            raise Failed(f"These readers do not get what there is, up to {ends}: {stuck}")
        await asyncio.sleep(POLL_SECONDS)
        left -= POLL_SECONDS


def _senders(ledger: Ledger, port: int, seed: int) -> list[Coroutine[Any, Any, None]]:
    lobby, kitchen = ROOMS

    def chance(number: int) -> random.Random:
        return random.Random(seed * 10 + number)

    web = Person("webster", port, websocket=True)
    return [
        EventSender(ledger, Person("evelyn", port), lobby, chance(0)).run(),
        EventSender(ledger, Person("edward", port), kitchen, chance(1)).run(),
        EventSender(ledger, web, lobby, chance(2)).run(),
        HttpSender(ledger, "hector", port, lobby, chance(3)).run(),
        HttpSender(ledger, "hannah", port, kitchen, chance(4)).run(),
        LibrarySender(ledger, "libby", port, kitchen, chance(5)).run(),
        LibrarySender(ledger, "louis", port, lobby, chance(6)).run(),
        ClassicSender(ledger, "clive", port).run(),
    ]


def _readers(ledger: Ledger, port: int) -> list[Coroutine[Any, Any, None]]:
    lobby, kitchen = ROOMS
    return [
        EventReader(ledger, Person("rachel", port), lobby).run(),
        EventReader(ledger, Person("ronald", port), kitchen).run(),
        EventReader(ledger, Person("rufus", port, websocket=True), lobby).run(),
        HttpReader(ledger, "request", port, kitchen).run(),
        HttpReader(ledger, "requests", port, lobby).run(),
        LibraryReader(ledger, "reader", port, lobby).run(),
        LibraryReader(ledger, "reading", port, kitchen).run(),
        ClassicListener(ledger, "listener", port).run(),
    ]
