"""`python -m bench promises --nodes` plays rounds with nodes, and tells whatever is broken."""

import asyncio
import re
from pathlib import Path

import pytest
from bench.promises.ledger import shortened
from bench.promises.round import Outcome, Plan

from tests.bench.node_sabotage import SABOTAGES, environment_of
from tests.bench.test_command import bench
from tests.faults import test_frozen_nodes
from tests.log.nats_servers import skip_without


def played(
    seed: int, faults: str, folder: Path, library: Path, *looked_for: str, **environment: str
) -> Outcome:
    """Return what comes of a round with these faults, up to where all is found."""
    skip_without()
    from bench.promises.nodes.faults import FAULTS  # noqa: PLC0415 (needs the client of NATS)
    from bench.promises.nodes.round import play  # noqa: PLC0415

    by_name = {fault.name: fault for fault in FAULTS}
    plan = Plan(seed, tuple(by_name[name] for name in faults.split()), "process", looked_for)
    return asyncio.run(play(plan, folder, library, **environment))


@pytest.mark.parametrize(
    "faults", ["node-kill leader-lost full-stream", "node-cut-off node-freeze"]
)
def test_whatever_happens_to_nodes_and_their_servers_the_promises_are_kept(
    tmp_path: Path, library: Path, faults: str
) -> None:
    outcome = played(1, faults, tmp_path, library)
    assert not outcome.findings, "\n".join([outcome.plan.words, *shortened(outcome.findings)])
    assert outcome.acknowledged
    assert outcome.seen


TOLD = {
    "acknowledges_alone": "was acknowledged with the seq|is cut off, and .* it acknowledged",
    "gives_names_twice": "was let in as same.*, which .* had",
    "erases_nothing": "and is still in the stream",
}
"""What is said of nodes with a fault: its name, and a pattern."""

ROUNDS = (
    ("node-cut-off", "acknowledges_alone"),
    ("node-resets", "gives_names_twice", "erases_nothing"),
)
"""What happens, and which faults the nodes have then: none of them hides another."""


@pytest.mark.parametrize(("faults", "sabotages"), [(faults, names) for faults, *names in ROUNDS])
def test_a_node_that_breaks_a_promise_is_told(
    tmp_path: Path,
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
    faults: str,
    sabotages: list[str],
) -> None:
    skip_without()
    monkeypatch.setattr("bench.promises.nodes.stream.ERASED_SECONDS", 5.0)
    monkeypatch.setattr("bench.promises.nodes.watched.PATIENCE_SECONDS", 5.0)
    patterns = [TOLD[one] for one in sabotages]
    environment = environment_of(tmp_path, *sabotages)
    findings = played(7, faults, tmp_path, library, *patterns, **environment).findings
    missed = [
        one for one in sabotages if not any(re.search(TOLD[one], finding) for finding in findings)
    ]
    assert not missed, "\n".join([f"Nothing is said of: {missed}", *shortened(findings)])


def test_every_sabotage_of_nodes_is_tried() -> None:
    """Those of guards against standstills are tried where these can be made at will."""
    in_rounds = {name for _, *names in ROUNDS for name in names}
    assert {test_frozen_nodes.LEFT_OUT, *in_rounds} == set(SABOTAGES)


class Line:
    """Somebody is answered at once."""

    def __init__(self) -> None:
        self.answers: list[dict[str, object]] = []

    async def say(self, **fields: object) -> None:
        self.answers.append({"type": "ok", "ref": fields["ref"], "seq": 1})

    async def event(self) -> dict[str, object]:
        return self.answers.pop(0)


def test_it_is_noted_when_something_was_said_that_is_acknowledged_for_the_first_time() -> None:
    skip_without()
    from bench.promises.nodes.watched import Notes, Noting  # noqa: PLC0415

    async def scene() -> None:
        clock, notes = asyncio.get_running_loop().time, Notes()
        line = Noting(Line(), notes, set())
        before = clock()
        await line.say(type="say", nonce="a", ref="a")
        await line.event()
        between = clock()
        for nonce in ("b", "a"):
            await line.say(type="say", nonce=nonce, ref=nonce)
            await line.event()
        assert len(notes.said_after(before - 1)) == 2
        ((said, acknowledged),) = notes.said_after(between)
        assert between < said <= acknowledged

    asyncio.run(scene())


def test_what_may_happen_to_nodes_is_listed() -> None:
    skip_without()
    ran = bench("promises", "--nodes", "--list")
    assert ran.returncode == 0, ran.stderr
    assert "island " in ran.stdout
