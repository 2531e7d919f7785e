"""A relay's copy of the log: what it is told is applied, and kept when it is started again.

The copy is in a folder of the relay's own. If the server says that it has to begin anew, the
new one is made beside it, and takes its place when it is whole: until then the old one is read.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry
from hubbub.log.sqlite import Projection
from hubbub.server.relaying.ticker import Follow, History
from hubbub.wire.relay import Kind, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hubbub.server.config import Config
    from hubbub.wire.relay import Message

COPY: Final = "copy"
NEXT: Final = "copy-next"
AGAIN_SECONDS: Final = 1.0

_entries = msgspec.json.Decoder(list[Entry])
logger = structlog.get_logger()


class CopiedLog(Projection):
    """What a relay reads from while it is alone. `server` is where the server should be."""

    server = ""

    async def append(self, drafts: Sequence[Entry]) -> list[int]:  # noqa: ARG002 (none is taken)
        """Raise LogError: only the server takes what is said."""
        raise self._unavailable()

    def check(self) -> None:
        """Raise LogError."""
        raise self._unavailable()

    async def try_writing(self) -> None:
        """Raise LogError."""
        raise self._unavailable()

    def _unavailable(self) -> LogError:
        return LogError(
            f"This relay cannot reach its server ({self.server}), so nothing can be posted now. It "
            "tries again and again.",
            code="log_unavailable",
        )


class Copy:
    """The copy in a folder, and what is to be applied to it. Open it first."""

    log: CopiedLog

    def __init__(self, folder: Path, config: Config) -> None:
        self._folder = folder
        self._config = config
        self._id = secrets.token_urlsafe(16)
        self._next: CopiedLog | None = None
        self._told: asyncio.Queue[tuple[Message, Callable[[bytes], None]]] = asyncio.Queue()

    async def open(self) -> None:
        """Open what there is; raises LogError."""
        self.log = await self._opened(COPY)

    async def _opened(self, name: str) -> CopiedLog:
        log = await CopiedLog.open(self._folder / name, durability=self._config.log.durability)
        log.server = self._config.relay.of
        return log

    async def close(self) -> None:
        """Let go of it."""
        await self.log.close()
        if self._next is not None:
            await self._next.close()

    async def follow(self, say: Callable[[bytes], None], *, anew: bool = False) -> None:
        """Ask the server for what is missing."""
        follow = Follow(self._id, 0, [])
        if not anew:
            follow = Follow(self._id, self.log.last, await self.log.epochs())
        say(encode(Kind.FOLLOW, 0, msgspec.json.encode(follow)))

    def take(self, message: Message, say: Callable[[bytes], None]) -> None:
        """Take in what the server says of its log; `say` answers it."""
        self._told.put_nowait((message, say))

    async def run(self) -> None:
        """Apply, for ever, what the server tells."""
        while True:
            message, say = await self._told.get()
            while True:
                try:
                    await self._act(message, say)
                    break
                except LogError as error:
                    logger.warning("the copy of the log cannot be written", reason=str(error))
                    await asyncio.sleep(AGAIN_SECONDS)
            self._told.task_done()

    async def settled(self) -> None:
        """Wait until all that was told is applied. What was to become a new copy is given up."""
        await self._told.join()
        await self._give_up()

    async def _give_up(self) -> None:
        if self._next is not None:
            await self._next.close()
            self._next = None

    async def _act(self, message: Message, say: Callable[[bytes], None]) -> None:
        match message.kind:
            case Kind.HISTORY:
                await self._begin(msgspec.json.decode(message.payload, type=History), say)
            case Kind.COMMITTED:
                await (self._next or self.log).apply(_entries.decode(message.payload))
                say(encode(Kind.APPLIED))
            case Kind.WHOLE:
                await self._change_over()

    async def _begin(self, history: History, say: Callable[[bytes], None]) -> None:
        await self._give_up()
        if history.whole:
            await asyncio.to_thread(shutil.rmtree, self._folder / NEXT, ignore_errors=True)
            self._next = await self._opened(NEXT)
            await self._next.keep_epochs(history.epochs)
        elif not await self.log.keep_epochs(history.epochs):
            await self.follow(say, anew=True)

    async def _change_over(self) -> None:
        """Let the new copy take the place of the old one."""
        assert self._next is not None, "it was announced"
        await self._next.close()
        self._next = None
        await self.log.close()
        await asyncio.to_thread(self._replace)
        await self.open()

    def _replace(self) -> None:
        shutil.rmtree(self._folder / COPY)
        (self._folder / NEXT).rename(self._folder / COPY)
