"""A relay's copy of the log: what it is told is applied, and kept when it is started again.

The copy is in a folder of the relay's own. If the server says that it has to begin anew, the
new one is made beside it, and takes its place when it is whole: until then the old one is read.

All is done in the order in which it is told. If something cannot be applied, what follows would
leave a gap: it is passed over, and the server is asked again for what is missing.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry
from hubbub.chat.queries import Over
from hubbub.log.sqlite import Projection
from hubbub.server.notes import logger
from hubbub.server.relaying.ticker import Follow, History
from hubbub.wire.relay import Kind, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hubbub.server.config import Config
    from hubbub.wire.relay import Message

    Say = Callable[[bytes], None]

COPY: Final = "copy"
NEXT: Final = "copy-next"
FORMER: Final = "copy-former"
AGAIN_SECONDS: Final = 5.0

_entries = msgspec.json.Decoder(list[Entry])
_dropped = msgspec.json.Decoder(dict[str, int])


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
        self._told: asyncio.Queue[tuple[Message | None, Say]] = asyncio.Queue()
        self._is_following = False
        self._piece = b""

    async def open(self) -> None:
        """Open what there is; raises LogError."""
        await asyncio.to_thread(self._put_back)
        self.log = await self._opened(COPY)

    async def _opened(self, name: str) -> CopiedLog:
        log = await CopiedLog.open(
            self._folder / name,
            durability=self._config.log.durability,
            free_bytes_min=self._config.limits.disk_free_bytes_min,
        )
        log.server = self._config.relay.of
        return log

    async def close(self) -> None:
        """Let go of it."""
        await self.log.close()
        if self._next is not None:
            await self._next.close()

    def follow(self, say: Say) -> None:
        """Have the server asked for what is missing, once all is applied that was told before."""
        self._told.put_nowait((None, say))

    def take(self, message: Message, say: Say) -> None:
        """Take in what the server says of its log; `say` answers it."""
        self._told.put_nowait((message, say))

    async def run(self) -> None:
        """Apply, for ever, what the server tells."""
        while True:
            message, say = await self._told.get()
            try:
                await (self._ask(say) if message is None else self._act(message, say))
            except (LogError, msgspec.DecodeError) as error:
                logger.warning("the copy of the log cannot be written", reason=str(error))
                self._is_following = False
                await asyncio.sleep(AGAIN_SECONDS)
                self.follow(say)
            self._told.task_done()

    async def settled(self) -> None:
        """Wait until all that was told is applied. What was to become a new copy is given up."""
        await self._told.join()
        await self._give_up()

    async def _give_up(self) -> None:
        if self._next is not None:
            await self._next.close()
            self._next = None

    async def _ask(self, say: Say) -> None:
        self._is_following = False
        follow = Follow(self._id, self.log.last, await self.log.epochs())
        say(encode(Kind.FOLLOW, 0, msgspec.json.encode(follow)))

    async def _act(self, message: Message, say: Say) -> None:
        if message.kind is Kind.HISTORY:
            await self._begin(msgspec.json.decode(message.payload, type=History))
        elif not self._is_following:
            return
        elif message.kind is Kind.WHOLE:
            await self._change_over()
        elif message.kind is Kind.DROPPED:
            await self._drop(_dropped.decode(message.payload))
            say(encode(Kind.APPLIED))
        else:
            self._piece += message.payload
            if not message.number:
                entries, self._piece = self._piece, b""
                await (self._next or self.log).apply(_entries.decode(entries))
                say(encode(Kind.APPLIED))

    async def _begin(self, history: History) -> None:
        self._piece = b""
        await self._give_up()
        if history.whole:
            await asyncio.to_thread(shutil.rmtree, self._folder / NEXT, ignore_errors=True)
            self._next = await self._opened(NEXT)
        # The server has compared them: what does not go on is told wholly.
        self._is_following = await (self._next or self.log).keep_epochs(history.epochs)

    async def _drop(self, upto: dict[str, int]) -> None:
        log = self._next or self.log
        over = {room: Over(upto=last) for room, last in upto.items()}
        while over:
            left = (await log.drop(over)).left
            over = {room: over[room] for room in left}

    async def _change_over(self) -> None:
        """Let the new copy take the place of the old one."""
        assert self._next is not None, "it was announced"
        await self._next.close()
        self._next = None
        await self.log.close()
        await asyncio.to_thread(self._replace)
        await self.open()

    def _replace(self) -> None:
        (self._folder / COPY).rename(self._folder / FORMER)
        (self._folder / NEXT).rename(self._folder / COPY)

    def _put_back(self) -> None:
        """Clean up behind a change, or go back to before it if it was broken off in the middle."""
        copy, former = self._folder / COPY, self._folder / FORMER
        if former.exists() and not copy.exists():
            former.rename(copy)
        shutil.rmtree(former, ignore_errors=True)
