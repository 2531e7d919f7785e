"""The key of an account at the authority, and what is signed with it (RFC 7515, RFC 8555)."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hubbub.tls.writing import write_synced

if TYPE_CHECKING:
    from pathlib import Path

_NUMBER_BYTES = 32


def text_of(raw: bytes) -> str:
    """Return bytes as they stand in JSON: base64 for URLs, without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


class AccountKey:
    """A key on the curve P-256, which the authority knows its account by."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        numbers = private.public_key().public_numbers()
        self.public = {
            "crv": "P-256",
            "kty": "EC",
            "x": text_of(numbers.x.to_bytes(_NUMBER_BYTES)),
            "y": text_of(numbers.y.to_bytes(_NUMBER_BYTES)),
        }

    @classmethod
    def kept_in(cls, path: Path) -> AccountKey:
        """Return the key in a file; the first time, make one."""
        with suppress(FileNotFoundError, ValueError):  # none yet, or one that was not finished
            private = serialization.load_pem_private_key(path.read_bytes(), None)
            if isinstance(private, ec.EllipticCurvePrivateKey):
                return cls(private)
        private = ec.generate_private_key(ec.SECP256R1())
        write_key(path, private)
        return cls(private)

    def signed(self, head: dict[str, object], said: object) -> bytes:
        """Return a request's body; `said` None asks and says nothing."""
        protected = text_of(json.dumps({"alg": "ES256", **head}).encode())
        payload = "" if said is None else text_of(json.dumps(said).encode())
        der = self._private.sign(f"{protected}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
        signature = b"".join(one.to_bytes(_NUMBER_BYTES) for one in decode_dss_signature(der))
        return json.dumps(
            {"protected": protected, "payload": payload, "signature": text_of(signature)}
        ).encode()

    def authorization(self, token: str) -> str:
        """Return what shows that a challenge is answered for this account."""
        canonical = json.dumps(self.public, sort_keys=True, separators=(",", ":"))
        return f"{token}.{text_of(hashlib.sha256(canonical.encode()).digest())}"


def write_key(path: Path, private: ec.EllipticCurvePrivateKey) -> None:
    """Keep a key in a file that nobody else may read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(0o600)
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_synced(path, secret)
