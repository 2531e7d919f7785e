"""A relay's copy of the log: what it is told is applied, and kept when it is started again.

The copy is in a folder of the relay's own, which is laid out as that of a server, with the files
that were copied (file_copy.py). If the server says that it has to begin anew, the
new one is made beside it, and takes its place when it is whole: until then the old one is read.

All is done in the order in which it is told; what has come meanwhile is applied at once, so a copy
that is behind catches up. If something cannot be applied, what follows would
leave a gap: it is passed over, and the server is asked again for what is missing.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Message
from hubbub.chat.queries import Over
from hubbub.faults import faults
from hubbub.log.sqlite import Projection
from hubbub.server.files.store import FILES
from hubbub.server.notes import logger
from hubbub.server.relaying.ticker import PART_BYTES, Follow, History
from hubbub.wire.relay import Kind, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hubbub.server.config import Config
    from hubbub.wire import relay as words

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


FAULTY = "The relay has a fault where it copies the log, and its journal says where."


class Copy:
    """The copy in a folder, and what is to be applied to it. Open it first."""

    log: CopiedLog

    def __init__(self, folder: Path, config: Config) -> None:
        self._folder = folder
        self.folder = folder / COPY
        """Where it is now; where what takes its place will be."""
        self._config = config
        self._id = secrets.token_urlsafe(16)
        self._next: CopiedLog | None = None
        self._told: asyncio.Queue[tuple[words.Message | None, Say]] = asyncio.Queue()
        self._is_following = False
        self._piece = b""
        self._gathered: list[Entry] = []
        self._gathered_bytes = 0
        self._owed: list[Say] = []  # whom to tell that it is applied
        self.in_place = asyncio.Lock()
        """Held while `log` is another one from one moment to the next, or may not become one."""
        self._files_told = 0  # how often there may have been more of them
        self.complaint = ""
        """What keeps it from going on, as a sentence; empty if nothing does."""

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

    @property
    def files_version(self) -> object:
        """Something else each time that messages of the copy may hold other files."""
        return self.log.loosenings, self._files_told

    def follow(self, say: Say) -> None:
        """Have the server asked for what is missing, once all is applied that was told before."""
        self._told.put_nowait((None, say))

    def take(self, message: words.Message, say: Say) -> None:
        """Take in what the server says of its log; `say` answers it."""
        self._told.put_nowait((message, say))

    async def run(self) -> None:
        """Apply, for ever, what the server tells."""
        while True:
            message, say = await self._told.get()
            try:
                await (self._ask(say) if message is None else self._act(message, say))
                if self._told.empty() or self._gathered_bytes >= PART_BYTES:
                    await self._apply()
            except LogError as error:
                await self._fail(f"The copy of the log cannot be written: {error}", say)
            except msgspec.DecodeError as error:
                # The link would not have taken what is broken.
                await self._fail(
                    f"The server's hubbub is newer: what it says of its log is not known here "
                    f"({error}). Start this relay with the same version.",
                    say,
                )
            except Exception as error:  # noqa: BLE001 (a fault of ours must not cost members their link)
                faults.note("a part of the copy of the log failed", error)
                await self._fail(FAULTY, say)
            self._told.task_done()

    async def _fail(self, complaint: str, say: Say) -> None:
        self._is_following = False
        self._pass_over()
        self._complain(complaint)
        await asyncio.sleep(AGAIN_SECONDS)
        self.follow(say)

    def _complain(self, complaint: str) -> None:
        if complaint != self.complaint:
            logger.warning("the copy of the log does not go on", reason=complaint)
        self.complaint = complaint

    async def settled(self) -> None:
        """Wait until all that was told is applied."""
        await self._told.join()

    async def give_up(self) -> None:
        """Let go of what was to become a new copy: nothing more is told of it."""
        if self._next is not None:
            await self._next.close()
            self._next = None

    async def _ask(self, say: Say) -> None:
        await self._apply()
        self._is_following = False
        follow = Follow(self._id, self.log.last, await self.log.epochs())
        say(encode(Kind.FOLLOW, 0, msgspec.json.encode(follow)))

    async def _act(self, message: words.Message, say: Say) -> None:
        if message.kind is Kind.COMMITTED:
            if self._is_following:
                self._gather(message, say)
            return
        await self._apply()
        if message.kind is Kind.HISTORY:
            await self._begin(msgspec.json.decode(message.payload, type=History))
        elif not self._is_following:
            return
        elif message.kind is Kind.WHOLE:
            await self._change_over()
        else:
            await self._drop(_dropped.decode(message.payload))
            say(encode(Kind.APPLIED))

    def _gather(self, message: words.Message, say: Say) -> None:
        self._piece += message.payload
        if not message.number:
            piece, self._piece = self._piece, b""
            self._gathered += _entries.decode(piece)
            self._gathered_bytes += len(piece)
            self._owed.append(say)

    async def _apply(self) -> None:
        """Apply what is gathered."""
        entries, owed = self._gathered, self._owed
        self._pass_over()
        if entries:
            await (self._next or self.log).apply(entries)
            self._files_told += any(isinstance(one, Message) and one.files for one in entries)
        for say in owed:
            say(encode(Kind.APPLIED))

    def _pass_over(self) -> None:
        self._gathered, self._gathered_bytes, self._owed = [], 0, []

    async def _begin(self, history: History) -> None:
        self._piece = b""
        await self.give_up()
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
        async with self.in_place:
            await self.log.close()
            await asyncio.to_thread(self._replace)
            await self._open_again()
        self._files_told += 1

    async def _open_again(self) -> None:
        """Open what has just been written, as soon as that can be."""
        while True:
            try:
                await self.open()
            except LogError as error:
                self._complain(f"The copy of the log cannot be opened: {error}")
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    def _replace(self) -> None:
        self.folder.rename(self._folder / FORMER)
        (self._folder / NEXT).rename(self.folder)

    def _put_back(self) -> None:
        """Clean up behind a change, or go back to before it if it was broken off in the middle.

        The files stay: they are the same in every copy.
        """
        copy, former = self.folder, self._folder / FORMER
        if former.exists() and not copy.exists():
            former.rename(copy)
        if (former / FILES).exists() and not (copy / FILES).exists():
            (former / FILES).rename(copy / FILES)
        shutil.rmtree(former, ignore_errors=True)
