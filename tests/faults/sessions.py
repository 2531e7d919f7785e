"""Sessions over plain streams: they know nothing of hubbub but the contract."""

import asyncio
import json
from types import TracebackType
from typing import Any, Protocol, Self

from tests.faults.serving import PATIENCE_SECONDS
from tests.interop.raw import HEADER_BYTES, READ_BYTES, frame

Json = dict[str, Any]

LOST = (ConnectionError, asyncio.IncompleteReadError)
"""How a connection ends when the server is gone."""


class Served(Protocol):
    """Where a server listens."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


class Stream:
    """A connection that sends and receives frames.

    Who does not read for a while takes 128 kB off the system, no more: so asyncio's streams are.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.abort()

    def abort(self) -> None:
        """Hang up."""
        self._writer.transport.abort()

    async def leave(self) -> None:
        """Say goodbye, so that the name is free: hanging up with something unread is a loss."""
        self._writer.write_eof()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self._reader.read(READ_BYTES):
                pass

    def write(self, stream: bytes) -> None:
        """Send bytes; raises ConnectionError when the connection is known to be lost."""
        if self._writer.is_closing():
            raise ConnectionResetError
        self._writer.write(stream)

    async def drain(self) -> None:
        """Wait until there is room for more; raises ConnectionError."""
        await self._writer.drain()

    async def payload(self) -> bytes:
        """Return the next frame's payload; raises one of LOST."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            header = await self._reader.readexactly(HEADER_BYTES)
            return await self._reader.readexactly(int(header))


class Classic(Stream):
    """A classic session, as the tutorial's client has."""

    @classmethod
    async def enter(cls, server: Served, name: str) -> Self:
        """Connect, and return when the session is in the lobby."""
        session = cls(*await asyncio.open_connection(server.host, server.port))
        try:
            session.write(frame(name) + frame("/who"))
            while (await session.pair())[0] != "hubbub":
                pass  # what was said between the two
        except BaseException:
            session.abort()
            raise
        return session

    def say(self, text: str) -> None:
        """Say something."""
        self.write(frame(text))

    async def pair(self) -> tuple[str, str]:
        """Return the next message: name and text."""
        return (await self.payload()).decode(), (await self.payload()).decode()


class Events(Stream):
    """An event session."""

    name = ""
    secret = ""

    @classmethod
    async def enter(cls, server: Served, name: str, secret: str = "") -> Self:
        """Connect and introduce oneself; a name that a ghost holds is resumed with `secret`."""
        session = cls(*await asyncio.open_connection(server.host, server.port))
        try:
            await session._introduce(name, secret)
        except BaseException:
            session.abort()
            raise
        return session

    async def _introduce(self, name: str, secret: str) -> None:
        body = name.encode()
        self.write(f"+{len(body):<9}".encode() + body)
        welcome = await self.event()
        assert welcome["type"] == "welcome", welcome
        if welcome["held"]:
            resumed = await self.ask(type="resume", session=secret)
            assert resumed["type"] == "ok", resumed
        self.name, self.secret = name, welcome["session"]

    def command(self, **command: object) -> None:
        """Send a command."""
        body = json.dumps(command, ensure_ascii=False).encode()
        self.write(f"+{len(body):<9}".encode() + body)

    async def event(self) -> Json:
        """Return the next event."""
        event: Json = json.loads(await self.payload())
        return event

    async def answer(self, ref: str) -> Json:
        """Return the answer to the command with this ref; what comes before it is passed over."""
        while (event := await self.event()).get("ref") != ref:
            pass
        return event

    async def ask(self, **command: object) -> Json:
        """Send a command and return its answer."""
        self.command(**command, ref="asked")
        return await self.answer("asked")

    async def logged(self) -> Json:
        """Return the next event of the log."""
        while "seq" not in (event := await self.event()) or event["type"] == "ok":
            pass
        return event

    async def next_message(self) -> Json:
        """Return the next message."""
        while (event := await self.event())["type"] != "message":
            pass
        return event


async def whole_log(server: Served, room: str = "lobby") -> list[Json]:
    """Return every event of a room's log, as a newcomer receives it; checks the chain of prev."""
    async with await Events.enter(server, "archivist") as session:
        entered = await session.ask(type="join", room=room, after=0)
        log: list[Json] = []
        while (log[-1]["seq"] if log else 0) < entered["last"]:
            log.append(await session.logged())
        await session.leave()
    assert_chained(log)
    return log


def assert_chained(events: list[Json], after: int = 0) -> None:
    """Check that `events` follow each other without a gap, from the one with seq `after`."""
    for event in events:
        assert event["prev"] == after
        assert event["seq"] > after
        after = event["seq"]
