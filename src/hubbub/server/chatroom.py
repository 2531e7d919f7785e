"""What the connections of a running chatroom share, and the clean-up among them."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from hubbub.chat.errors import Refused
from hubbub.chat.queries import PageQuery, SearchQuery, Settled
from hubbub.server.clock import Clock
from hubbub.server.commits import Commits
from hubbub.server.guesses import Guesses
from hubbub.server.patience import Patience
from hubbub.server.shares import Shares

if TYPE_CHECKING:
    from typing import Protocol

    from hubbub.chat.events import Page
    from hubbub.chat.limits import Limits
    from hubbub.chat.queries import Question
    from hubbub.hub import Hub
    from hubbub.log.port import Log
    from hubbub.server.conversation import Conversation

    class Conversing(Protocol):
        """A connection whose peer converses."""

        conversation: Conversation

        def stop(self) -> None:
            """Listen to nothing more."""

        async def has_acted(self) -> None:
            """Wait until all that was heard has been acted on."""

        def time_is_up(self) -> None:
            """End the connection: its peer has not said who it is."""

        def fail(self, error: Refused) -> None:
            """Say why the connection ends, and end it."""

        def end(self) -> None:
            """Send what was written, then close."""

        def cut(self) -> None:
            """Close at once."""

        def unread_bytes(self) -> int:
            """Return how many written bytes the peer's system has not taken yet."""


SWEEP_SECONDS = 1.0
LAST_LOOK_SECONDS = 0.02
QUIET_SECONDS = 1.0
"""A peer that still sends is cut only after this much silence, or it might lose our `bye`."""


class Chatroom:
    """One hub, one log, and everyone who is connected to them."""

    def __init__(self, limits: Limits, hub: Hub, log: Log) -> None:
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.hub = hub
        self.log = log
        self.clock = Clock(self.loop.time, lambda: time.time_ns() // 1_000_000)
        self.commits = Commits(hub, log)
        self.guesses = Guesses(self.loop.time)
        self.shares = Shares(limits)
        self._handshakes = Patience(limits.handshake_seconds, self.loop.time)
        self._connections: dict[Conversing, None] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def arrived(self, connection: Conversing) -> None:
        """Count a new connection in."""
        self._empty.clear()
        self._connections[connection] = None
        self._handshakes.begin(connection)
        self.shares.divide(len(self._connections))

    def introduced(self, connection: Conversing) -> None:
        """Give a connection that has its name all the time it wants."""
        self._handshakes.end(connection)

    def departed(self, connection: Conversing) -> None:
        """Forget a connection that is gone."""
        self._handshakes.end(connection)
        self._connections.pop(connection, None)
        self.shares.divide(len(self._connections))
        if not self._connections:
            self._empty.set()

    def new_secret(self) -> str:
        """Return text that nobody can guess."""
        return secrets.token_urlsafe(16)

    async def answer(self, question: Question) -> Page | None:
        """Return the answer to a question of the hub's; raise LogError if the log fails."""
        match question:
            case Settled():
                await self.commits.settled(question)
                return None
            case PageQuery():
                return await self.log.page(question)
            case SearchQuery():
                return await self.log.search(question)

    async def sweep(self) -> None:
        """End, for ever, sessions that take too long to give a name or are silent for too long."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._handshakes.sweep()
            if idle_seconds := self.limits.idle_seconds:
                silence = Refused(
                    f"You said nothing for {idle_seconds:g} seconds. Connect again to go on.",
                    code="idle",
                )
                for connection in list(self._connections):
                    if connection.conversation.heard_at < self.loop.time() - idle_seconds:
                        connection.fail(silence)

    async def close(self) -> None:
        """Commit what was accepted, and say goodbye.

        What was heard before the stop is acted on in order first, even where that reads the log.
        """
        for connection in list(self._connections):
            connection.stop()
        for connection in list(self._connections):
            await connection.has_acted()
        await self.commits.drained()
        for connection in list(self._connections):
            connection.conversation.say_goodbye("The server is shutting down.")
            connection.end()
        deadline = self.loop.time() + self.limits.shutdown_seconds
        while self.loop.time() < deadline:
            await asyncio.sleep(LAST_LOOK_SECONDS)
            quiet_since = self.loop.time() - QUIET_SECONDS
            if not any(
                connection.unread_bytes() or connection.conversation.heard_at > quiet_since
                for connection in self._connections
            ):
                break
        for connection in list(self._connections):
            connection.cut()
        await self._empty.wait()  # each hears of it in one of the loop's next turns
