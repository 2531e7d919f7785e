"""A TLS connection of a client, as streams."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, NamedTuple, cast

from hubbub.client.errors import Disconnected
from hubbub.tls.certificates import fingerprint_of
from hubbub.tls.engine import Engine
from hubbub.tls.transport import Secured

if TYPE_CHECKING:
    from hubbub.client.address import Address


class NoTls(Disconnected):
    """What answers there speaks no TLS."""


class TlsStream(NamedTuple):
    """A connection after its handshake, and the SHA-256 of the certificate that it was shown."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    fingerprint: str


class _Handshake(asyncio.Protocol):
    """A connection until its handshake is done; `done` gets its transport, or why it failed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.done: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._shake()

    def data_received(self, data: bytes) -> None:
        self.engine.feed(data)
        if not self.done.done():
            self._shake()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or NoTls("it hangs up instead of speaking TLS"))

    def _shake(self) -> None:
        try:
            is_done = self.engine.shake()
        except ssl.SSLError as error:
            self._send()
            self.done.set_exception(error)
            return
        self._send()
        if is_done:
            # Before anything else can come: it is for whoever goes on with the connection.
            self._transport.pause_reading()
            self.done.set_result(self._transport)

    def _send(self) -> None:
        if unsent := self.engine.unsent():
            self._transport.write(unsent)


async def shake(address: Address, context: ssl.SSLContext) -> TlsStream:
    """Connect and agree upon keys.

    Raises OSError, ssl.SSLCertVerificationError if the context wants another certificate, and NoTls
    if TLS is not spoken there.
    """
    loop = asyncio.get_running_loop()
    engine = Engine(context, server_side=False, hostname=address.host.partition("%")[0])
    below, handshake = await loop.create_connection(
        lambda: _Handshake(engine), address.host, address.port
    )
    try:
        transport = await handshake.done
        if transport.is_closing():  # it was lost meanwhile, and nobody is told of that again
            raise Disconnected("the connection was lost as soon as it was made")
    except ssl.SSLCertVerificationError:
        below.close()  # after TLS has said why
        raise
    except ssl.SSLError as error:
        below.abort()
        reason = (error.reason or "").replace("_", " ").lower()
        raise NoTls(f"it does not speak TLS with us ({reason})") from error
    except BaseException:
        below.abort()
        raise
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    secured = Secured(engine, protocol)
    transport.set_protocol(secured)
    secured.connection_made(transport)
    transport.resume_reading()
    certificate = engine.ssl_object.getpeercert(binary_form=True)
    assert certificate, "a server always shows one"
    writer = asyncio.StreamWriter(secured, protocol, reader, loop)
    return TlsStream(reader, writer, fingerprint_of(certificate))
