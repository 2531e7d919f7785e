"""The way to a chatroom's server: the one place that opens connections for the side-car.

Whatever is asked for, it leads to that server and to no other: requests do not say where to go. Of
a chatroom with several servers, it leads to one after the other, as each fails. A page shows what
it keeps to whatever server it is led to: so an address that was given counts only once the chatroom
has told that it is one of its own (`client/nodes.py`).
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from msgspec.structs import replace

from hubbub.chat.errors import Refused, Unreachable
from hubbub.client.address import Address
from hubbub.client.chat import connect
from hubbub.client.connection import Connection
from hubbub.client.dialling import Protection, is_readable, password_needed, unprotected
from hubbub.client.errors import Disconnected
from hubbub.client.nodes import Nodes, why_left_out
from hubbub.client.trust import Trust
from hubbub.sidecar.tunnel import Handshake, question

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
    """To the server at an address; `password`: the chatroom's, if it is known.

    `tell`: is called with sentences for the person, as of a certificate that has changed.
    """

    def __init__(self, address: Address, password: str, tell: Callable[[str], None]) -> None:
        self._given = address
        self._password = password
        self.address = self._known()
        self._tell = tell
        self._trust = Trust()
        self._protection = Protection.NONE
        self._told = ""

    @property
    def authority(self) -> str:
        """What the server is called in a `Host` header."""
        return str(self.address)

    @property
    def origin(self) -> str:
        """Where the server's own page would come from, by the way that was gone last."""
        scheme = "http" if self._protection is Protection.NONE else "https"
        return f"{scheme}://{self.address}"

    def _known(self) -> Address:
        """Return the addresses that are known to be the chatroom's, of those that were given."""
        known = Nodes(self._given).known(self._password, as_somebody=True)
        return replace(known, others=tuple(one for one in known.others if not one.learned))

    def turn(self) -> None:
        """Lead to the next server of the chatroom from now on, if there are several."""
        self.address = self.address.next

    async def connect(self, factory: Callable[[], Kept]) -> Kept:
        """Open a connection for a protocol, and return it; raise Disconnected with the reason."""
        try:
            return await self._connect(factory)
        except Refused as refusal:
            self._say(f"{refusal}")  # pages know nothing of certificates
            raise Disconnected(f"{refusal}".rstrip(".")) from None

    async def check(self) -> None:
        """Raise Unreachable if nobody answers there, and Refused if it cannot be trusted.

        A password that a page asked for would go the way that is there. So where others could read
        it, it is asked for before: who has it insists on TLS.
        """
        for _ in self.address.others:
            try:
                await self._check()
            except Disconnected:
                self.turn()
            else:
                break
        else:
            await self._check_last()
        if self.address.left_out:
            await self._learn()

    async def _check_last(self) -> None:
        try:
            await self._check()
        except Disconnected as reason:
            left_out = self.address.left_out
            why = f"; {why_left_out(left_out)}" if left_out else ""
            sentence = f"No chatroom answers at {self.address}: {reason}{why}."
            raise Unreachable(sentence) from None

    async def _learn(self) -> None:
        """Hear at which addresses the chatroom is, if it lets somebody in who is in no room."""
        home = self._given.home or str(self._given)
        chat = connect(
            replace(self.address, others=(), invitation="", home=home),
            name=f"open-{secrets.token_hex(4)}",
            password=self._password,
            joining=False,
            reconnect=False,
        )
        with suppress(Refused, Unreachable):
            async with chat:
                pass
        known = self._known()
        for _ in known.others:
            if str(known) != str(self.address):
                known = known.next
        self.address = known
        if self.address.left_out:
            self._say(why_left_out(self.address.left_out))

    async def _check(self) -> None:
        await self._connect(_HangingUp)
        if is_readable(self.address, self._protection) and await self._is_locked():
            raise password_needed(self.address)

    async def _is_locked(self) -> bool:
        """Return whether the server wants a password."""
        far = await self._connect(lambda: Handshake(question("/api", {"Host": self.authority})))
        try:
            status, _, _ = await far.answer()
        finally:
            far.transport.abort()
        return status == HTTPStatus.UNAUTHORIZED

    async def _connect(self, factory: Callable[[], Kept]) -> Kept:
        connection = await Connection.open(self.address, self._password, self._trust)
        line = connection.line
        if self._password and is_readable(self.address, line.protection):
            line.writer.transport.abort()
            raise unprotected(self.address)
        self._protection = line.protection
        self._say(line.news)
        transport = line.writer.transport
        transport.set_write_buffer_limits()  # a chat wants to hear of each byte, a tunnel does not
        protocol = factory()
        protocol.streams = line
        transport.set_protocol(cast("asyncio.BaseProtocol", protocol))
        protocol.connection_made(transport)
        return protocol

    def _say(self, sentence: str) -> None:
        """Tell the person, but not once more for each connection."""
        if sentence and sentence != self._told:
            self._told = sentence
            self._tell(sentence)


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
