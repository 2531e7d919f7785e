"""`python -m bench promises` plays rounds, and tells whatever is broken."""

import asyncio
from pathlib import Path

import pytest
from bench.promises.faults import FAULTS
from bench.promises.ledger import shortened
from bench.promises.round import Plan, planned, play

from tests.bench.test_command import bench

BY_NAME = {fault.name: fault for fault in FAULTS}
ROUNDS = (
    "kill hang full-disk freeze",
    "resets power-cut few-descriptors stop-and-start",
    "failing-syncs slow-disk kill power-cut",
    "clock-jump read-only-disk hang full-disk",
    "little-memory freeze few-descriptors read-only-disk",  # whose journal may tell of faults
)
"""What happens in each of them."""


@pytest.mark.parametrize("faults", ROUNDS)
def test_whatever_happens_the_promises_are_kept(tmp_path: Path, library: Path, faults: str) -> None:
    happen = tuple(BY_NAME[name] for name in faults.split())
    durability = "power" if any(fault.power for fault in happen) else "process"
    outcome = asyncio.run(play(Plan(ROUNDS.index(faults), happen, durability), tmp_path, library))
    assert not outcome.findings, "\n".join([outcome.plan.words, *shortened(outcome.findings)])
    assert outcome.acknowledged
    assert outcome.seen


def test_whatever_can_happen_does() -> None:
    assert {name for faults in ROUNDS for name in faults.split()} == set(BY_NAME)


def test_one_command_plays_a_round_and_says_how_to_play_it_again() -> None:
    ran = bench("promises", "--rounds", "1", "--seed", "3", "--faults", "1", "--only", "resets")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("seed 3: ")
    assert "resets" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "1 rounds from seed 3: 0 broke a promise."


def test_what_there_is_not_is_told() -> None:
    ran = bench("promises", "--only", "earthquake")
    assert ran.returncode == 1
    assert "There is no fault 'earthquake'. There are: kill, " in ran.stderr


def test_a_seed_plans_the_same_round_each_time() -> None:
    assert planned(5, 3, FAULTS) == planned(5, 3, FAULTS)
    first = [planned(seed, 3, FAULTS).faults[0] for seed in range(len(FAULTS))]
    assert first == list(FAULTS), "each fault comes first in its turn"
