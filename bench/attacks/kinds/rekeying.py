"""TLS connections that agree upon new keys over and over, which costs more than it looks.

No library does that, so a client's records are made here, with the keys of its handshake (RFC 8446,
sections 4.6.3, 5.2 and 7.2).
"""

import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from bench.attacks.line import Protected, believing
from bench.attacks.lines import flood
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import frame
from hubbub.tls.engine import IDLE_RECORDS_MAX

SECRET = "CLIENT_TRAFFIC_SECRET_0"
CIPHERS = {
    "TLS_AES_128_GCM_SHA256": (16, hashes.SHA256()),
    "TLS_AES_256_GCM_SHA384": (32, hashes.SHA384()),
}
KEY_UPDATE = b"\x18\0\0\x01\x01"
"""It wants the other side to take new keys as well."""

HANDSHAKE, TEXT = 22, 23
TAG_BYTES, NONCE_BYTES = 16, 12
CONNECTIONS, TIMES = 20, 8


class Keys:
    """Those of one direction, from the `secret` of its traffic on."""

    def __init__(self, cipher: str, secret: bytes) -> None:
        self._key_bytes, self._hash = CIPHERS[cipher]
        self._take(secret)

    def _take(self, secret: bytes) -> None:
        self._secret = secret
        self._cipher = AESGCM(self._expanded("key", self._key_bytes))
        self._nonces = int.from_bytes(self._expanded("iv", NONCE_BYTES))
        self._sealed = 0

    def _expanded(self, label: str, size: int) -> bytes:
        name = b"tls13 " + label.encode()
        info = size.to_bytes(2) + bytes([len(name)]) + name + b"\0"
        return HKDFExpand(self._hash, size, info).derive(self._secret)

    def record(self, content: bytes, kind: int = TEXT) -> bytes:
        """Return the next record."""
        inner = content + bytes([kind])
        head = b"\x17\x03\x03" + (len(inner) + TAG_BYTES).to_bytes(2)
        nonce = (self._nonces ^ self._sealed).to_bytes(NONCE_BYTES)
        self._sealed += 1
        return head + self._cipher.encrypt(nonce, inner, head)

    def update(self) -> bytes:
        """Return the record that announces new keys, and take them."""
        said = self.record(KEY_UPDATE, HANDSHAKE)
        self._take(self._expanded("traffic upd", self._hash.digest_size))
        return said


def keys_of(cipher: str, log: Path) -> Keys | None:
    """Return the keys of a client, which OpenSSL has logged; None: the cipher is another one."""
    lines = (line.split() for line in log.read_text().splitlines() if line[0] != "#")
    secrets = {words[0]: words[-1] for words in lines}
    if SECRET not in secrets or cipher not in CIPHERS:
        return None
    return Keys(cipher, bytes.fromhex(secrets[SECRET]))


class Rekeying(Protected):
    """A move is as many new keys as a server bears, and an empty frame."""

    def __init__(self, target: Target) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "keys"
            context = believing()
            context.keylog_filename = str(log)
            super().__init__(target, context)
            keys = keys_of(self.cipher, log)
        if keys is None:
            self.sock.close()
            raise HungUp
        self._keys = keys

    def load(self, times: int) -> bool:
        """Make so many moves."""
        pieces = []
        for _ in range(times):
            pieces += [self._keys.update() for _ in range(IDLE_RECORDS_MAX - 1)]
            pieces.append(self._keys.record(frame(b"")))
        self.under_way, self.unsent = times, memoryview(b"".join(pieces))
        return True


def new_keys(target: Target) -> None:
    """20 connections take new keys over and over, and come back when that was too much."""
    flood(target, CONNECTIONS, Rekeying, tuple, TIMES)


ATTACKS = (Attack("tls-new-keys", new_keys, tls=True),)
