"""What is kept of people who only sit there: there may be thousands of them."""

import gc
import time
import tracemalloc
from contextlib import ExitStack
from pathlib import Path

import hubbub
from hubbub.server.fairness.accounts import Connected
from hubbub.server.sessions.connection import Connection
from hubbub.server.sessions.decisions import Decisions
from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer

MEMBERS = 20
FIRST, COUNTED = 50, 200
"""Before the first are there, not all is loaded."""

BYTES_MAX = 2500
PATIENCE_SECONDS = 60


def alive(*kinds: type) -> int:
    """Return how many objects of these types there are in this process, whose server it is."""
    return sum(type(one) in kinds for one in gc.get_objects())


def come(stack: ExitStack, server: LocalServer, first: int, count: int) -> list[EventPeer]:
    """Let members in, and wait until they rest: as soon as their budgets are full."""
    gc.collect()
    left = alive(Connected, Decisions)  # of other servers
    numbers = range(first, first + count)
    members = [stack.enter_context(EventPeer(server, f"member {number}")) for number in numbers]
    assert alive(Connection) >= count
    deadline = time.monotonic() + PATIENCE_SECONDS
    while alive(Connected, Decisions) > left:
        assert time.monotonic() < deadline, "an idle member has no account and no decision"
        time.sleep(0.1)
    return members


def test_an_idle_member_has_no_account_and_no_decision(hubbub_server: LocalServer) -> None:
    with ExitStack() as stack:
        first, *_ = come(stack, hubbub_server, 0, MEMBERS)
        first.say_and_wait("here again")
        assert alive(Connected) > 0


def test_an_idle_member_takes_two_and_a_half_kilobytes(hubbub_server: LocalServer) -> None:
    ours = tracemalloc.Filter(True, str(Path(hubbub.__file__).parent / "*"))
    with ExitStack() as stack:
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        found = []
        for first, count in ((0, FIRST), (FIRST, COUNTED)):
            come(stack, hubbub_server, first, count)
            gc.collect()
            found.append(tracemalloc.take_snapshot().filter_traces([ours]))
    before, after = found
    grown = sum(one.size_diff for one in after.compare_to(before, "lineno"))
    assert grown / COUNTED < BYTES_MAX
