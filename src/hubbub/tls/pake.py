"""The proof of a password: SPAKE2, bound to a certificate, and confirmed in both directions.

Neither side learns the password from the other, nor can anybody who listens or stands between. A
machine in the middle has a certificate of its own, so the two sides it talks to have different
identities in mind and come to different keys, whatever it passes on. Each try tells whether one
password is right, and no more (RFC 9382, sections 4 and 9).
"""

import hashlib
import hmac
from typing import Final

METHOD: Final = "spake2-ed25519"
"""The group, and the points M and N, of the package `spake2`."""

ELEMENT_BYTES: Final = 33
"""A letter for the side, and a point."""

_CLIENT, _SERVER = b"hubbub client", b"hubbub server "


class BadElement(Exception):
    """What the other side sent is no element of the group, or one of this side's own."""


class Proving:
    """One side of one proof. `fingerprint`: that of the server's certificate, as this side saw it.

    Ask for the `element`, give the other side's to `meet`, and compare. It counts once.
    """

    def __init__(self, password: bytes, fingerprint: str, *, is_server: bool) -> None:
        # Here, because it takes 8 MB and many milliseconds that few servers and clients need.
        from spake2 import SPAKE2_A, SPAKE2_B  # noqa: PLC0415

        server = _SERVER + fingerprint.encode()
        side = SPAKE2_B if is_server else SPAKE2_A
        self._is_server = is_server
        self._side = side(password, idA=_CLIENT, idB=server)
        self.element: bytes = self._side.start()
        self._own_confirmation = self._other_confirmation = b""

    def meet(self, element: bytes) -> None:
        """Take in the other side's element; raises BadElement."""
        from spake2 import SPAKEError  # noqa: PLC0415 (as above)
        from spake2.ed25519_basic import NotOnCurve  # noqa: PLC0415

        if len(element) != ELEMENT_BYTES:
            raise BadElement
        try:
            key = self._side.finish(element)
        except (SPAKEError, NotOnCurve, ValueError, AssertionError):
            raise BadElement from None
        both = [self.element, element]
        transcript = b"".join(reversed(both) if self._is_server else both)
        confirmations = [
            hmac.digest(key, b"hubbub confirms: " + side + transcript, hashlib.sha256)
            for side in (_CLIENT, _SERVER)
        ]
        own, other = reversed(confirmations) if self._is_server else confirmations
        self._own_confirmation, self._other_confirmation = own, other

    @property
    def confirmation(self) -> bytes:
        """What shows the other side that this one has the same password and certificate in mind."""
        assert self._own_confirmation, "`meet` comes first"
        return self._own_confirmation

    def is_confirmed(self, confirmation: bytes) -> bool:
        """Return whether the other side has shown the same."""
        assert self._other_confirmation, "`meet` comes first"
        return hmac.compare_digest(self._other_confirmation, confirmation)
