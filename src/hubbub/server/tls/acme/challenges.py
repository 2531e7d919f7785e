"""What the authority finds here when it looks whether we are at the name that we claim."""

from __future__ import annotations

import hashlib
import ssl
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hubbub.tls.self_signed import OCTETS_32, make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH: Final = "/.well-known/acme-challenge/"
ALPN: Final = "acme-tls/1"


class Challenges:
    """Those that are being answered just now; most of the time there are none."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._context: ssl.SSLContext | None = None

    def text_at(self, path: str) -> str | None:
        """Return what stands at a path over HTTP (http-01, RFC 8555)."""
        return self._texts.get(path)

    def context_for(self, hello: bytes) -> ssl.SSLContext | None:
        """Return what a TLS hello asks for, if it is the authority's (tls-alpn-01, RFC 8737)."""
        return self._context if ALPN.encode() in hello else None

    @contextmanager
    def answered_by_text(self, token: str, authorization: str) -> Iterator[None]:
        """Answer a challenge over HTTP until the block ends."""
        self._texts[PATH + token] = authorization
        try:
            yield
        finally:
            del self._texts[PATH + token]

    @contextmanager
    def answered_by_certificate(self, name: str, authorization: str) -> Iterator[None]:
        """Answer a challenge by a certificate until the block ends."""
        digest = OCTETS_32 + hashlib.sha256(authorization.encode()).digest()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols([ALPN])
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Path(folder, "c.pem"), Path(folder, "k.pem")
            make_certificate(certificate, key, [name], acme_identifier=digest)
            context.load_cert_chain(certificate, key)
        self._context = context
        try:
            yield
        finally:
            self._context = None
