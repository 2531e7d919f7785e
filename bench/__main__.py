"""Runs the comparison: `python -m bench`, with the names of workloads to run only these.

Other commands do something else: `python -m bench attacks` measures what guests can do to a hubbub,
`python -m bench promises` sees whether it keeps its promises, whatever happens to it,
`python -m bench fuzz` looks for bytes that it cannot read as it should, `python -m bench tail`
tells how long the slowest messages take beside many other things, and `python -m bench simulate`
plays several nodes and their stream in a world that a seed makes. `python -m bench nodes` compares
workers and nodes with one process.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from bench import nodes, report, tail
from bench.attacks import command as attacks
from bench.crowd import allow_descriptors
from bench.fuzz import command as fuzz
from bench.measuring import load_core, server_core
from bench.peers.peer import Peer
from bench.peers.server import Failed
from bench.promises import command as promises
from bench.report import Result, Row
from bench.workloads import (
    IDLE_CONNECTIONS,
    SPARE_DESCRIPTORS,
    WORKLOADS,
    Scale,
    Workload,
)

QUICK = Scale(seconds=0.5, divisor=10)


def simulate(given: list[str]) -> None:
    """Play the simulation, whose client of NATS is imported for nothing else."""
    from bench.simulation.command import main as simulation  # noqa: PLC0415

    simulation(given)


COMMANDS = {
    "attacks": attacks.main,
    "fuzz": fuzz.main,
    "promises": promises.main,
    "tail": tail.main,
    "nodes": nodes.main,
    "simulate": simulate,
}
"""What else there is to run, by its first word."""


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    names = ", ".join(workload.name for workload in WORKLOADS)
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"one of: {names}")
    parser.add_argument("--peers", help="names, with commas between; all who are installed if not")
    parser.add_argument("--runs", type=int, help="how often each is measured, in turn (3)")
    parser.add_argument("--seconds", type=float, help="how long each measurement takes (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of everything, once: to see that it works"
    )
    return parser


def chosen(asked: list[str]) -> list[Workload]:
    """Return the workloads of these names, all if there are none; raise SystemExit for others."""
    known = {workload.name: workload for workload in WORKLOADS}
    if unknown := [name for name in asked if name not in known]:
        raise SystemExit(f"There is no workload '{unknown[0]}'. There are: {', '.join(known)}.")
    return [known[name] for name in asked] if asked else list(WORKLOADS)


def taking_part(workload: Workload, wanted: set[str] | None) -> list[Peer]:
    """Return who takes part: the first in any case, because the others are compared to it."""
    first, *others = workload.peers
    asked = [peer for peer in others if wanted is None or peer.name in wanted]
    return [first, *(peer for peer in asked if not peer.absence())]


def measure(workload: Workload, peers: list[Peer], scale: Scale, runs: int) -> Result:
    """Run each peer in turn, as often as asked."""
    result = Result(workload, {peer.name: Row() for peer in peers})
    for number in range(runs):
        for peer in peers:
            print(f"{workload.name}, run {number + 1}: {peer.name}", file=sys.stderr, flush=True)
            row = result.rows[peer.name]
            try:
                row.runs.append(workload.run(peer, scale))
            except Failed as failure:
                row.failures.append(str(failure))
    return result


def main() -> None:
    """Measure, print, and write."""
    if sys.platform != "linux":
        raise SystemExit("The bench reads /proc and waits with epoll: it needs Linux.")
    if (command := COMMANDS.get("".join(sys.argv[1:2]))) is not None:
        command(sys.argv[2:])
        return
    options = arguments().parse_args()
    scale = QUICK if options.quick else Scale(seconds=3.0)
    if options.seconds:
        scale = Scale(options.seconds, scale.divisor)
    runs = options.runs or (1 if options.quick else 3)
    wanted = set(options.peers.split(",")) if options.peers else None
    workloads = chosen(options.workloads)

    everybody = {peer.name: peer for workload in workloads for peer in workload.peers}
    if unknown := (wanted or set()) - set(everybody):
        raise SystemExit(f"There is no peer '{min(unknown)}'. There are: {', '.join(everybody)}.")
    absences = {name: why for name, peer in everybody.items() if (why := peer.absence())}
    described = {
        "machine": report.machine(),
        "settings": report.settings(scale, runs),
    }
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end too
    os.sched_setaffinity(0, {load_core()})
    allow_descriptors(IDLE_CONNECTIONS + SPARE_DESCRIPTORS)
    for title, about in described.items():
        print(f"{title}: " + ", ".join(f"{key} {value}" for key, value in about.items()))
    if server_core() == load_core():
        print("There is one core only, which the servers and the load share: trust no rate here.")
    for why in absences.values():
        print(why)

    results = []
    for workload in workloads:
        results.append(measure(workload, taking_part(workload, wanted), scale, runs))
        print(f"\n{report.table(results[-1], scale)}", flush=True)
    if options.json:
        present = {name: peer for name, peer in everybody.items() if name not in absences}
        versions = {name: said for name, peer in present.items() if (said := peer.version())}
        written = report.as_json(results, versions, absences, described)
        options.json.write_text(json.dumps(written, indent=2) + "\n")


if __name__ == "__main__":
    main()
