"""The simulation: seeds that must hold, and that it tells what is broken on purpose."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = 12
RUN_SECONDS = 300

SABOTAGE = {
    "a repeat is said once more": (
        "hubbub.log.batch.Batch.pass_over_repeats",
        "lambda self, known: real(self, {})",
    ),
    "what was deleted stays in the stream": (
        "hubbub.log.jetstream.erasing.Erasing.note",
        "lambda *_, **__: None",
    ),
    "every claim takes": ("hubbub.chat.facts.takes", "lambda fact, seq: True"),
    "what is cut off does not notice": (
        "hubbub.log.jetstream.reading.Reading.is_live",
        "property(lambda self: True)",
    ),
    "a node that is cut off keeps its names": (
        *("hubbub.server.clustering.names.ALONE_SECONDS", "1e9"),
        *("hubbub.server.clustering.names.FORGO_SECONDS", "0.0"),
    ),
}
"""What is broken, and by what it is replaced; each in pairs."""

BREAK = """
import sys
from importlib import import_module
from bench.simulation.command import main
parts, given = sys.argv[1:-2], sys.argv[-2:]
for path, by in zip(parts[::2], parts[1::2], strict=True):
    module, _, name = path.rpartition(".")
    try:
        owner = import_module(module)
    except ImportError:
        above, _, cls = module.rpartition(".")
        owner = getattr(import_module(above), cls)
    real = getattr(owner, name)
    setattr(owner, name, eval(by))
main(given)
"""


def simulated(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_SECONDS,
    )


@pytest.fixture(scope="module", autouse=True)
def with_client_of_nats() -> None:
    pytest.importorskip("nats")


def test_a_dozen_seeds_hold_and_each_plays_the_same_once_more() -> None:
    ran = simulated("-m", "bench", "simulate", "--seeds", f"{SEEDS}")
    assert ran.returncode == 0, ran.stdout
    assert f"{SEEDS} plays from seed 0: 0 broke a promise." in ran.stdout
    again = simulated("-m", "bench", "simulate", "--seed", "7")
    (line,) = [line for line in ran.stdout.splitlines() if line.startswith("seed 7:")]
    assert line.rpartition(" (")[0] in again.stdout


@pytest.mark.parametrize("what", SABOTAGE)
def test_what_is_broken_on_purpose_is_told(what: str) -> None:
    ran = simulated("-c", BREAK, *SABOTAGE[what], "--seeds=8", "--stop")
    assert ran.returncode == 1, (ran.stdout, ran.stderr)
    assert "broken: " in ran.stdout
    assert "To play it once more: python -m bench simulate --seed " in ran.stdout
