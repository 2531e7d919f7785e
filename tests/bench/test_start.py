"""What the bench measures of a cold start."""

import pytest
from bench.peers import HUBBUB, PEERS

from bench import start


def test_the_first_message_comes_after_the_start_and_a_command_says_another_one() -> None:
    figures = start.run(HUBBUB)
    assert set(figures) == set(start.COLUMNS)
    assert all(figures.values())
    assert figures["first_message_ms"] > figures["start_ms"]


@pytest.mark.parametrize("name", ["redis", "nats", "ngircd"])
def test_others_are_measured_by_the_same_steps(name: str) -> None:
    peer = next(one for one in PEERS if one.name == name)
    if why := peer.absence():
        pytest.skip(why)
    figures = start.run(peer)
    assert figures["first_message_ms"] > figures["start_ms"] > 0
    assert figures["mb"] > 0
