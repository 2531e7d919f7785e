"""The way to a chatroom's server: the one place that opens connections for the side-car.

Whatever is asked for, it leads to that server and to no other: requests do not say where to go.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler

from hubbub.chat.errors import Refused, Unreachable
from hubbub.client.address import Address
from hubbub.client.dialling import CONNECT_SECONDS, dial
from hubbub.client.errors import Disconnected
from hubbub.client.trust import Trust

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.tracing import Trace

KEPT_SECONDS: Final = 10.0
"""How long a connection is kept for another request: less than servers keep it."""

CONNECTIONS_MAX: Final = 16


class Keeping(Protocol):
    """A protocol that keeps `streams`: asyncio closes a connection whose streams nobody has."""

    streams: object

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""


Kept = TypeVar("Kept", bound=Keeping)


class Way:
    """To the server at an address."""

    def __init__(self, address: Address) -> None:
        self.address = address

    @property
    def authority(self) -> str:
        """What the server is called in a `Host` header."""
        return str(self.address)

    @property
    def origin(self) -> str:
        """Where the server's own page would come from."""
        return f"http://{self.address}"

    async def connect(self, factory: Callable[[], Kept]) -> Kept:
        """Open a connection for a protocol, and return it; raise Disconnected with the reason."""
        reader, writer = await _streams(self.address)
        protocol = factory()
        protocol.streams = reader, writer
        writer.transport.set_protocol(cast("asyncio.BaseProtocol", protocol))
        protocol.connection_made(writer.transport)
        return protocol

    async def check(self) -> None:
        """Raise Unreachable if nobody answers there."""
        try:
            await self.connect(_HangingUp)
        except Disconnected as reason:
            raise Unreachable(f"No chatroom answers at {self.address}: {reason}.") from None


class _HangingUp(asyncio.Protocol):
    """Says nothing, and leaves."""

    streams: object = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class _Answers(ResponseHandler):
    """Reads answers as aiohttp does."""

    streams: object = None


class Connector(aiohttp.BaseConnector):
    """Has aiohttp's client go this way, whatever the address of a request."""

    def __init__(self, way: Way) -> None:
        super().__init__(keepalive_timeout=KEPT_SECONDS, limit=CONNECTIONS_MAX)
        self._way = way

    async def _create_connection(
        self, _req: "ClientRequest", _traces: list["Trace"], _timeout: aiohttp.ClientTimeout
    ) -> ResponseHandler:
        try:
            return await self._way.connect(lambda: _Answers(self._loop))
        except Disconnected as reason:
            raise aiohttp.ClientConnectionError(f"{reason}") from reason


async def _streams(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        line = await dial(address, address.password, Trust())
    except Refused as refusal:
        raise Disconnected(f"{refusal}".rstrip(".")) from None
    except TimeoutError:
        raise Disconnected(f"no answer within {CONNECT_SECONDS} s") from None
    except (OSError, UnicodeError) as error:
        raise Disconnected(f"{error}") from error
    return line.reader, line.writer
