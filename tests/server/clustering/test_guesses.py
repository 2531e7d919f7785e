"""Whoever guesses at secrets at one node has no more guesses at another."""

import time
from contextlib import ExitStack
from pathlib import Path

from hubbub.server.sessions.guesses import TOLD
from hubbub.testing import LocalServer
from tests.interop.raw import POLL_SECONDS
from tests.server.clustering.nodes import nodes
from tests.server.event_peer import EventPeer

TRIES_MAX = 6
"""What is told to other nodes takes some milliseconds."""


def guessed(stack: ExitStack, node: LocalServer, name: str) -> str:
    """Return the code with which a wrong password of ann's is refused."""
    peer = stack.enter_context(EventPeer(node, name, room=None))
    code: str = peer.ask(type="login", name="ann", password="a wrong one")["code"]
    return code


def test_whoever_goes_round_the_nodes_has_the_guesses_of_one(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream, 3) as running, ExitStack() as stack:
        first, *others = running
        count = int(TOLD.at_once)
        assert count > TRIES_MAX
        codes = [guessed(stack, first, f"g{number}") for number in range(count)]
        assert codes == ["wrong_login"] * count
        for place, node in enumerate(others):
            tries = 0
            while guessed(stack, node, f"h{place}x{tries}") != "slow_down":
                tries += 1
                assert tries < TRIES_MAX
                time.sleep(POLL_SECONDS)
