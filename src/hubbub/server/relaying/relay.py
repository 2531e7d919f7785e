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
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import ConfigError
from hubbub.chat.text import whole_number
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turns
from hubbub.server.gate import PORT_MAX, Gate, listening_on
from hubbub.server.notes import logger
from hubbub.server.relaying.copy import Copy
from hubbub.server.relaying.forwarding import Forwards
from hubbub.server.relaying.meeting import Introducing, Stranger
from hubbub.server.relaying.uplink import Uplink
from hubbub.server.sockets.sending import Sending
from hubbub.tls.certificates import fingerprint_of
from hubbub.wire.relay import Kind, encode

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from hubbub.chat.limits import Limits
    from hubbub.log.port import Log
    from hubbub.server.config import Config

    Alone = Callable[[Log, Sequence[socket.socket], str], AbstractAsyncContextManager[object]]
    """Serves a log at these sockets, and greets with a sentence those who come."""

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
        relay = Relay(config, limits, copy, listening, alone)
        server = asyncio.current_task()
        endless = [asyncio.create_task(work) for work in (copy.run(), relay.run())]
        for task in endless:
            task.add_done_callback(
                lambda task: task.cancelled() or server is None or server.cancel()
            )
        try:
            host, port = listening[0].getsockname()[:2]
            yield f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        finally:
            for task in endless:
                task.cancel()
            for outcome in await asyncio.gather(*endless, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome


class Relay:
    """Goes between `linked` and `alone`, for ever."""

    def __init__(
        self,
        config: Config,
        limits: Limits,
        copy: Copy,
        listening: Sequence[socket.socket],
        alone: Alone,
    ) -> None:
        self._config = config
        self._limits = limits
        self._copy = copy
        self._listening = listening
        self._alone = alone
        self._loop = asyncio.get_running_loop()
        self._turns = Turns(Accounts(limits, time.monotonic), time.monotonic, self._loop)
        self._said = ""
        """Why the server could not be reached last."""

    async def run(self) -> None:
        """Relay for ever."""
        while True:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    link = await self._reach()
            except TimeoutError:
                link = await self._serve_alone()
            await self._serve_linked(link)

    # Linked.

    async def _serve_linked(self, link: _Link) -> None:
        logger.info("linked to the server", server=self._config.relay.of)
        gate = Gate(self._limits, self._turns, Forwards(link.uplink))
        await gate.open("", [sock.dup() for sock in self._listening])
        self._copy.follow(link.uplink.say)
        try:
            while not link.over.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await link.over.wait()
                link.uplink.look()
                await gate.look()
        except asyncio.CancelledError:
            await self._take_leave(link, gate)
            raise
        finally:
            link.uplink.hang_up()
            await gate.close()
            await gate.cut()
        logger.warning("the link to the server is lost", server=self._config.relay.of)

    async def _take_leave(self, link: _Link, gate: Gate) -> None:
        """Have the server tell our members that we stop: it knows what each of them speaks."""
        gate.accept_no_more()
        link.uplink.say(encode(Kind.LEAVING))
        ends_at = self._loop.time() + self._limits.shutdown_seconds
        while not link.uplink.left.is_set() and self._loop.time() < ends_at:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK_SECONDS, ends_at - self._loop.time())):
                    await link.uplink.left.wait()
            link.uplink.look()

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

    async def _serve_alone(self) -> _Link:
        """Serve the copy until the server is there again; return the link to it."""
        await self._copy.settled()
        greeting = (
            f"This relay cannot reach its server ({self._config.relay.of}). You can read what was "
            "said; what you write waits, or has to be written again later."
        )
        sockets = [sock.dup() for sock in self._listening]
        async with self._alone(self._copy.log, sockets, greeting):
            return await self._reach()


class _Link:
    """A connection to the server, from when it is dialled."""

    def __init__(self, config: Config, copy: Copy) -> None:
        self._config = config
        self.over = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.uplink = Uplink(
            Sending(loop), self.over.set, lambda message: copy.take(message, self.uplink.say)
        )

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
