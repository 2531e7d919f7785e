"""One round: people talk while faults happen, and at the end everything is compared.

A seed draws the faults, their moments and lengths, and what is said. The moments are counted in
acknowledged messages, so a slow machine plays the same round.
"""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from bench.peers.server import PATIENCE_SECONDS, Failed
from bench.promises import looks
from bench.promises.audit import audit
from bench.promises.cast import Cast
from bench.promises.faults import Fault, Place, Stage, Where
from bench.promises.ledger import Ledger, Reading
from bench.promises.owned import Owned
from bench.promises.power import Disk
from bench.promises.proxy import Proxy
from bench.promises.room_audit import audit_rooms, still_there
from bench.promises.server import Server
from bench.promises.system import System
from bench.promises.talking import LOST, RETURN_SECONDS
from bench.promises.way import Way
from hubbub.chat.errors import HubbubError

Found = TypeVar("Found")

MOST_BETWEEN: Final = 100
"""So many messages at most are acknowledged before the next fault."""

DECISIONS_BETWEEN: Final = 4
"""So many at least does each owner of a room make meanwhile."""

POLL_SECONDS: Final = 0.05
SEEN_SECONDS = PATIENCE_SECONDS
"""By then, every reader has seen everything."""

GONE_SECONDS = PATIENCE_SECONDS
"""By then, nothing is left of a deleted room (protocol, section 6.8)."""


