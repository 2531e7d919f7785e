"""The proof of a password: both have it and the same certificate in mind, or nobody learns."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.tls.pake import BadElement, Proving

FINGERPRINT, OTHER = "ab" * 32, "cd" * 32


def proven(client: Proving, server: Proving) -> tuple[bool, bool]:
    """Let two sides meet; return whether the server is convinced, and the client."""
    server.meet(client.element)
    client.meet(server.element)
    return (
        server.is_confirmed(client.confirmation),
        client.is_confirmed(server.confirmation),
    )


def test_the_same_password_and_certificate_convince_both() -> None:
    client = Proving(b"rotu-mika-tedo", FINGERPRINT, is_server=False)
    server = Proving(b"rotu-mika-tedo", FINGERPRINT, is_server=True)
    assert proven(client, server) == (True, True)
    assert client.confirmation != server.confirmation


@pytest.mark.parametrize(
    ("password", "fingerprint"), [(b"rotu-mika-tede", FINGERPRINT), (b"rotu-mika-tedo", OTHER)]
)
def test_another_password_or_certificate_convinces_nobody(
    password: bytes, fingerprint: str
) -> None:
    client = Proving(b"rotu-mika-tedo", FINGERPRINT, is_server=False)
    server = Proving(password, fingerprint, is_server=True)
    assert proven(client, server) == (False, False)


def test_what_was_said_once_convinces_nobody_again() -> None:
    client = Proving(b"secret", FINGERPRINT, is_server=False)
    server = Proving(b"secret", FINGERPRINT, is_server=True)
    assert proven(client, server) == (True, True)
    again = Proving(b"secret", FINGERPRINT, is_server=True)
    again.meet(client.element)
    assert not again.is_confirmed(client.confirmation)


def test_what_is_sent_back_is_refused() -> None:
    client = Proving(b"secret", FINGERPRINT, is_server=False)
    with pytest.raises(BadElement):
        client.meet(client.element)
    other = Proving(b"secret", FINGERPRINT, is_server=False)
    with pytest.raises(BadElement):
        other.meet(b"B" + client.element[1:] + b"x")


@settings(max_examples=30, deadline=None)
@given(element=st.one_of(st.binary(max_size=40), st.binary(min_size=32, max_size=32)))
def test_whatever_comes_is_an_element_or_refused(element: bytes) -> None:
    server = Proving(b"secret", FINGERPRINT, is_server=True)
    try:
        server.meet(b"A" + element)
    except BadElement:
        return
    assert not server.is_confirmed(bytes(32))
