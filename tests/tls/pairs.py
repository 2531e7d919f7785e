"""Certificates for tests, and what the two ends of a connection make of them."""

import ssl
from pathlib import Path
from typing import NamedTuple

from hubbub.tls.certificates import server_context
from hubbub.tls.self_signed import make_certificate


class Pair(NamedTuple):
    """A certificate in a file, its key, and its fingerprint."""

    certificate: Path
    key: Path
    fingerprint: str

    @property
    def server(self) -> ssl.SSLContext:
        """What its owner needs."""
        return server_context(self.certificate, self.key)[0]

    @property
    def client(self) -> ssl.SSLContext:
        """What trusts this certificate, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))


def pair_in(folder: Path, *names: str) -> Pair:
    """Return a new certificate for these names, else for this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / "c.pem", folder / "k.pem"
    make_certificate(certificate, key, names or ["127.0.0.1", "localhost"])
    return Pair(certificate, key, server_context(certificate, key)[1])
