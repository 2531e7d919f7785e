"""What the connections of a running chatroom share, and the clean-up among them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hubbub.chat.errors import Refused
from hubbub.chat.events import Bye
from hubbub.server.commits import Commits
from hubbub.server.guesses import Guesses

if TYPE_CHECKING:
    from hubbub.chat.limits import Limits
    from hubbub.hub import Hub
    from hubbub.log.port import Log
    from hubbub.server.session import Conversation, Line

SWEEP_SECONDS = 1.0
LAST_LOOK_SECONDS = 0.02
QUIET_SECONDS = 0.2
"""Who still sends is cut off only when silent for so long: cut off earlier, it may lose our bye."""


class Chatroom:
    """One hub, one log, and everyone who is connected to them."""

    def __init__(self, limits: Limits, hub: Hub, log: Log) -> None:
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.hub = hub
        self.log = log
        self.commits = Commits(hub, log)
        self.guesses = Guesses(self.loop.time)
        self._conversations: dict[Line, Conversation] = {}
        # Deadlines of those that have not said who they are, the earliest first.
        self._handshakes: dict[Line, float] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def arrived(self, line: Line, conversation: Conversation) -> None:
        """Take note of a new connection."""
        self._empty.clear()
        self._conversations[line] = conversation
        self._handshakes[line] = self.loop.time() + self.limits.handshake_seconds

    def introduced(self, line: Line) -> None:
        """Take note that a connection has a session now."""
        self._handshakes.pop(line, None)

    def departed(self, line: Line) -> None:
        """Forget a connection that is gone."""
        self._handshakes.pop(line, None)
        self._conversations.pop(line, None)
        if not self._conversations:
            self._empty.set()

    async def sweep(self) -> None:
        """End, for ever, what takes too long to say who it is, and who is silent for too long."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = self.loop.time()
            for line, deadline in list(self._handshakes.items()):
                if deadline > now:
                    break
                self.introduced(line)
                self._conversations[line].fail(
                    Refused(
                        "You did not say who you are in time. Connect again and send your name "
                        "in the first frame.",
                        code="handshake_timeout",
                    )
                )
            if idle_seconds := self.limits.idle_seconds:
                silence = Refused(
                    f"You said nothing for {idle_seconds:g} seconds. Connect again to go on.",
                    code="idle",
                )
                for conversation in list(self._conversations.values()):
                    if conversation.heard_at < now - idle_seconds:
                        conversation.fail(silence)

    async def close(self) -> None:
        """Commit what was accepted, and say goodbye."""
        for conversation in list(self._conversations.values()):
            conversation.finish()
        await self.commits.drained()
        bye = Bye(reason="The server is shutting down.")
        for line, conversation in list(self._conversations.items()):
            if conversation.session is not None:
                conversation.session.send(bye)
            line.end()
        deadline = self.loop.time() + self.limits.shutdown_seconds
        while self.loop.time() < deadline:
            await asyncio.sleep(LAST_LOOK_SECONDS)
            quiet_since = self.loop.time() - QUIET_SECONDS
            if not any(
                line.unsent_bytes() or conversation.heard_at > quiet_since
                for line, conversation in self._conversations.items()
            ):
                break
        for line in list(self._conversations):
            line.cut()
        await self._empty.wait()  # each hears of it in one of the loop's next turns
