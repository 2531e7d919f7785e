"""A node that stood still: nobody holds a name beside another, and nothing is said under it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.node_sabotage import environment_of
from tests.faults.serving import ServerProcess
from tests.faults.stopping_node import LATE
from tests.faults.test_nodes import entered, running
from tests.interop.raw import PATIENCE_SECONDS, POLL_SECONDS
from tests.server.clustering.nodes import given, wait_to_see
from tests.server.event_peer import JSON, EventPeer

BURST = 200


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[ServerProcess]]:
    """Two nodes that are taken for gone within seconds."""
    with running(tmp_path, 2, program="tests.faults.quick_node") as started:
        yield started


def heard_to_the_end(peer: EventPeer) -> list[JSON]:
    """Return all that somebody hears up to the goodbye."""
    heard: list[JSON] = []
    while not heard or heard[-1]["type"] != "bye":
        heard.append(peer.event())
    return heard


def test_nothing_is_said_or_heard_under_a_name_by_whoever_had_it_at_a_node_that_stood_still(
    nodes: list[ServerProcess],
) -> None:
    first, second = nodes
    with ExitStack() as stack:
        former = entered(stack, second, "ann")
        bob = entered(stack, first, "bob")
        wait_to_see(bob, "ann", "bob")
        for number in range(BURST):  # some of it is on its way as the node stops
            former.tell(type="say", room="lobby", text=f"burst {number}", nonce=f"b{number}")
        bob.next("message")
        second.freeze()
        former.tell(type="say", room="lobby", text="too late", nonce="late", ref="late")
        ann = given(stack, first, "ann")
        since = ann.say_and_wait("it is my name now")
        room = bob.ask(type="direct", name="ann")["room"]
        bob.say_and_wait("psst", room=room)
        assert ann.next("message", room=room)["text"] == "psst"
        second.thaw()
        heard = heard_to_the_end(former)
        assert "lost touch" in heard[-1]["reason"]
        assert not [one for one in heard if one["type"] == "ok" and one.get("ref") == "late"]
        assert not [one for one in heard if one.get("room") == room]
        # It reads on, and lets people in again.
        cat = given(stack, second, "cat")
        last = cat.say_and_wait("hello again")
        bob.next("message", seq=last)
        page = bob.ask(type="history", room="lobby", limit=100)["messages"]
        after = [(one["seq"], one["from"], one["text"]) for one in page if one["seq"] >= since]
        assert after == [(since, "ann", "it is my name now"), (last, "cat", "hello again")]
        assert page[0]["text"].startswith("burst ")
        wait_to_see(bob, "ann", "bob", "cat")
        wait_to_see(cat, "ann", "bob", "cat")


LEFT_OUT = "has_nothing_checked"
"""A guard against standstills, without which nodes are played here."""

RIGHT = [("ann", "it is my name now"), ("cat", "hello again")]


def played(folder: Path, **environment: str) -> tuple[list[tuple[str, str]], list[JSON]]:
    """Have a node stand still between its decision and the wire; return what came of it.

    That is what was said, by whom, and the signs that somebody there saw of another one.
    """
    with (
        running(folder, 2, "tests.faults.stopping_node", **environment) as (first, second),
        ExitStack() as stack,
    ):
        former, carl, dan = (entered(stack, second, name) for name in ("ann", "carl", "dan"))
        bob = entered(stack, first, "bob")
        wait_to_see(bob, "ann", "bob", "carl", "dan")
        former.tell(type="say", room="lobby", text=LATE, nonce="late")
        second.stood_still()
        dan.tell(type="typing", room="lobby")  # the first that it hears as it goes on
        given(stack, first, "ann").say_and_wait("it is my name now")
        second.thaw()
        heard_to_the_end(former)
        signs = [one for one in heard_to_the_end(carl) if one["type"] == "typing"]
        bob.next("message", seq=given(stack, second, "cat").say_and_wait("hello again"))
        page = bob.ask(type="history", room="lobby", limit=100)["messages"]
        return [(one["from"], one["text"]) for one in page], signs


def test_nothing_is_said_at_a_node_that_stood_still_between_its_decision_and_the_wire(
    tmp_path: Path,
) -> None:
    assert played(tmp_path) == (RIGHT, [])


def test_a_node_whose_servers_store_what_was_decided_before_is_told(tmp_path: Path) -> None:
    said, _ = played(tmp_path, **environment_of(tmp_path, LEFT_OUT))
    assert ("ann", LATE) in said


def test_people_who_are_known_stay_at_a_node_that_stood_still_and_lose_nothing(
    nodes: list[ServerProcess],
) -> None:
    first, second = nodes
    with ExitStack() as stack:
        ann = entered(stack, second, "annann", room=None)
        assert ann.ask(type="identify", device="annann" * 10)["person"]
        ann.ask(type="join", room="lobby")
        passing = entered(stack, second, "passing")
        second.freeze()
        ann.tell(type="say", room="lobby", text="meanwhile", nonce="m", ref="m")
        given(stack, first, "passing")
        second.thaw()
        heard_to_the_end(passing)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := ann.ask(type="say", room="lobby", text="meanwhile", nonce="m"))[
            "type"
        ] != "ok":
            assert answer["code"] == "log_unavailable"
            assert time.monotonic() < deadline
            time.sleep(POLL_SECONDS)
        page = ann.ask(type="history", room="lobby", limit=9)["messages"]
        assert [one["text"] for one in page] == ["meanwhile"]
