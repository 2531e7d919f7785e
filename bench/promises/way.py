"""How the server is reached: in plaintext, or by TLS with the one certificate that it has."""

import asyncio
import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from bench.peers.server import HOST, Failed

CERTIFICATE: Final = "certificate.pem"
"""Where a server keeps the one that it made for itself, in its folder."""


def _anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True, slots=True)
class Way:
    """A port, and the SHA-256 of the certificate behind it; without one it is plaintext."""

    port: int
    fingerprint: str = ""

    def secured(self, data: Path) -> "Way":
        """Return the same by TLS, to the server in the folder `data`."""
        certificate = ssl.PEM_cert_to_DER_cert((data / CERTIFICATE).read_text())
        return Way(self.port, hashlib.sha256(certificate).hexdigest())

    @property
    def url(self) -> str:
        """Where HTTP is spoken."""
        return f"{'https' if self.fingerprint else 'http'}://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """What the client library is given."""
        if not self.fingerprint:
            return f"{HOST}:{self.port}"
        return f"hubbubs://{HOST}:{self.port}/#fp={self.fingerprint}"

    def http(self, seconds: float | None = None) -> aiohttp.ClientSession:
        """Return a session over HTTP, whose requests take so long at most."""
        trusted = aiohttp.Fingerprint(bytes.fromhex(self.fingerprint)) if self.fingerprint else True
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trusted),
            timeout=aiohttp.ClientTimeout(total=seconds),
        )

    async def connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection; raise Failed if another certificate is shown there."""
        if not self.fingerprint:
            return await asyncio.open_connection(HOST, self.port)
        reader, writer = await asyncio.open_connection(HOST, self.port, ssl=_anybody())
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        if hashlib.sha256(shown).hexdigest() != self.fingerprint:
            writer.transport.abort()
            raise Failed("The server shows another certificate than before.")
        return reader, writer
