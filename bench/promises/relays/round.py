"""One round with a relay: as with one server, and at its end the relay's copy is looked at as well.

Half of the people are at the relay, and half at the server: those who come by TLS and those who do
not, or the other way round in every second round.
"""

import asyncio
import random
from pathlib import Path

from bench.peers.server import Failed
from bench.promises.audit import audit
from bench.promises.cast import Cast
from bench.promises.ledger import Ledger
from bench.promises.relays.faults import Scene
from bench.promises.relays.pair import Pair
from bench.promises.round import Outcome, Plan, copy, talk, until_all_is_found
from bench.promises.way import Way


async def play(plan: Plan[Scene], folder: Path, library: Path, **environment: str) -> Outcome:
    """Return what came of a round, whose files are left in `folder`."""
    ledger = Ledger(looked_for=plan.looked_for)
    home = folder / "home"
    home.mkdir()
    pair = Pair(folder, plan.durability, library, environment)
    try:
        async with pair:
            await until_all_is_found(ledger, _play(plan, pair, ledger, home))
    except Failed as failure:
        ledger.find(str(failure))
    if not any(fault.faulty for fault in plan.faults):
        for half in pair.halves:
            for fault in half.server.faults():
                ledger.find(f"The journal tells of a fault: {fault}")
    await asyncio.to_thread(_audit, folder, ledger)
    return Outcome.of(plan, ledger)


async def _play(plan: Plan[Scene], pair: Pair, ledger: Ledger, home: Path) -> None:
    await _talk(plan, pair, ledger, home)
    await pair.until_copied()
    await pair.relay.server.stop()


async def _talk(plan: Plan[Scene], pair: Pair, ledger: Ledger, home: Path) -> None:
    data = pair.origin.server.data
    origin, relay = (Way(half.members.port) for half in pair.halves)
    ways = [(way, way.secured(data)) for way in (origin, relay)]
    (plain, _), (_, secure) = ways if plan.seed % 2 else reversed(ways)
    scene = Scene(pair, ledger, random.Random(plan.seed))
    await talk(plan, scene, Cast(ledger, plain, secure, plan.seed, home), ways)


def _audit(folder: Path, ledger: Ledger) -> None:
    """Compare both folders with the ledger; the copy's is laid out as a server's."""
    for name, data in (("origin", Path("data")), ("relay", Path("data", "copy"))):
        audited = folder / name / "audited"
        copy(folder / name / data, audited)
        audit(audited, ledger)
