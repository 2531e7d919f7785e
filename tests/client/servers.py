"""Servers to test a client against: one that follows a test's script, and the tutorial's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.wire.codec import encode, heard_command
from hubbub.wire.frames import HEADER_BYTES, Frame, FrameDecoder, encode_event_frame

AnyKind = TypeVar("AnyKind", bound=c.Command)


class Peer:
    """The server's end of one connection, driven by a test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = FrameDecoder(1_000_000)
        self._frames: list[Frame] = []

    async def frame(self) -> Frame:
        """Wait for the client's next frame."""
        while not self._frames:
            chunk = await self._reader.read(65_536)
            assert chunk, "the client has closed the connection"
            self._frames.extend(self._decoder.receive(chunk))
        return self._frames.pop(0)

    async def hear(self, kind: type[AnyKind]) -> AnyKind:
        """Wait for the client's next frame, which must be a command of this kind."""
        frame = await self.frame()
        assert frame.event, frame
        command = heard_command(frame.text)
        assert isinstance(command, kind), command
        return command

    def tell(self, *events: e.Event) -> None:
        """Send events in one write."""
        self.write(b"".join(encode_event_frame(encode(event)) for event in events))

    def write(self, raw: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(raw)

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()

    async def gone(self) -> None:
        """Close the connection, and wait until it is."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def welcome(
        self, *, session: str = "secret", held: bool = False, locked: bool = False
    ) -> str:
        """Hear the name and answer with a welcome; return the name."""
        name = await self.frame()
        assert name.event
        self.tell(welcome(name.text, session=session, held=held, locked=locked))
        return name.text

    async def unlocked(self, *, session: str = "secret", held: bool = False) -> str:
        """Hear the name and the password, and answer with welcomes; return the password."""
        name = await self.welcome(session="", locked=True)
        unlock = await self.hear(c.Unlock)
        self.tell(welcome(name, session=session, held=held, ref=unlock.ref))
        return unlock.password

    async def resume(self, secret: str) -> None:
        """Hear the secret of an earlier connection, and confirm it."""
        resume = await self.hear(c.Resume)
        assert resume.session == secret
        self.tell(e.Ok(ref=resume.ref or ""))

    async def let_in(self, *, last: int = 0, session: str = "secret", resumed: str = "") -> c.Join:
        """Welcome the client, who was here before if it is `resumed`; answer its first join."""
        await self.welcome(session=session)
        if resumed:
            await self.resume(resumed)
        join = await self.hear(c.Join)
        self.tell(room(last=last, ref=join.ref))
        return join


class Script:
    """Where a scripted server listens; `peer` waits for its next connection."""

    def __init__(self) -> None:
        self.address = ""
        self.peers: list[Peer] = []
        self._waiting: asyncio.Queue[Peer] = asyncio.Queue()

    async def peer(self) -> Peer:
        """Wait for the next connection."""
        return await self._waiting.get()

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def ended() -> None:
            feed_eof()
            writer.close()  # as servers do when the client leaves

        feed_eof = reader.feed_eof
        reader.feed_eof = ended  # type: ignore[method-assign]
        self.peers.append(Peer(reader, writer))
        self._waiting.put_nowait(self.peers[-1])


@asynccontextmanager
async def scripted() -> AsyncIterator[Script]:
    """Listen on a free port; the test plays the server."""
    script = Script()
    server = await asyncio.start_server(script._arrived, "127.0.0.1", 0)
    script.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        for peer in script.peers:
            await peer.gone()


def welcome(
    name: str,
    *,
    session: str = "secret",
    held: bool = False,
    locked: bool = False,
    features: Sequence[str] = (),
    ref: str | None = None,
) -> e.Welcome:
    """Return a welcome of a server that takes frames of up to 1000 bytes."""
    limits = {"text_bytes_max": 500, "frame_bytes_max": 1000}
    return e.Welcome(
        protocol=1,
        server="script",
        name=name,
        session=session,
        held=held,
        limits=limits,
        features=list(features),
        locked=locked,
        ref=ref,
    )


def room(
    *, name: str = "lobby", last: int = 0, gap: bool = False, ref: str | None = None
) -> e.Room:
    """Return a `room` event."""
    return e.Room(
        room=name, topic="", members=[], last=last, first=1 if last else 0, gap=gap, ref=ref
    )


def message(seq: int, text: str = "", *, sender: str = "bob", prev: int | None = None) -> e.Message:
    """Return a message that follows `prev`, else the seq before its own."""
    return e.Message(
        room="lobby",
        seq=seq,
        prev=seq - 1 if prev is None else prev,
        sender=sender,
        at=0,
        text=text or f"text {seq}",
    )


class Tutorial:
    """The tutorial's server: relays every frame, header and payload, byte for byte."""

    def __init__(self) -> None:
        self._others: dict[asyncio.StreamWriter, bytes] = {}
        self._empty = asyncio.Event()
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it leaves."""
        gone = contextlib.suppress(asyncio.IncompleteReadError, ConnectionError)
        with contextlib.closing(writer), gone:
            name = self._others[writer] = await _raw_frame(reader)
            while True:
                text = await _raw_frame(reader)
                for other in self._others:
                    if other is not writer:
                        other.write(name + text)
        self._others.pop(writer, None)
        if not self._others:
            self._empty.set()

    async def everyone_left(self) -> None:
        """Wait until no client is connected; there must have been one."""
        await self._empty.wait()


async def _raw_frame(reader: asyncio.StreamReader) -> bytes:
    header = await reader.readexactly(HEADER_BYTES)
    return header + await reader.readexactly(int(header.decode().strip()))


@asynccontextmanager
async def tutorial() -> AsyncIterator[Tutorial]:
    """Run a tutorial server on a free port."""
    relay = Tutorial()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        server.close()
        await relay.everyone_left()


def play(scene: Callable[[], Awaitable[None]]) -> None:
    """Run a test's coroutine; one that hangs fails."""

    async def limited() -> None:
        async with asyncio.timeout(20):
            await scene()

    asyncio.run(limited())
