"""SCRAM-SHA-256 (RFC 5802, RFC 7677): to prove that one knows a password, without saying it.

What is kept of the password is a `Verifier`. Nobody can log in with it; but whoever has it can try
passwords against it, and can pretend to be the server. So it is made dear to try.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Final, NamedTuple, Self

MECHANISM: Final = "SCRAM-SHA-256"
DIGEST: Final = "sha256"
KEY_BYTES: Final = 32

ITERATIONS: Final = 600_000
"""What OWASP's Password Storage Cheat Sheet recommends: about as dear to try as argon2id's."""

SALT_BYTES: Final = 16

_MARK: Final = f" {MECHANISM}$"
"""What follows is in the form that RFC 5803 began, and that others write, too."""


class Verifier(NamedTuple):
    """What a proof is checked with."""

    iterations: int
    salt: bytes
    stored_key: bytes
    server_key: bytes

    @classmethod
    def of(cls, password: str, salt: bytes, iterations: int = ITERATIONS) -> Self:
        """Return what is kept of a password; it takes long on purpose."""
        salted = hashlib.pbkdf2_hmac(DIGEST, password.encode(), salt, iterations)
        stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", DIGEST)).digest()
        return cls(iterations, salt, stored_key, hmac.digest(salted, b"Server Key", DIGEST))

    @classmethod
    def nobodys(cls, secret: str) -> Self:
        """Return one that no password fits; `secret` is text that nobody else knows."""
        noise = hashlib.sha512(secret.encode()).digest()
        return cls(ITERATIONS, noise[:SALT_BYTES], noise[-KEY_BYTES:], noise[-KEY_BYTES:])

    @classmethod
    def kept_in(cls, kept: str) -> Self | None:
        """Return the one that is kept of a password behind its hash; None if there is none."""
        _, mark, text = kept.partition(_MARK)
        if not mark:
            return None
        iterations, *rest = text.replace(":", "$").split("$")
        return cls(int(iterations), *map(b64decode, rest))

    def behind(self, hash_: str) -> str:
        """Return what is kept of a password: its hash, and this."""
        salt, stored_key, server_key = (b64encode(one).decode() for one in self[1:])
        return f"{hash_}{_MARK}{self.iterations}:{salt}${stored_key}:{server_key}"

    def is_proven(self, said: bytes, proof: bytes) -> bool:
        """Return whether whoever gives this proof, of what both sides `said`, has the password."""
        if len(proof) != KEY_BYTES:
            return False
        signature = hmac.digest(self.stored_key, said, DIGEST)
        client_key = bytes(a ^ b for a, b in zip(signature, proof, strict=True))
        return hmac.compare_digest(hashlib.sha256(client_key).digest(), self.stored_key)

    def signature(self, said: bytes) -> bytes:
        """Return what proves that the server has the verifier."""
        return hmac.digest(self.server_key, said, DIGEST)
