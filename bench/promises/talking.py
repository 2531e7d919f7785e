"""Sessions of events over frames and WebSockets, from the contract alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

import aiohttp

from bench.peers.hubbub import HEADER_BYTES, command, frame, framed_command
from bench.peers.server import PATIENCE_SECONDS, Failed
from bench.promises.ledger import Json
from bench.promises.way import Way

LOST: Final = (OSError, EOFError, TimeoutError, aiohttp.ClientError)
"""How a session ends when its connection is lost, or the server says goodbye."""

RETURN_SECONDS: Final = 0.1
PASSING: Final = {
    *("log_unavailable", "too_much", "slow_down", "slow_frame", "handshake_timeout", "idle"),
    "server_fault",
}
"""Codes of refusals that may end by themselves (protocol, section 5.4)."""


class Line(Protocol):
    """What carries commands and events."""

    async def say(self, **fields: object) -> None:
        """Send a command."""

    async def event(self) -> Json:
        """Return the next event."""


class Frames:
    """Over frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, **fields: object) -> None:
        """Send a command."""
        self._writer.write(framed_command(**fields))
        await self._writer.drain()

    async def event(self) -> Json:
        """Return the next event."""
        header = await self._reader.readexactly(HEADER_BYTES)
        found: Json = json.loads(await self._reader.readexactly(int(header)))
        return found


class WebSocket:
    """Over a WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def say(self, **fields: object) -> None:
        """Send a command."""
        await self._socket.send_str(command(**fields).decode())

    async def event(self) -> Json:
        """Return the next event."""
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionResetError(f"It ended with {message.type.name}.")
        found: Json = json.loads(message.data)
        return found


@asynccontextmanager
async def over_frames(way: Way, name: str) -> AsyncIterator[Line]:
    """Give a line on which a name was said."""
    reader, writer = await way.connected()
    try:
        writer.write(frame(name.encode(), b"+"))
        yield Frames(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def over_websocket(way: Way, name: str) -> AsyncIterator[Line]:
    """Give a line on which a name was said."""
    async with way.http() as http:
        async with asyncio.timeout(PATIENCE_SECONDS):
            socket = await http.ws_connect(f"{way.url}/ws", max_msg_size=0)
        try:
            line = WebSocket(socket)
            await line.say(type="hello", name=name)
            yield line
        finally:
            with suppress(*LOST):
                async with asyncio.timeout(RETURN_SECONDS):
                    await socket.close()


@dataclass(slots=True)
class Person:
    """Somebody who comes back: as who has the device, or else by the secret of the time before."""

    name: str
    way: Way
    websocket: bool = False
    device: str = ""
    secret: str = ""
    id: str = ""

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Line]:
        """Give a session under the name; raises one of LOST."""
        over = over_websocket if self.websocket else over_frames
        async with over(self.way, self.name) as line:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._introduce(line)
            yield line

    async def _introduce(self, line: Line) -> None:
        welcome = await next_event(line)
        if welcome["type"] != "welcome":
            raise ConnectionResetError(f"{self.name} is not let in: {welcome}")
        if self.device:
            self._recognise(await answer(line, type="identify", device=self.device))
        elif welcome["held"]:
            resumed = await answer(line, type="resume", session=self.secret)
            if resumed["type"] != "ok":
                raise ConnectionResetError(f"{self.name} is not let in: {resumed}")
        self.secret = welcome["session"]

    def _recognise(self, welcome: Json) -> None:
        if welcome["type"] != "welcome":
            raise ConnectionResetError(f"{self.name} is not let in: {welcome}")
        id_, name = welcome["person"]["id"], welcome["name"]
        if id_ != (self.id or id_) or not self.may_be(name):
            raise Failed(f"{self.name}, who was {self.id}, came back as {name}, {id_}.")
        self.id = id_

    def may_be(self, name: str) -> bool:
        """Return whether they may be called so now."""
        return name == self.name


@dataclass(slots=True)
class Visitor(Person):
    """Somebody who never comes back: another name each time.

    The name of a connection that was lost before its welcome is kept for nobody, for a while.
    """

    visits: int = 0

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Line]:
        """Give a session under a new name; raises one of LOST."""
        self.visits += 1
        async with Person(f"{self.name}-{self.visits}", self.way).enter() as line:
            yield line


def known(name: str, way: Way, *, websocket: bool = False) -> Person:
    """Return somebody whom the server knows from the first time on."""
    return Person(name, way, websocket, device=f"the-only-device-of-{name}")


async def next_event(line: Line) -> Json:
    """Return the next event; raises one of LOST for a goodbye, too."""
    event = await line.event()
    if event["type"] == "bye":
        raise ConnectionResetError(f"The server says goodbye: {event['reason']}")
    return event


async def join(line: Line, **fields: object) -> Json:
    """Enter a room; return the event `room`. Raises one of LOST if that cannot be done now."""
    entered = await answer(line, type="join", **fields)
    if entered["type"] != "room":
        raise ConnectionResetError(f"There is no way into the room now: {entered}")
    return entered


async def answer(line: Line, **fields: object) -> Json:
    """Return the answer to a command; what comes before it is passed over."""
    await line.say(**fields, ref="asked")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (event := await next_event(line)).get("ref") != "asked":
            pass
    return event
