"""`python -m bench promises --relay` plays rounds with a relay, and tells whatever is broken."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from bench.promises.ledger import shortened
from bench.promises.relays.faults import FAULTS
from bench.promises.relays.round import play
from bench.promises.round import Outcome, Plan

from tests.bench.relay_sabotage import SABOTAGES, STARTED
from tests.bench.test_command import ROOT, bench


def played(
    seed: int, faults: str, folder: Path, library: Path, *looked_for: str, **environment: str
) -> Outcome:
    """Return what comes of a round with these faults, up to where all is found."""
    by_name = {fault.name: fault for fault in FAULTS}
    plan = Plan(seed, tuple(by_name[name] for name in faults.split()), "process", looked_for)
    return asyncio.run(play(plan, folder, library, **environment))


@pytest.mark.parametrize(
    ("seed", "faults"),
    [(1, "relay-kill link-cut both-killed"), (2, "origin-kill relay-full-disk")],
)
def test_whatever_happens_to_a_server_and_its_relay_the_promises_are_kept(
    tmp_path: Path, library: Path, seed: int, faults: str
) -> None:
    outcome = played(seed, faults, tmp_path, library)
    assert not outcome.findings, "\n".join([outcome.plan.words, *shortened(outcome.findings)])
    assert outcome.acknowledged
    assert outcome.seen


TOLD = {
    "leaves_messages_out": r"was acknowledged with the seq \d+, and is in the log at \[\]",
    "spoils_files": "is not what was sent",
}
"""What is said of a relay with a fault: its name, and a pattern. None of them hides another."""


def test_a_relay_that_breaks_promises_is_told_of_each(tmp_path: Path, library: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(STARTED)
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    environment = {"SABOTAGES": " ".join(TOLD), "PYTHONPATH": path}
    findings = played(1, "relay-resets", tmp_path, library, *TOLD.values(), **environment).findings
    missed = [one for one in TOLD if not any(re.search(TOLD[one], finding) for finding in findings)]
    assert not missed, "\n".join([f"Nothing is said of: {missed}", *shortened(findings)])


def test_every_sabotage_of_relays_is_tried() -> None:
    assert set(TOLD) == set(SABOTAGES)


def test_what_may_happen_to_a_relay_is_listed() -> None:
    ran = bench("promises", "--relay", "--list")
    assert ran.returncode == 0, ran.stderr
    assert "link-hang " in ran.stdout
