"""A server with a fault of its own is told: by whoever meets it first, wherever that is."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from bench.peers.server import Failed
from bench.promises.faults import FAULTS
from bench.promises.ledger import shortened
from bench.promises.programs import PageReader
from bench.promises.round import Outcome, Plan, play

from tests.bench.sabotage import SABOTAGES, STARTED
from tests.bench.test_command import ROOT

SEED = 7
"""With it, `resets` resets every connection at least once."""

TOLD = {
    "acknowledges_early": "is told that events are missing|was acknowledged with the seq",
    "posts_twice": "is in the log more than once",
    "leaves_out": r"saw the seq \d+ of \w+, which follows",
    "leaves_out, in a program": "^tail",
    "forgets_to_sync": "and the server lost it|cannot read the log|is damaged|was acknowledged",
    "spoils_files": "is not what was sent",
    "keeps_former_texts": "who asks for pages, (reads|sees) '(charly|carla)",
    "forgets_reactions": r"who asks for pages, sees set\(\) at",
    "lets_everybody_in": r"asked '.*'(cellar|parlour)'.* and got",
    "finds_conversations": "is told what was said in private: .*tom",
    "makes_another_certificate": "shows another certificate",
    "leaves_out_lines": "^irene saw",
    "says_twice": "was heard after one that is later",
    "forgets_topics": r"SQLite sees \w+ with the topic ''",
    "forgets_pins": r"who is there, sees set\(\) pinned in \w+",
    "forgets_rules": "SQLite sees in hall the rule",
    "lets_everybody_write": r"^\w+, silence-in-\w+-\d+; asked .*'say'.* and got",
    "leaves_the_banned_in": r"is put out of \w+, and is told",
    "lets_the_banned_in": r"^\w+, without-\w+-\d+; (asked|is in|entered)",
    "leaves_former_members_in": "is put out of parlour, and is told",
    "forgets_names": r"came back as rita,",
    "keeps_deleted_rooms": "SQLite still has '",
    "leaves_traces": "A file still holds '",
    "shouts_at_browsers": "page, which has a copy, reads .* as '[A-Z]",
}
"""What is said of a server with a fault, whoever says it: the fault's name, and a pattern."""

ROUNDS = (
    (
        "resets",
        *("posts_twice", "spoils_files", "forgets_reactions", "forgets_topics", "forgets_pins"),
        *("forgets_rules", "lets_everybody_write", "leaves_the_banned_in"),
        *("keeps_deleted_rooms", "shouts_at_browsers"),
    ),
    (
        "resets",
        *("keeps_former_texts", "finds_conversations", "leaves_out_lines", "lets_the_banned_in"),
        *("leaves_traces", "says_twice"),
    ),
    ("resets resets", "leaves_out", "leaves_out, in a program", "leaves_former_members_in"),
    ("kill", "acknowledges_early"),
    ("kill", "makes_another_certificate", "forgets_names"),
    ("resets", "lets_everybody_in"),
    ("power-cut power-cut", "forgets_to_sync"),
)
"""What happens, and which faults a server has then: none of them hides another."""


def played(happens: str, told: list[str], folder: Path, library: Path) -> Outcome:
    """Return what comes of a round with a server that has faults of its own."""
    (folder / "sitecustomize.py").write_text(STARTED)
    by_name = {fault.name: fault for fault in FAULTS}
    faults = tuple(by_name[name] for name in happens.split())
    durability = "power" if any(fault.power for fault in faults) else "process"
    plan = Plan(SEED, faults, durability, tuple(TOLD[one] for one in told))
    sabotages = " ".join({one.partition(",")[0]: None for one in told})
    path = os.pathsep.join((str(folder), str(ROOT)))
    return asyncio.run(play(plan, folder, library, SABOTAGES=sabotages, PYTHONPATH=path))


@pytest.mark.parametrize(("happens", "told"), [(happens, told) for happens, *told in ROUNDS])
def test_a_server_that_breaks_a_promise_is_told(
    tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch, happens: str, told: list[str]
) -> None:
    monkeypatch.setattr("bench.promises.round.GONE_SECONDS", 5.0)
    monkeypatch.setattr("bench.promises.round.SEEN_SECONDS", 10.0)
    if not PageReader.can_be():
        told = [one for one in told if one != "shouts_at_browsers"]
    try:
        findings = played(happens, told, tmp_path, library).findings
    except Failed as failure:  # as if it does not even start any more
        findings = [str(failure)]
    missed = [one for one in told if not any(re.search(TOLD[one], finding) for finding in findings)]
    assert not missed, "\n".join([f"Nothing is said of: {missed}", *shortened(findings)])


def test_every_sabotage_is_tried() -> None:
    tried = {one.partition(",")[0] for _, *told in ROUNDS for one in told}
    assert tried == set(SABOTAGES)
