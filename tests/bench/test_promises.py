"""`python -m bench promises` plays rounds, and tells whatever is broken."""

import asyncio
import os
import random
import re
import shutil
import sys
from pathlib import Path

import pytest
from bench.promises.faults import FAULTS
from bench.promises.power import Disk
from bench.promises.round import Outcome, Plan, planned, play
from bench.promises.system import Dial, System

from tests.bench.sabotage import SABOTAGES, STARTED
from tests.bench.test_command import ROOT, bench

ROUNDS = 10
"""In each of them another fault comes first."""

FAULTS_PER_ROUND = 2


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_whatever_happens_the_promises_are_kept(tmp_path: Path, library: Path, seed: int) -> None:
    outcome = asyncio.run(play(planned(seed, FAULTS_PER_ROUND, FAULTS), tmp_path, library))
    assert not outcome.findings, "\n".join([outcome.plan.words, *outcome.findings])
    assert outcome.acknowledged
    assert outcome.seen


def played(sabotage: str, faults: str, folder: Path, library: Path) -> Outcome:
    """Return what comes of a round with a server that has a fault of its own."""
    (folder / "sitecustomize.py").write_text(STARTED)
    by_name = {fault.name: fault for fault in FAULTS}
    plan = Plan(7, tuple(by_name[name] for name in faults.split()), "power")
    path = os.pathsep.join((str(folder), str(ROOT)))
    return asyncio.run(play(plan, folder, library, SABOTAGE=sabotage, PYTHONPATH=path))


@pytest.mark.parametrize(
    ("sabotage", "faults", "told"),
    [
        ("acknowledges_early", "kill", "was acknowledged with the seq|events are missing"),
        ("posts_twice", "resets", "was acknowledged with the seq"),
        ("leaves_out", "resets resets", "saw the seq"),
        ("forgets_to_sync", "power-cut power-cut", "lost it|cannot read the log"),
        ("leaves_out", "resets resets", "^tail|tail at"),
        ("spoils_files", "resets", "is not what was sent"),
        ("keeps_former_texts", "resets", "who asks for pages, (reads|sees) '(charly|carla)"),
        ("forgets_reactions", "resets", r"visitor, who asks for pages, sees set\(\)"),
        (
            "lets_everybody_in",
            "resets",
            r"sam asked '.*'cellar'.* and got|stella is told what was said in private",
        ),
        ("finds_conversations", "resets", "sam is told what was said in private: .*tom"),
        ("makes_another_certificate", "kill", "shows another certificate"),
        ("leaves_out_lines", "resets", "irene saw"),
        ("says_twice", "resets", "was heard after one that is later"),
        ("forgets_topics", "resets", "SQLite sees (hall|parlour|garden) with the topic ''"),
        ("forgets_pins", "resets", r"who is there, sees set\(\) pinned in hall"),
        ("forgets_rules", "kill", "SQLite sees in hall the rule"),
        ("lets_everybody_write", "resets", "^ben, silence-in-hall-.* asked .*'say'"),
        ("leaves_the_banned_in", "resets", "^(ben|tobias|theo|ilse) is put out of .*, and is told"),
        (
            "lets_the_banned_in",
            "resets",
            "^(ben|tobias|theo|ilse), without-.* (asked|is in|entered)",
        ),
        ("leaves_former_members_in", "resets", "^(pam|kurt) is put out of parlour, and is told"),
        ("forgets_names", "kill resets", "came back as rita"),
        ("keeps_deleted_rooms", "resets", "SQLite still has 'dora"),
        ("leaves_traces", "resets", "A file still holds 'dora"),
        ("shouts_at_browsers", "freeze", "page, which has a copy, reads .* as '[A-Z]"),
    ],
)
def test_a_server_that_breaks_a_promise_is_told(  # noqa: PLR0917
    tmp_path: Path,
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
    sabotage: str,
    faults: str,
    told: str,
) -> None:
    monkeypatch.setattr("bench.promises.round.GONE_SECONDS", 5.0)
    findings = played(sabotage, faults, tmp_path, library).findings
    assert any(re.search(told, finding) for finding in findings), findings


def test_every_sabotage_is_tried() -> None:
    tried = next(
        mark.args[1]
        for mark in test_a_server_that_breaks_a_promise_is_told.pytestmark  # type: ignore[attr-defined]
    )
    assert {sabotage for sabotage, _, _ in tried} == set(SABOTAGES)


WRITER = """
import os, sys
folder = sys.argv[1]
def write(name, text, sync):
    descriptor = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, text)
    if sync:
        os.fsync(descriptor)
    os.close(descriptor)
write("synced", b"all of it", True)
directory = os.open(folder, os.O_RDONLY)
os.fsync(directory)
write("unsynced", bytes(4096), False)
write("synced", b"ALL", False)
os.rename(f"{folder}/synced", f"{folder}/renamed")
"""


async def written(system: System, folder: Path) -> int:
    """Run a program that writes some things; return its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(folder), env=system.environment()
    )
    return await process.wait()


def test_a_power_cut_takes_what_was_not_synced_and_nothing_else(
    tmp_path: Path, library: Path
) -> None:
    data = tmp_path / "data"
    found = set()
    for seed in range(30):
        data.mkdir()
        (data / "old").write_bytes(b"there before")
        disk, system = Disk(data), System(library, data, records=True)
        assert asyncio.run(written(system, data)) == 0
        assert system.record is not None
        disk.cut_power(system.record, random.Random(seed))
        assert (data / "old").read_bytes() == b"there before"
        kept = [path for path in (data / "synced", data / "renamed") if path.exists()]
        assert kept, "a file that was synced in a folder that was synced has a name"
        assert {path.read_bytes() for path in kept} <= {b"all of it", b"ALL of it"}
        found.add((kept[0].name, kept[0].read_bytes(), (data / "unsynced").exists()))
        shutil.rmtree(data)
    assert len(found) > 3, "what is left is drawn"


def test_a_full_disk_and_one_that_cannot_be_written_refuse(tmp_path: Path, library: Path) -> None:
    for dial, number in ((Dial.ROOM_BYTES, 4), (Dial.READ_ONLY, 1), (Dial.SYNCS_FAIL, 1)):
        data = tmp_path / dial.name
        data.mkdir()
        system = System(library, data, records=False)
        system.set(dial, number)
        assert asyncio.run(written(system, data)) == 1
        system.rest()
        assert asyncio.run(written(system, data)) == 0


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
