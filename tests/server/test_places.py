"""How many connections there may be."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.limits import Limits
from hubbub.server.places import Place, Places, is_loopback

ELSEWHERE = "192.0.2.1"


@pytest.fixture(scope="module")
def sock() -> Iterator[socket.socket]:
    """Any socket: a place only remembers it."""
    with socket.socket() as sock:
        yield sock


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", [ELSEWHERE, "::2", "::ffff:192.0.2.1", "fe80::1%eth0", "12.7.0.1"])
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)


@given(st.lists(st.tuples(st.sampled_from(["127.0.0.1", "a", "b"]), st.booleans())))
def test_no_more_than_allowed_and_as_many_as_allowed(
    sock: socket.socket, steps: list[tuple[str, bool]]
) -> None:
    """Whatever comes and goes, one is admitted exactly when there is a place for it."""
    places = Places(Limits(connections_max=4, connections_per_address_max=2))
    taken: list[Place] = []
    for host, comes in steps:
        if comes:
            here = sum(place.host == host for place in taken)
            expected = len(taken) < 4 and (here < 2 or host == "127.0.0.1")
            place = places.take(host, sock)
            assert (place is not None) == expected
            if place is not None:
                taken.append(place)
        elif taken:
            taken.pop().leave()
        assert set(places) == set(taken)


def test_no_limit_per_address(sock: socket.socket) -> None:
    places = Places(Limits(connections_per_address_max=0))
    assert all(places.take(ELSEWHERE, sock) for _ in range(1000))
