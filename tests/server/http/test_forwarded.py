"""For whom a proxy asks, and who is not believed."""

import pytest

from hubbub.server.http.forwarded import client_of

HERE, ELSEWHERE, PROXY, CLIENT = "127.0.0.1", "192.0.2.1", "192.0.2.99", "198.51.100.7"


@pytest.mark.parametrize(
    ("header", "value", "client"),
    [
        ("X-Forwarded-For", CLIENT, CLIENT),
        ("X-Forwarded-For", f"{CLIENT}:4711", CLIENT),
        ("X-Forwarded-For", "2001:db8::1", "2001:db8::1"),
        ("Forwarded", f"for={CLIENT};proto=https", CLIENT),
        ("Forwarded", 'For="[2001:db8::1]:4711"', "2001:db8::1"),
        ("Forwarded", f"for=203.0.113.1, for={CLIENT}", CLIENT),
    ],
)
def test_a_program_on_this_machine_says_for_whom_it_asks(
    header: str, value: str, client: str
) -> None:
    assert client_of(HERE, {header: value}, ()) == client
    assert client_of(PROXY, {header: value}, {PROXY}) == client


def test_nobody_else_is_believed() -> None:
    assert client_of(ELSEWHERE, {"X-Forwarded-For": CLIENT}, {PROXY}) == ELSEWHERE


def test_what_a_client_made_up_is_not_what_the_proxy_saw() -> None:
    made_up = f"203.0.113.1, {CLIENT}, {PROXY}, ::1"
    assert client_of(HERE, {"X-Forwarded-For": made_up}, {PROXY}) == CLIENT


@pytest.mark.parametrize("value", ["", " , ", "unknown", "_hidden", f"{CLIENT}, nonsense", "::1"])
def test_without_a_name_it_asks_for_itself(value: str) -> None:
    assert client_of(HERE, {"X-Forwarded-For": value, "Forwarded": "for=_secret"}, ()) == HERE
