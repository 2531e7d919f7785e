"""Attacks on a hubbub with its default limits, each beside a control: `python -m bench attacks`.

Two people talk on a server under attack and on one that is left alone, at the same moments. The
table shows how long their messages took.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import report as machine_report
from bench.attacks import report
from bench.attacks.run import Logs, run
from bench.attacks.table import ATTACKS
from bench.attacks.target import Attack
from bench.crowd import allow_descriptors
from bench.measuring import load_core
from bench.peers.server import Failed
from bench.workloads import Scale

DESCRIPTORS = 20_000


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser("python -m bench attacks", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="run this one; repeatable")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each one takes (3)")
    parser.add_argument("--list", action="store_true", help="say what each one does, and end")
    parser.add_argument(
        "--quick", action="store_true", help="with a tenth of the people: to see that it works"
    )
    parser.add_argument(
        "--turns", action="store_true", help="have the server tell of its longest turns, too"
    )
    return parser


def chosen(names: list[str] | None) -> list[Attack]:
    """Return the attacks of these names, all if there are none; raise SystemExit for others."""
    known = {attack.name: attack for attack in ATTACKS}
    if unknown := [name for name in names or () if name not in known]:
        raise SystemExit(f"There is no attack '{unknown[0]}'. There are: {', '.join(known)}.")
    return [known[name] for name in names] if names else list(ATTACKS)


def main(given: list[str]) -> None:
    """Attack, and print the table."""
    asked = arguments().parse_args(given)
    attacks = chosen(asked.only)
    if asked.list:
        for attack in attacks:
            print(f"{attack.name:20} {attack.title}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end too
    os.sched_setaffinity(0, {load_core()})
    allow_descriptors(DESCRIPTORS)
    described = machine_report.machine()
    print("machine: " + ", ".join(f"{key} {value}" for key, value in described.items()))
    print(f"{report.LEGEND}\n\n{report.head()}", flush=True)
    scale = Scale(asked.seconds, 10 if asked.quick else 1)
    with TemporaryDirectory(prefix="hubbub-bench-") as folder:
        logs = Logs(Path(folder))
        try:
            for attack in attacks:
                print(report.row(run(attack, scale, logs, turns=asked.turns)), flush=True)
        except Failed as failure:
            raise SystemExit(f"{attack.name}: {failure}") from None
