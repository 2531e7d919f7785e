"""One round with nodes: as with one machine, and at its end nodes and the stream are compared."""

import asyncio
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from bench.peers.server import Failed
from bench.promises.audit import COMPARED, Record, audit
from bench.promises.cast import Cast
from bench.promises.ledger import Ledger
from bench.promises.nodes.cluster import Cluster
from bench.promises.nodes.faults import Scene
from bench.promises.nodes.namesakes import Namesakes
from bench.promises.nodes.stream import look_at_stream
from bench.promises.nodes.watched import Watched
from bench.promises.round import Outcome, Plan, copy, talk, until_all_is_found
from bench.promises.way import Way


async def play(plan: Plan[Scene], folder: Path, library: Path, **environment: str) -> Outcome:
    """Return what came of a round, whose files are left in `folder`."""
    plan = replace(plan, durability="process")  # what the NATS servers sync is not looked at
    ledger = Ledger(may_come_late=True, looked_for=plan.looked_for)
    records = any(fault.power for fault in plan.faults)
    home = folder / "home"
    home.mkdir()
    cluster = Cluster(folder, library, environment, records=records)
    try:
        async with cluster:
            await until_all_is_found(ledger, _play(plan, cluster, ledger, home))
    except Failed as failure:
        ledger.find(str(failure))
    if not any(fault.faulty for fault in plan.faults):
        for node in cluster.nodes:
            for fault in node.server.faults():
                ledger.find(f"The journal tells of a fault: {fault}")
    if cluster.nodes:  # else they could not even be started
        await asyncio.to_thread(_audit, [node.server.data for node in cluster.nodes], ledger)
    return Outcome.of(plan, ledger)


async def _play(plan: Plan[Scene], cluster: Cluster, ledger: Ledger, home: Path) -> None:
    await _talk(plan, cluster, ledger, home)
    await look_at_stream(cluster, ledger)


async def _talk(plan: Plan[Scene], cluster: Cluster, ledger: Ledger, home: Path) -> None:
    plain = Way(*(node.members.port for node in cluster.nodes))
    secure = plain.secured(cluster.nodes[0].server.data)
    watched = [
        Watched(node, number, ledger, plan.seed) for number, node in enumerate(cluster.nodes, 1)
    ]
    namesakes = Namesakes(ledger, plain, plan.seed)
    scene = Scene(cluster, ledger, random.Random(plan.seed), watched)
    cast = Cast(ledger, plain, secure, plan.seed, home)
    ways = list(zip(plain.each, secure.each, strict=True))
    await talk(plan, scene, cast, ways, namesakes.run(), *(one.run() for one in watched))
    namesakes.look()


def _audit(folders: list[Path], ledger: Ledger) -> None:
    """Compare the folders with the ledger, and with each other."""
    copies = [folder.with_name("audited") for folder in folders]
    for folder, copied in zip(folders, copies, strict=True):
        copy(folder, copied)
    records = [Record(copied) for copied in copies]
    for number, record in enumerate(records, 1):
        for finding in record.findings:
            ledger.find(f"At n{number}: {finding}")
    for (number, one), (_, other) in pairwise(enumerate(records, 1)):
        if difference := _difference(one, other):
            ledger.find(f"Nodes {number} and {number + 1} differ: {difference}")
    audit(copies[0], ledger, *copies[1:])


def _difference(one: Record, other: Record) -> str:
    """Return what two nodes do not have alike; nothing if there is nothing."""
    for room in sorted({*one.rooms, *other.rooms}):
        mine, theirs = one.rooms[room], other.rooms[room]
        for here, there in zip(mine, theirs, strict=False):
            for part in COMPARED:
                if here.get(part) != there.get(part):
                    return f"in {room}, {part} of {here} is {there}"
        if len(mine) != len(theirs):
            return f"{room} has {len(mine)} events, and {len(theirs)}"
    return ""
