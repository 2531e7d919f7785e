"""A relay: a server that brings its members to another one, and has a copy of its log.

As long as it reaches the server, it decides nothing: what its peers send goes there as it is, and
what the server writes to many comes once. It is `linked`. When the link is lost it is `alone`: all
peers are cut off, and whoever comes back is served by a chatroom of its own that reads the copy,
and takes nothing. They are told so. When the server is there again, they are sent away and come
back to it: that is what they do by themselves when a server was started again.

The sockets that listen are ours all the time, so nobody is refused in between.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub import __version__
from hubbub.background import Needed, awaited, heed_callbacks, keep_going
from hubbub.chat.errors import ConfigError, HubbubError, LogError
from hubbub.chat.listed import RelaySummary
from hubbub.chat.text import whole_number
from hubbub.server.control.listening import Control
from hubbub.server.ending import cannot_go_on
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turns
from hubbub.server.gate import PORT_MAX, Gate, listening_on
from hubbub.server.notes import logger
from hubbub.server.relaying.copy import Copy
from hubbub.server.relaying.file_copy import FileCopy
from hubbub.server.relaying.forwarding import Forwards
from hubbub.server.relaying.governing import Governing
from hubbub.server.relaying.meeting import Introducing, Stranger
from hubbub.server.relaying.uplink import Uplink
from hubbub.server.sockets.sending import Sending
from hubbub.server.stopgap import Stopgap
from hubbub.tls.certificates import fingerprint_of
from hubbub.wire.relay import Kind, Lag, Wanted, encode

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from hubbub.chat.limits import Limits
    from hubbub.log.port import Log
    from hubbub.server.config import Config
    from hubbub.wire.relay import Message

    Alone = Callable[[Log, Sequence[socket.socket], Stopgap], AbstractAsyncContextManager[object]]
    """Serves a log at these sockets, as long as the relay is alone."""

DIAL_SECONDS: Final = 10.0
AGAIN_SECONDS_MIN: Final = 0.1
AGAIN_SECONDS_MAX: Final = 1.0
PATIENCE_SECONDS: Final = 2.0
"""So long whoever comes waits for a server that may only be started again."""

LOOK_SECONDS: Final = 1.0


@asynccontextmanager
async def relaying(
    config: Config,
    limits: Limits,
    folder: Path,
    alone: Alone,
    *,
    sockets: Sequence[socket.socket] = (),
) -> AsyncIterator[str]:
    """Relay until the block ends; yields the address. Raises ConfigError or LogError."""
    place_of(config.relay.of)
    if not config.relay.secret:
        raise ConfigError("A relay needs the secret of its server: 'secret' in [relay].")
    if config.server.workers:
        raise ConfigError("A relay has no workers: set 'workers' to 0.")
    async with AsyncExitStack() as stack:
        listening = list(sockets) or await listening_on(config.server.listen)
        for sock in listening:
            stack.callback(sock.close)
        copy = Copy(folder, config)
        await copy.open()
        stack.push_async_callback(copy.close)
        relay = Relay(config, limits, copy, listening, alone=alone, folder=folder)
        heed_callbacks(asyncio.get_running_loop())
        needed = Needed()
        needed.begin(copy.run, "copying the server's log")
        going = keep_going(relay.run, "relaying")
        try:
            yield relay.address
        finally:
            going.cancel()
            await asyncio.wait([going])
            if (fault := await needed.end()) is not None:
                raise cannot_go_on() from fault


class Relay:
    """Goes between `linked` and `alone`, for ever."""

    def __init__(
        self,
        config: Config,
        limits: Limits,
        copy: Copy,
        listening: Sequence[socket.socket],
        *,
        alone: Alone,
        folder: Path,
    ) -> None:
        self._config = config
        self._folder = folder
        self._limits = limits
        self._copy = copy
        self._listening = listening
        self._alone = alone
        self._files = FileCopy(copy, config)
        self._loop = asyncio.get_running_loop()
        self._turns = Turns(Accounts(limits, time.monotonic), time.monotonic, self._loop)
        self._said = ""
        """Why the server could not be reached last."""
        self._link: _Link | None = None
        self._started = self._since = _now()
        """When it was linked, or the link was lost, in milliseconds since the epoch."""
        host, port = listening[0].getsockname()[:2]
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        """The first address listened on."""

    async def run(self) -> None:
        """Relay for ever."""
        link: _Link | None = None
        while True:
            async with self._governed():
                while link := link or await self._reached_soon():
                    await self._serve_linked(link)
                    link = None
            link = await self._serve_alone()

    def summary(self, connections: int) -> RelaySummary:
        """Return what the relay is, which holds so many connections."""
        link = self._link
        return RelaySummary(
            address=self.address,
            version=__version__,
            linked=link is not None,
            since=self._since,
            connections=connections,
            last=self._copy.log.last,
            of=self._config.relay.of,
            behind=None if link is None else link.behind,
            complaint=self._copy.complaint,
        )

    @asynccontextmanager
    async def _governed(self) -> AsyncIterator[None]:
        """Answer those who run the relay, as a chatroom of ours does while it is alone."""

        def summary() -> RelaySummary:
            return self.summary(0 if self._link is None else self._link.connections)

        governing = Governing(summary, self._copy.folder, self._started)
        control = Control(governing.answered, self._folder)
        await control.open()
        try:
            yield
        finally:
            await control.close()

    # Linked.

    async def _serve_linked(self, link: _Link) -> None:
        logger.info("linked to the server", server=self._config.relay.of)
        gate = link.gate = Gate(self._limits, self._turns, Forwards(link.uplink))
        await gate.open("", await self._sockets())
        self._link, self._since = link, _now()
        self._copy.follow(link.uplink.say)
        files = keep_going(partial(self._files.run, link.piece), "copying the server's files")
        try:
            while not link.over.is_set():
                self._look(link)
                await gate.look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await link.over.wait()
        except asyncio.CancelledError:
            await self._take_leave(link, gate)
            raise
        finally:
            self._link, self._since = None, _now()
            files.cancel()
            link.uplink.hang_up()
            await gate.close()
            await gate.cut()
        logger.warning("the link to the server is lost", server=self._config.relay.of)

    def _look(self, link: _Link) -> None:
        link.uplink.look(msgspec.json.encode(self.summary(link.connections)))

    async def _take_leave(self, link: _Link, gate: Gate) -> None:
        """Have the server tell our members that we stop: it knows what each of them speaks."""
        gate.accept_no_more()
        link.uplink.say(encode(Kind.LEAVING))
        ends_at = self._loop.time() + self._limits.shutdown_seconds
        while not link.uplink.left.is_set() and self._loop.time() < ends_at:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK_SECONDS, ends_at - self._loop.time())):
                    await link.uplink.left.wait()
            self._look(link)

    async def _reached_soon(self) -> _Link | None:
        """Return a link to the server; None if there is none for a while."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._reach()
        except TimeoutError:
            return None

    async def _reach(self) -> _Link:
        """Return a link to the server, whenever there can be one."""
        pause = AGAIN_SECONDS_MIN
        while True:
            link = _Link(self._config, self._copy)
            try:
                await link.dial()
            except (OSError, Stranger) as error:
                self._tell(error)
            else:
                self._said = ""
                return link
            await asyncio.sleep(pause)
            pause = min(2 * pause, AGAIN_SECONDS_MAX)

    def _tell(self, error: Exception) -> None:
        said = str(error) or "no answer in time"
        if said != self._said:
            logger.warning(
                "the server cannot be reached; this relay tries again and again",
                server=self._config.relay.of,
                reason=said,
            )
        self._said = said

    # Alone.

    async def _sockets(self) -> list[socket.socket]:
        """Return sockets that listen where ours do, as soon as the system grants them."""
        while True:
            sockets: list[socket.socket] = []
            try:
                for sock in self._listening:
                    sockets.append(sock.dup())  # noqa: PERF401 (those that there are get closed)
            except OSError as error:
                logger.warning("nobody can be served for now", reason=error.strerror)
                for sock in sockets:
                    sock.close()
            else:
                return sockets
            await asyncio.sleep(AGAIN_SECONDS_MAX)

    async def _serve_alone(self) -> _Link:
        """Serve the copy until the server is there again; return the link to it."""
        reaching, settled = awaited(self._reach()), awaited(self._copy.settled())
        try:
            await asyncio.wait((reaching, settled), return_when=asyncio.FIRST_COMPLETED)
            async with AsyncExitStack() as stack:
                if not reaching.done():
                    await self._serve_copy(stack)
                return await reaching
        finally:
            settled.cancel()
            reaching.cancel()

    async def _serve_copy(self, stack: AsyncExitStack) -> None:
        """Serve the copy until the stack is closed, or nobody if it cannot be read."""
        greeting = (
            f"This relay cannot reach its server ({self._config.relay.of}). You can read what was "
            "said; what you write waits, or has to be written again later."
        )
        await self._copy.give_up()
        sockets = await self._sockets()
        stopgap = Stopgap(greeting, self.summary, self._copy.folder)
        try:
            await stack.enter_async_context(self._alone(self._copy.log, sockets, stopgap))
        except (HubbubError, OSError) as error:
            logger.warning("the copy of the log cannot be served", reason=str(error))
            for sock in sockets:
                sock.close()


