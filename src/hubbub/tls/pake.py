"""The proof of a password: SPAKE2, bound to a certificate, and confirmed in both directions.

Neither side learns the password from the other, nor can anybody who listens or stands between. A
machine in the middle has a certificate of its own, so the two sides it talks to have different
identities in mind and come to different keys, whatever it passes on. Each try tells whether one
password is right, and no more (RFC 9382, sections 4 and 9).

The client sends X = xB + wM, the server Y = yB + wN. B is the base point of Ed25519, nobody knows
of M and N which multiples of it they are, w is made of the password, x and y are made up. So both
know xyB: it is x(Y - wN), and y(X - wM).
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final, NamedTuple

METHOD: Final = "spake2-ed25519"
"""M, N, how w is made and what the key is made of are those of the package `spake2`."""

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Numbers count up to this one, which multiplies every point to the neutral one."""

NUMBER_BYTES: Final = 32
ELEMENT_BYTES: Final = 33
"""A letter for the side, and a point."""

CONFIRMATION_BYTES: Final = 32


class _Role(NamedTuple):
    letter: bytes
    identity: bytes
    point: bytes
    """What it adds, times w."""


_CLIENT: Final = _Role(
    b"A",
    b"hubbub client",
    bytes.fromhex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312"),
)
_SERVER: Final = _Role(
    b"B",
    b"hubbub server ",
    bytes.fromhex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3"),
)


class BadElement(Exception):
    """What the other side sent is no element of the group, or one of this side's own."""


class Proving:
    """One side of one proof. `fingerprint`: that of the server's certificate, as this side saw it.

    Show the `element`, give the other side's to `meet`, and compare. It counts once.
    """

    def __init__(self, password: bytes, fingerprint: str, *, is_server: bool) -> None:
        # Here, because few servers and clients need it.
        from nacl.bindings import (  # noqa: PLC0415
            crypto_core_ed25519_add,
            crypto_scalarmult_ed25519_base_noclamp,
            crypto_scalarmult_ed25519_noclamp,
        )

        self._own, self._other = (_SERVER, _CLIENT) if is_server else (_CLIENT, _SERVER)
        self._known = (password, _CLIENT.identity, _SERVER.identity + fingerprint.encode())
        self._w = _number_bytes(_number_of(password))
        self._secret = _number_bytes(1 + secrets.randbelow(ORDER - 1))
        self._point = crypto_core_ed25519_add(
            crypto_scalarmult_ed25519_base_noclamp(self._secret),
            crypto_scalarmult_ed25519_noclamp(self._w, self._own.point),
        )
        self._own_confirmation = self._other_confirmation = b""

    @property
    def element(self) -> bytes:
        """What this side sends."""
        return self._own.letter + self._point

    def meet(self, element: bytes) -> None:
        """Take in the other side's element; raises BadElement."""
        letter, point = element[:1], element[1:]
        if len(element) != ELEMENT_BYTES or letter != self._other.letter or point == self._point:
            raise BadElement
        shared = self._shared_with(point)
        is_server = self._own is _SERVER
        points = [point, self._point] if is_server else [self._point, point]
        key = sha256(b"".join([sha256(one).digest() for one in self._known] + points + [shared]))
        elements = [element, self.element] if is_server else [self.element, element]

        def confirmation(role: _Role) -> bytes:
            said = b"hubbub confirms: " + role.identity + b"".join(elements)
            return hmac.digest(key.digest(), said, sha256)

        self._own_confirmation = confirmation(self._own)
        self._other_confirmation = confirmation(self._other)

    def _shared_with(self, point: bytes) -> bytes:
        from nacl.bindings import (  # noqa: PLC0415 (as above)
            crypto_core_ed25519_is_valid_point,
            crypto_core_ed25519_sub,
            crypto_scalarmult_ed25519_noclamp,
        )

        if not crypto_core_ed25519_is_valid_point(point):
            raise BadElement
        blind = crypto_scalarmult_ed25519_noclamp(self._w, self._other.point)
        try:
            return crypto_scalarmult_ed25519_noclamp(
                self._secret, crypto_core_ed25519_sub(point, blind)
            )
        except RuntimeError:  # nothing but the blind: there is no secret behind it
            raise BadElement from None

    @property
    def confirmation(self) -> bytes:
        """What shows the other side that this one has the same password and certificate in mind."""
        assert self._own_confirmation, "`meet` comes first"
        return self._own_confirmation

    def is_confirmed(self, confirmation: bytes) -> bool:
        """Return whether the other side has shown the same."""
        assert self._other_confirmation, "`meet` comes first"
        return hmac.compare_digest(self._other_confirmation, confirmation)


def _number_of(password: bytes) -> int:
    """Return w: 48 bytes of HKDF (RFC 5869), reduced, so that no number is likelier than others."""
    key, about = hmac.digest(bytes(sha256().digest_size), password, sha256), b"SPAKE2 pw"
    first = hmac.digest(key, about + b"\x01", sha256)
    second = hmac.digest(key, first + about + b"\x02", sha256)
    return int.from_bytes(first + second[:16]) % ORDER


def _number_bytes(number: int) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "little")
