"""Which pages of other nodes are let in, and where ours may go."""

import pytest

from hubbub.server.http.fellows import is_fellow, sources

TOLD = ["n1.example.org:1234", "hubbubs://n2.example.org:443", "[2001:db8::1]:80"]


@pytest.mark.parametrize(
    "origin",
    [
        *("http://n1.example.org:1234", "https://N1.example.org:1234"),
        *("https://n2.example.org", "http://[2001:db8::1]"),
    ],
)
def test_the_page_of_a_node_is_a_fellow(origin: str) -> None:
    assert is_fellow(origin, TOLD, secure=False)


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "http://n1.example.org",
            "http://n1.example.org:12345",
            "http://n1.example.org.evil:1234",
        ),
        *("http://n2.example.org:443", "http://n2.example.org", "null", "", "http://"),
        *("ws://n1.example.org:1234", "http://evil/n1.example.org:1234"),
        "https://hubbubs://n2.example.org:443",
    ],
)
def test_no_other_page_is(origin: str) -> None:
    assert not is_fellow(origin, TOLD, secure=False)


def test_over_tls_no_page_is_that_somebody_on_the_way_may_have_written_into() -> None:
    assert not is_fellow("http://n1.example.org:1234", TOLD, secure=True)
    assert is_fellow("https://n1.example.org:1234", TOLD, secure=True)


def test_from_tls_a_page_goes_on_over_tls_alone() -> None:
    plain, secure, address = "n1.example.org:1234", "n2.example.org:443", "[2001:db8::1]:80"
    assert sources(TOLD, secure=False) == f" ws://{plain} wss://{secure} ws://{address}"
    assert sources(TOLD, secure=True) == f" wss://{plain} wss://{secure} wss://{address}"
    assert sources([], secure=False) == ""