class _Link:
    """A connection to the server, from when it is dialled."""

    def __init__(self, config: Config, copy: Copy) -> None:
        self._config = config
        self._copy = copy
        self.over = asyncio.Event()
        self.uplink = Uplink(Sending(asyncio.get_running_loop()), self.over.set, self._told)
        self.gate: Gate | None = None
        self._lag: Lag | None = None
        self._piece: asyncio.Future[bytes] | None = None

    @property
    def connections(self) -> int:
        """How many the relay holds."""
        return 0 if self.gate is None else self.gate.connections

    @property
    def behind(self) -> int | None:
        """How far the copy was behind a second ago, as a `RelaySummary` has it."""
        return None if self._lag is None else self._lag.behind

    async def piece(self, wanted: Wanted) -> bytes:
        """Return a piece of a file of the server's; call it again when it has.

        Raises LogError if the server cannot read it for now.
        """
        self._piece = asyncio.get_running_loop().create_future()
        self.uplink.say(encode(Kind.WANT, 0, msgspec.json.encode(wanted)))
        return await self._piece

    def _told(self, message: Message) -> None:
        match message.kind:
            case Kind.ALIVE:
                self._heard(message)
            case Kind.PIECE:
                if self._piece is None or self._piece.done():
                    return
                if message.number:
                    self._piece.set_exception(LogError("The server cannot read one for now."))
                else:
                    self._piece.set_result(message.payload)
            case _:
                self._copy.take(message, self.uplink.say)

    def _heard(self, message: Message) -> None:
        is_new = self._lag is None
        self._lag = msgspec.json.decode(message.payload, type=Lag)
        if is_new and self._lag.version != __version__:
            logger.warning(
                "the server runs another version of hubbub: if the link is lost over and over, or "
                "the copy does not go on, let both run the newer one",
                server=self._config.relay.of,
                version=self._lag.version,
                own=__version__,
            )
        if self._lag.behind == 0:
            self._copy.complaint = ""

    async def dial(self) -> None:
        """Connect, and meet the server; raises OSError, as of time, or Stranger."""
        relay = self._config.relay
        host, port, is_secure = place_of(relay.of)
        context: ssl.SSLContext | None = None
        if is_secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            # The meeting vouches for the certificate, whoever has signed it.
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(DIAL_SECONDS):
            transport, meeting = await loop.create_connection(
                lambda: Introducing(relay.secret, self.uplink), host, port, ssl=context
            )
            try:
                tls = transport.get_extra_info("ssl_object")
                fingerprint = "" if tls is None else fingerprint_of(tls.getpeercert(True))
                meeting.begin(fingerprint)
                await meeting.met
            except BaseException:
                transport.abort()
                raise


def _now() -> int:
    return time.time_ns() // 1_000_000


def place_of(address: str) -> tuple[str, int, bool]:
    """Return host and port of an address, and whether it asks for TLS; raises ConfigError."""
    scheme, found, place = address.rpartition("://")
    host, _, port = place.rpartition(":")
    host, number = host.strip("[]"), whole_number(port, PORT_MAX)
    is_name = bool(host)
    try:
        host.encode("idna")
    except UnicodeError:
        is_name = False
    if (found and scheme not in ("hubbub", "hubbubs")) or not (is_name and number):
        raise ConfigError(
            f"The server of a relay cannot be at {address!r}: write HOST:PORT, or "
            "hubbubs://HOST:PORT for TLS.",
            code="bad_address",
        )
    return host, number, scheme == "hubbubs"
