"""What is kept of people who only sit there: there may be thousands of them."""

import gc
import time
from contextlib import ExitStack

from hubbub.server.fairness.accounts import Connected
from hubbub.server.sessions.connection import Connection
from hubbub.server.sessions.decisions import Decisions
from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer

MEMBERS = 20
PATIENCE_SECONDS = 30


def alive(*kinds: type) -> int:
    """Return how many objects of these types there are in this process, whose server it is."""
    return sum(type(one) in kinds for one in gc.get_objects())


def test_an_idle_member_has_no_account_and_no_decision(hubbub_server: LocalServer) -> None:
    gc.collect()
    before = alive(Connected, Decisions)
    with ExitStack() as members:
        first, *_ = [
            members.enter_context(EventPeer(hubbub_server, f"member {number}"))
            for number in range(MEMBERS)
        ]
        assert alive(Connection) >= MEMBERS
        deadline = time.monotonic() + PATIENCE_SECONDS
        while alive(Connected, Decisions) > before:
            assert time.monotonic() < deadline, "they rest as soon as their budgets are full"
            time.sleep(0.1)
        first.say_and_wait("here again")
        assert alive(Connected) > 0
