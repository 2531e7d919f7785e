"""`python -m bench` from its start to its files."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def test_one_command_prints_and_writes(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    options = ("--quick", "--seconds", "0.1", "--runs", "2", "--peers", "tutorial")
    ran = bench("room-10", "steady", *options, "--json", str(file))
    assert ran.returncode == 0, ran.stderr
    assert "One room of 10 members, flat out, all numbers divided by 10" in ran.stdout

    written = json.loads(file.read_text())
    assert written["machine"]["cores"] >= 1
    assert written["settings"]["runs"] == 2
    assert written["versions"]["hubbub"].startswith("hubbub ")
    assert list(written["workloads"]) == ["room-10", "steady"]
    for rows in written["workloads"].values():
        assert list(rows) == ["hubbub", "tutorial"]
        for row in rows.values():
            assert not row["failures"]
            assert len(row["runs"]) == 2
    turns = [line.split(": ")[1] for line in ran.stderr.splitlines() if line.startswith("steady")]
    assert turns == ["hubbub", "tutorial"] * 2


def test_what_there_is_not_is_told() -> None:
    ran = bench("room-11")
    assert ran.returncode == 1
    assert "There is no workload 'room-11'. There are: room-10, " in ran.stderr
    ran = bench("--peers", "ircd")
    assert ran.returncode == 1
    assert "There is no peer 'ircd'. There are: hubbub, " in ran.stderr