@dataclass(slots=True)
class Plan(Generic[Where]):
    """What happens in a round.

    `looked_for`: patterns of findings; once there is one for each of them, the round is over.
    """

    seed: int
    faults: tuple[Fault[Where], ...]
    durability: str
    looked_for: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The faults, by their names."""
        return ", ".join(fault.name for fault in self.faults)


def planned(seed: int, count: int, only: tuple[Fault[Where], ...]) -> Plan[Where]:
    """Return what a seed draws: the first fault is another one with each next seed."""
    chance = random.Random(seed)
    faults = (only[seed % len(only)], *(chance.choice(only) for _ in range(count - 1)))
    needs_power = any(fault.power for fault in faults)
    durability = "power" if needs_power else chance.choice(("power", "process"))
    return Plan(seed, faults, durability)


@dataclass(slots=True)
class Outcome:
    """What came of a round of `plan`."""

    plan: Plan[Any]
    said: int
    acknowledged: int
    changes: int
    seen: int
    findings: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Plan[Any], ledger: Ledger) -> "Outcome":
        """Return what a ledger says at the end."""
        seen = sum(len(reading.events) for reading in ledger.readings)
        counts = (len(ledger.said), ledger.acknowledged, ledger.changes, seen)
        return cls(plan, *counts, ledger.findings)


async def play(plan: Plan[Stage], folder: Path, library: Path, **environment: str) -> Outcome:
    """Return what came of a round, whose files are left in `folder`."""
    ledger = Ledger(looked_for=plan.looked_for)
    data = folder / "data"
    data.mkdir(0o700)
    records = plan.durability == "power"
    system = System(library, data, records=records)
    server = Server(data, plan.durability, {**system.environment(), **environment})
    disk = Disk(data) if records else None
    chance = random.Random(plan.seed)
    stage = Stage(server, system, Proxy(server.port), ledger, chance, disk)
    try:
        await until_all_is_found(ledger, _play(plan, stage, folder))
        if not ledger.is_all_found.is_set() and chance.random() < 0.5:
            await server.stop()
    except Failed as failure:
        ledger.find(str(failure))
    finally:
        await server.kill()
    if not any(fault.faulty for fault in plan.faults):
        for fault in server.faults():
            ledger.find(f"The journal tells of a fault: {fault}")
    await asyncio.to_thread(_audit, data, folder / "audited", ledger)
    return Outcome.of(plan, ledger)


async def _play(plan: Plan[Stage], stage: Stage, folder: Path) -> None:
    """Play all that needs the server."""
    ledger, data, home = stage.ledger, stage.server.data, folder / "home"
    home.mkdir()
    await stage.server.start()
    async with stage.proxy as proxy:
        plain = Way(proxy.port)
        secure = plain.secured(data)
        cast = Cast(ledger, plain, secure, plan.seed, home, owned=Owned(ledger, plain, secure))
        await talk(plan, stage, cast, [(plain, secure)])
        await _all_gone(data, ledger)


async def until_all_is_found(ledger: Ledger, playing: Coroutine[Any, Any, None]) -> None:
    """Play to the end, or until there is nothing left to look for."""
    played: asyncio.Task[Any] = asyncio.create_task(playing)
    found: asyncio.Task[Any] = asyncio.create_task(ledger.is_all_found.wait())
    try:
        await asyncio.wait((played, found), return_when=asyncio.FIRST_COMPLETED)
    finally:
        found.cancel()
        played.cancel()
        await asyncio.wait((played,))
    if not played.cancelled():
        played.result()


def _audit(data: Path, copied: Path, ledger: Ledger) -> None:
    """Compare the folder with the ledger; to read a log may change it, so it is copied first."""
    copy(data, copied)
    try:
        audit(copied, ledger)
        audit_rooms(copied, ledger)
    except sqlite3.DatabaseError as error:
        ledger.find(f"SQLite cannot read the log: {error}")


def copy(folder: Path, to: Path) -> None:
    """Copy a folder, but for sockets."""

    def sockets(at: str, names: list[str]) -> set[str]:
        return {name for name in names if Path(at, name).is_socket()}

    shutil.copytree(folder, to, ignore=sockets, dirs_exist_ok=True)


async def talk(
    plan: Plan[Where],
    place: Where,
    cast: Cast,
    ways: Sequence[tuple[Way, Way]],
    *others: Coroutine[Any, Any, None],
) -> None:
    """Have everybody talk while the faults happen, until all have everything.

    `ways`: those to each server, in plaintext and by TLS. `others` say something, too.
    """
    ledger = place.ledger
    await cast.prepare()
    senders = [
        asyncio.create_task(one, name=str(getattr(one, "__qualname__", "")))
        for one in (*cast.senders(), *others)
    ]
    readers = [asyncio.create_task(one) for one in (*cast.readers(), *cast.spies())]
    try:
        for fault in plan.faults:
            await _progress(place, place.chance.randint(1, MOST_BETWEEN))
            await fault.happen(place)
            if said := place.ended:
                raise Failed(f"The server ended by itself: {said}")
        await _progress(place, MOST_BETWEEN)
        ledger.end()
        _, late = await asyncio.wait(senders, timeout=PATIENCE_SECONDS)
        if late:
            names = ", ".join(task.get_name() for task in late)
            raise Failed(f"After {plan.words}, there is no answer for {names}.")
        ends = await _in_the_end(partial(_ends, cast, ways))
        for number, way in enumerate(ways, 1):
            cast.look_by(*way)
            for one in cast.looks():
                look = await _in_the_end(one)
                at = f" at node {number}," if len(ways) > 1 else ""
                ledger.looks.append(replace(look, by=f"{look.by}{at}"))
        for other in cast.room_looks():
            ledger.look_at_room(await _in_the_end(other))
        await _in_the_end(cast.look_at_names)
        await _all_seen(ledger, ends)
    finally:
        for task in (*senders, *readers):
            task.cancel()
        for ended in await asyncio.gather(*senders, *readers, return_exceptions=True):
            if isinstance(ended, HubbubError):
                ledger.find(f"Somebody was turned away for good: {ended!r}")
            elif isinstance(ended, Exception):
                raise ended


async def _progress(place: Place, count: int) -> None:
    """Wait until so many more messages, and some decisions, are acknowledged, or raise Failed."""
    ledger = place.ledger
    goal = ledger.acknowledged + count
    goals = {room: one.decisions + DECISIONS_BETWEEN for room, one in ledger.standings.items()}

    def is_reached() -> bool:
        decided = all(ledger.standings[room].decisions >= least for room, least in goals.items())
        return decided and ledger.acknowledged >= goal

    if not await ledger.until(is_reached, PATIENCE_SECONDS):
        raise Failed(f"Too little is done; the server says: {place.last_words()}")


async def _ends(cast: Cast, ways: Sequence[tuple[Way, Way]]) -> dict[str, looks.End]:
    """Return where each room ends; raises one of LOST, as if there were none, if nodes differ."""
    found = []
    for way in ways:
        cast.look_by(*way)
        found.append({room: await looks.end(who, room) for who, room in cast.inside()})
    if any(one != found[0] for one in found):
        raise ConnectionResetError(f"The nodes do not agree yet: {found}")
    return found[0]


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


async def _all_seen(ledger: Ledger, ends: dict[str, looks.End]) -> None:
    """Wait until every reader has seen everything."""
    left = SEEN_SECONDS
    while behind := [one for one in ledger.readings if _is_behind(one, ends[one.room])]:
        if left <= 0:
            stuck = ", ".join(f"{one.reader} at {one.cursor}" for one in behind)
            raise Failed(f"These readers do not get what there is, up to {ends}: {stuck}")
        await asyncio.sleep(POLL_SECONDS)
        left -= POLL_SECONDS


async def _all_gone(data: Path, ledger: Ledger) -> None:
    """Wait until nothing is left of the rooms that were deleted; the audit tells if it is not."""
    left = GONE_SECONDS
    while left > 0 and await asyncio.to_thread(lambda: any(still_there(data, ledger))):
        await asyncio.sleep(POLL_SECONDS)
        left -= POLL_SECONDS


def _is_behind(reading: Reading, end: looks.End) -> bool:
    return reading.cursor < (end.message if reading.messages_only else end.event)
