"""The workers of a server: processes that share its port, so that N cores write to members.

The server listens no more. It decides, commits, and tells its workers what to write; they hold the
sockets. A worker that ends is replaced; its members have lost their connections, and come back.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.background import side_by_side
from hubbub.chat.errors import ConfigError
from hubbub.server.notes import logger
from hubbub.server.relaying.downlink import Downlink
from hubbub.server.relaying.worker import Orders

if TYPE_CHECKING:
    from hubbub.server.config import Config
    from hubbub.server.gate import Gate
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.sending import Sending

MODULE: Final = "hubbub.server.relaying.worker"
START_SECONDS: Final = 30.0
AGAIN_SECONDS: Final = 1.0
"""After so long, a worker that ended is replaced."""

END_SECONDS: Final = 5.0


class Workers:
    """So many processes, which bring the connections that they accept to the `gate`."""

    def __init__(self, count: int, orders: Orders, gate: Gate, sending: Sending) -> None:
        self._orders = orders
        self._gate = gate
        self._sending = sending
        self._workers = [_Worker() for _ in range(count)]
        self._is_closing = False

    @classmethod
    async def opened(cls, config: Config, gate: Gate, chatroom: Chatroom) -> Workers:
        """Return those of a configuration, when they listen; raises ConfigError."""
        if sys.platform != "linux":
            raise ConfigError(
                "Workers share one port, which only Linux divides up among processes. Leave "
                "'workers' at 0.",
                code="cannot_listen",
            )
        addresses = await gate.reserve(config.server.listen)
        orders = Orders(
            limits=chatroom.limits,
            addresses=addresses,
            form=config.journal.form,
            level=config.journal.level,
        )
        workers = cls(config.server.workers, orders, gate, chatroom.sending)
        await workers.open()
        return workers

    async def open(self) -> None:
        """Start them all, and return when they accept connections; raises ConfigError."""
        for worker in self._workers:
            await self._start(worker)
        try:
            async with asyncio.timeout(START_SECONDS):
                begun = [await worker.link.ready for worker in self._workers]
        except TimeoutError:
            begun = [False]
        if not all(begun):
            await self.close()
            raise ConfigError(
                "The workers did not start; the lines above say why.", code="cannot_listen"
            )

    async def run(self) -> None:
        """Replace, for ever, those that end."""
        await side_by_side(*(partial(self._keep, worker) for worker in self._workers))

    async def _keep(self, worker: _Worker) -> None:
        while True:
            await worker.lost.wait()
            await asyncio.sleep(AGAIN_SECONDS)
            if self._is_closing:
                return
            status = await asyncio.to_thread(worker.reap)
            logger.warning(
                "a worker ended, and its members lost their connections; another one starts",
                status=status,
            )
            try:
                await self._start(worker)
            except OSError:  # then it is tried again
                worker.lost.set()

    async def _start(self, worker: _Worker) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            orders = msgspec.json.encode(self._orders).decode()
            worker.process = subprocess.Popen(  # noqa: S603, ASYNC220 (our own program, at once)
                [sys.executable, "-P", "-m", MODULE, str(descriptor), orders],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[descriptor],
            )
        worker.lost.clear()
        worker.link = Downlink(self._gate.bring, worker.lost.set, sending=self._sending)
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: worker.link, sock=ours)

    def stop(self) -> None:
        """Have them accept no more."""
        self._is_closing = True
        for worker in self._workers:
            worker.link.stop()

    async def close(self) -> None:
        """End them all."""
        self._is_closing = True
        for worker in self._workers:
            worker.link.hang_up()
        await asyncio.gather(*(asyncio.to_thread(worker.reap) for worker in self._workers))


class _Worker:
    """One of the processes, and what it is now."""

    link: Downlink
    process: subprocess.Popen[bytes]

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    def reap(self) -> int:
        """Return how it ended; it has little time for that."""
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
