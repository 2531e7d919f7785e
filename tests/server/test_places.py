"""How many connections there may be."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.limits import Limits
from hubbub.server.sockets.places import Place, Places

ELSEWHERE = "192.0.2.1"


@pytest.fixture(scope="module")
def sock() -> Iterator[socket.socket]:
    """Any socket: a place only remembers it."""
    with socket.socket() as sock:
        yield sock


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
    places = Places(Limits(connections_max=1000, connections_per_address_max=0))
    assert all(places.take(ELSEWHERE, sock) for _ in range(1000))


def test_a_prefix_of_ipv6_counts_as_one_address(sock: socket.socket) -> None:
    places = Places(Limits(connections_max=1000, connections_per_address_max=2))
    taken = [places.take(f"2001:db8::{number}", sock) for number in range(3)]
    assert [place is not None for place in taken] == [True, True, False]
    assert places.take("2001:db8:0:1::1", sock)


def test_whoever_shares_a_place_lets_its_address_have_another(sock: socket.socket) -> None:
    places = Places(Limits(connections_max=3, connections_per_address_max=1))
    first = places.take(ELSEWHERE, sock)
    assert first is not None
    assert places.take(ELSEWHERE, sock) is None
    first.share()
    second = places.take(ELSEWHERE, sock)
    assert second is not None
    for place in (first, second):
        place.leave()
    assert places.take(ELSEWHERE, sock) is not None
    assert places.take(ELSEWHERE, sock) is None, "neither was counted twice"
