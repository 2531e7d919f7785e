"""Looks for bytes that hubbub cannot read as it should: `python -m bench fuzz`.

Everything that reads bytes of others is a target. Coverage leads the search (atheris). A line tells
of each target; a fault is told below it, with the file that causes it. The exit code is 1 if there
is any.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Final, NamedTuple

from bench.fuzz.table import TARGETS
from bench.fuzz.target import Target

SECONDS: Final = 60
INPUT_BYTES_MAX: Final = 4096
SECONDS_PER_INPUT_MAX: Final = 60
"""By the clock: a busy machine may not let a patient search do anything for a while."""

MEGABYTES_MAX: Final = 2048
GRACE_SECONDS: Final = 900
"""A busy machine may take minutes to start a patient search, and to end it."""

_EXECUTED: Final = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_COVERED: Final = re.compile(r"cov: (\d+)")
_FAULT: Final = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Exit)\b.*$", re.MULTILINE)
_KEPT: Final = re.compile(r"Test unit written to (.+)")


class Outcome(NamedTuple):
    """What came of one target. `fault`: what it raised, empty if nothing; `input`: the file."""

    target: Target
    executed: int
    covered: int
    fault: str
    input: str


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    names = ", ".join(target.name for target in TARGETS)
    parser = argparse.ArgumentParser("python -m bench fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of: {names}")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"for each target ({SECONDS})")
    parser.add_argument(
        "--corpus", type=Path, metavar="FOLDER", help="keep what was found there, and go on from it"
    )
    parser.add_argument("--list", action="store_true", help="say what each target reads, and end")
    return parser


def chosen(names: list[str]) -> list[Target]:
    """Return the targets of these names, all if there are none; raise SystemExit for others."""
    known = {target.name: target for target in TARGETS}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"There is no target '{unknown[0]}'. There are: {', '.join(known)}.")
    return [known[name] for name in names] or list(TARGETS)


def main(given: list[str]) -> None:
    """Look, and say what came of it."""
    asked = arguments().parse_args(given)
    targets = chosen(asked.targets)
    if asked.list:
        for target in targets:
            print(f"{target.name:14} {target.title}")
        return
    if importlib.util.find_spec("atheris") is None:
        raise SystemExit("The search needs atheris. Install it first: pip install atheris")
    faults = 0
    with TemporaryDirectory(prefix="hubbub-fuzz-") as folder:
        for target in targets:
            corpus = (asked.corpus or Path(folder)) / target.name
            outcome = searched(target, corpus, asked.seconds)
            print(
                f"{target.name:14} {outcome.executed:>10,} inputs, {outcome.covered:>5,} places "
                "of the code reached",
                flush=True,
            )
            if outcome.fault:
                faults += 1
                print(f"  fault: {outcome.fault}\n  by the bytes in {outcome.input}", flush=True)
    if faults:
        raise SystemExit(1)


def searched(target: Target, corpus: Path, seconds: int) -> Outcome:
    """Let atheris look at one target for so long."""
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    kept = Path(mkdtemp(prefix="hubbub-fault-"))
    command = [
        *(sys.executable, "-m", "bench.fuzz.guided", target.name),
        *(f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", "-print_final_stats=1"),
        *(f"-timeout={SECONDS_PER_INPUT_MAX}", f"-rss_limit_mb={MEGABYTES_MAX}"),
        *(f"-artifact_prefix={kept}/", str(corpus)),
    ]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=seconds + GRACE_SECONDS,
        env={**os.environ, "PYTHONFAULTHANDLER": ""},
    )
    said = ran.stdout + ran.stderr
    fault = ""
    if ran.returncode:
        fault = next(iter(_FAULT.findall(said)), "") or said.strip()[-400:]
    elif not any(kept.iterdir()):
        kept.rmdir()
    return Outcome(
        target,
        _last(_EXECUTED, said),
        _last(_COVERED, said),
        fault,
        next(iter(_KEPT.findall(said)), str(kept)),
    )


def _last(pattern: re.Pattern[str], said: str) -> int:
    found = pattern.findall(said)
    return int(found[-1]) if found else 0
