"""How the server, or several nodes, are reached: in plaintext, or by TLS with one certificate."""

import asyncio
import hashlib
import ssl
from itertools import cycle
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


class Way:
    """Ports, and the SHA-256 of the one certificate behind them; without one it is plaintext.

    Behind several ports are nodes of one chatroom: whoever connects takes the next port in turn.
    """

    def __init__(self, *ports: int, fingerprint: str = "") -> None:
        self.fingerprint = fingerprint
        self._ports = ports
        self._turns = cycle(ports)

    def secured(self, data: Path) -> "Way":
        """Return the same by TLS, with the certificate of the server in the folder `data`."""
        certificate = ssl.PEM_cert_to_DER_cert((data / CERTIFICATE).read_text())
        return Way(*self._ports, fingerprint=hashlib.sha256(certificate).hexdigest())

    @property
    def each(self) -> "list[Way]":
        """The ways to each port alone."""
        return [Way(port, fingerprint=self.fingerprint) for port in self._ports]

    @property
    def url(self) -> str:
        """Where HTTP is spoken next."""
        return f"{'https' if self.fingerprint else 'http'}://{HOST}:{next(self._turns)}"

    @property
    def address(self) -> str:
        """What the client library is given: all ports, the one whose turn it is first."""
        first = self._ports.index(next(self._turns))
        ports = (*self._ports[first:], *self._ports[:first])
        hosts = ",".join(f"{HOST}:{port}" for port in ports)
        return f"hubbubs://{hosts}/#fp={self.fingerprint}" if self.fingerprint else hosts

    def http(self, seconds: float | None = None) -> aiohttp.ClientSession:
        """Return a session over HTTP, whose requests take so long at most."""
        trusted = aiohttp.Fingerprint(bytes.fromhex(self.fingerprint)) if self.fingerprint else True
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trusted),
            timeout=aiohttp.ClientTimeout(total=seconds),
        )

    async def connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection; raise Failed if another certificate is shown there."""
        port = next(self._turns)
        if not self.fingerprint:
            return await asyncio.open_connection(HOST, port)
        reader, writer = await asyncio.open_connection(HOST, port, ssl=_anybody())
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        if hashlib.sha256(shown).hexdigest() != self.fingerprint:
            writer.transport.abort()
            raise Failed("The server shows another certificate than before.")
        return reader, writer
