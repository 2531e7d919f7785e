"""The proof of a password: both have it and the same certificate in mind, or nobody learns."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add, crypto_core_ed25519_sub
from spake2 import SPAKE2_A, SPAKE2_B

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
    for letter in (b"A", b"B"):
        with pytest.raises(BadElement):
            client.meet(letter + client.element[1:])


@settings(max_examples=30, deadline=None)
@given(element=st.one_of(st.binary(max_size=40), st.binary(min_size=32, max_size=32)))
def test_whatever_comes_is_an_element_or_refused(element: bytes) -> None:
    server = Proving(b"secret", FINGERPRINT, is_server=True)
    try:
        server.meet(b"A" + element)
    except BadElement:
        return
    assert not server.is_confirmed(bytes(32))


@pytest.mark.parametrize("is_server", [True, False])
@pytest.mark.parametrize("password", [b"rotu-mika-tedo", "süß und größer".encode(), b""])
def test_it_agrees_with_the_package_that_the_protocol_names(
    password: bytes, *, is_server: bool
) -> None:
    """The other side is written after docs/protocol.md, section 11."""
    ours = Proving(password, FINGERPRINT, is_server=is_server)
    client, server = b"hubbub client", b"hubbub server " + FINGERPRINT.encode()
    theirs = (SPAKE2_A if is_server else SPAKE2_B)(password, idA=client, idB=server)
    element = theirs.start()
    ours.meet(element)
    key = theirs.finish(ours.element)
    both = element + ours.element if is_server else ours.element + element

    def confirmation(identity: bytes) -> bytes:
        said = b"hubbub confirms: " + identity + both
        return hmac.new(key, said, hashlib.sha256).digest()

    of_client, of_server = confirmation(client), confirmation(b"hubbub server ")
    assert ours.confirmation == (of_server if is_server else of_client)
    assert ours.is_confirmed(of_client if is_server else of_server)


NEUTRAL = (1).to_bytes(32, "little")
OF_ORDER_2 = (2**255 - 20).to_bytes(32, "little")
OF_ORDER_4 = bytes(32)
NEUTRAL_AGAIN = (2**255 - 18).to_bytes(32, "little")
BASE = b"\x58" + 31 * b"\x66"
OUTSIDE = crypto_core_ed25519_add(BASE, OF_ORDER_2)


@pytest.mark.parametrize("point", [NEUTRAL, OF_ORDER_2, OF_ORDER_4, NEUTRAL_AGAIN, OUTSIDE])
def test_points_that_would_give_the_secret_away_are_refused(point: bytes) -> None:
    server = Proving(b"secret", FINGERPRINT, is_server=True)
    with pytest.raises(BadElement):
        server.meet(b"A" + point)


def test_an_element_without_a_secret_is_refused() -> None:
    """Whoever knows the password could send nothing but what hides the secret."""
    side = SPAKE2_A(b"secret", idA=b"", idB=b"")
    element = side.start()
    blind = crypto_core_ed25519_sub(element[1:], side.xy_elem.to_bytes())
    server = Proving(b"secret", FINGERPRINT, is_server=True)
    with pytest.raises(BadElement):
        server.meet(b"A" + blind)
