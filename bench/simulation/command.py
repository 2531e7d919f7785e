"""Nodes and their stream in a world that a seed makes: `python -m bench simulate`.

Each seed is a play of its own: three nodes, with the real hub and the real log of a cluster, and a
server in memory, in a time that passes as fast as it can. Connections are cut and slow, answers are
lost, deliveries repeated, nodes killed, readers forgotten, the stream full. A broken promise is a
sentence, and the same seed plays it once more. The exit code is 1 if there is any.
"""

import argparse
import logging
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.simulation.play import Outcome, play
from hubbub.server.notes import logger

SEEDS = 100
HASHES = "PYTHONHASHSEED"
"""By this environment variable sets have the same order whenever a seed is played."""


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser("python -m bench simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many ({SEEDS})")
    parser.add_argument("--first", type=int, default=0, help="the first of them (0)")
    parser.add_argument("--seed", type=int, help="this one alone, and all that happens in it")
    parser.add_argument("--stop", action="store_true", help="end at the first that breaks one")
    return parser


def line(outcome: Outcome, seconds: float) -> str:
    """Return what is told of a play."""
    told = (
        f"seed {outcome.seed}: {outcome.acknowledged} of {outcome.said} messages acknowledged, "
        f"{outcome.deleted} deleted, {outcome.claims} claims, {outcome.names} names, "
        f"{len(outcome.faults)} faults "
        f"({seconds:.1f} s)"
    )
    return "\n".join([told, *(f"  broken: {finding}" for finding in outcome.findings[:10])])


def main(given: list[str]) -> None:
    """Play the seeds, and say what came of them."""
    asked = arguments().parse_args(given)
    if os.environ.get(HASHES) != "0":
        program = [sys.executable, "-m", "bench", "simulate", *given]
        os.execve(sys.executable, program, {**os.environ, HASHES: "0"})
    logging.disable()  # what nodes complain of is on purpose
    logger.pass_through(())
    first, count = (asked.first, asked.seeds) if asked.seed is None else (asked.seed, 1)
    broken, seed = [], first
    with TemporaryDirectory(prefix="hubbub-simulation-", dir=_in_memory()) as folder:
        for seed in range(first, first + count):
            started = time.monotonic()
            outcome = play(seed, Path(folder) / str(seed))
            print(line(outcome, time.monotonic() - started), flush=True)
            if asked.seed is not None:
                print("\n".join(f"  {fault}" for fault in outcome.faults))
            if outcome.findings:
                broken.append(seed)
                print(f"  To play it once more: python -m bench simulate --seed {seed}")
                if asked.stop:
                    break
    print(f"{seed - first + 1} plays from seed {first}: {len(broken)} broke a promise.")
    if broken:
        raise SystemExit(1)


def _in_memory() -> str | None:
    """Return a folder that no disk slows down, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
