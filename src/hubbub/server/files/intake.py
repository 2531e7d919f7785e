"""Takes in the bytes of files, and lets go of those that nobody needs.

An upload's bytes come in any number of requests, one after the other. A request whose connection
was lost may still seem to go on, so a newer one ends it. Nothing of an upload is on the disk before
a piece of it is to be written: those that are begun and broken off keep no thread busy. What is
whole is looked at (examining.py), kept by its hash (store.py), and only then anybody hears that it
is there.

What may race: a file is removed because the last message that held it is gone, while the same
bytes come again. So both are done under one lock, and bytes that an upload has are never removed.
That upload is known until its message is committed; from then on the log says who holds them.
"""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.files import MEGABYTE, FileSummary, size_words
from hubbub.server.files.common import Common
from hubbub.server.files.counts import Counts
from hubbub.server.files.examining import Examining
from hubbub.server.files.keys import Keys
from hubbub.server.files.store import Store, hash_of
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path
    from typing import BinaryIO

    from hubbub.chat.files import Upload
    from hubbub.chat.limits import Limits
    from hubbub.hub import Hub
    from hubbub.log.port import Log

T = TypeVar("T")

THREADS: Final = 2
SWEEP_SECONDS: Final = 1.0
REMAINING_MAX: Final = 10_000
"""Uploads that are to be removed once the disk allows it. Of more, the next start removes what is
left."""

SWEPT_AT_ONCE: Final = 500
RETRY_SECONDS: Final = 60.0


class _Reception:
    """What has come of an upload, and the request that brings more.

    `is_on_disk`: whether anything of it may be there, be it only what is noted of it.
    """

    def __init__(self, *, is_on_disk: bool = False) -> None:
        self.received = 0
        self.is_on_disk = is_on_disk
        self.lock = asyncio.Lock()
        self.hang_up: Callable[[], object] | None = None


class Intake:
    """The files of a chatroom. Without a `folder` it takes none.

    `milliseconds` returns the time, since the epoch.
    """

    def __init__(
        self,
        limits: Limits,
        hub: Hub,
        log: Log,
        milliseconds: Callable[[], int],
        folder: Path | None,
    ) -> None:
        self._disk_free_bytes_min = limits.disk_free_bytes_min
        self._hub = hub.files
        self._log = log
        self._milliseconds = milliseconds
        self._receptions: dict[str, _Reception] = {}
        self._placing = asyncio.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._examining: Examining | None = None
        self._loosenings = 0
        self._remaining: list[Upload] = []
        """Uploads that are given up, and of which the disk did not let go."""
        self._found: list[str] = []
        """What was here at the start, and may be held by no message. What nodes have in common is
        removed once they hear of each other."""
        self._is_closed = False
        self.store = None if folder is None else Store(folder)
        self._common = Common(log.objects, self.store, log) if self.store and log.objects else None
        self.keys = Keys()
        self.counts = Counts()

    def free_bytes(self) -> int:
        """Return how many bytes of files the disk takes, with those that are on their way."""
        if self.store is None:
            return 0
        floor = int(self._hub.limits.disk_free_megabytes_min * MEGABYTE)
        try:
            free = self.store.free_bytes()
        except OSError:  # the folder is gone, and with it the log
            return 0
        return free - self._disk_free_bytes_min - floor

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, which waits for the disk; raise Refused at the stop."""
        if self._is_closed:  # requests are cut a moment later
            raise Refused("The server stops. Go on in a while.", code="log_unavailable")
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="files")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _store(self) -> Store:
        assert self.store is not None, "the hub allows nothing without space"
        return self.store

    # On their way.

    def offset(self, upload: Upload) -> int:
        """Return how many bytes of an upload are here."""
        return upload.size if upload.file is not None else self._reception(upload).received

    def _reception(self, upload: Upload) -> _Reception:
        return self._receptions.setdefault(upload.id, _Reception())

    async def receive(
        self,
        upload: Upload,
        offset: int,
        pieces: AsyncIterator[bytes],
        hang_up: Callable[[], object],
        host: str,
    ) -> FileSummary | None:
        """Take in bytes of an upload from `offset` on; return the file once it is whole.

        `hang_up` ends the request, so that a newer one need not wait for it.
        """
        if upload.file is not None:
            return upload.file
        reception = self._reception(upload)
        if reception.hang_up is not None:
            reception.hang_up()
        reception.hang_up = hang_up
        async with reception.lock:
            try:
                self._hub.uploads.find(upload.secret)  # it may have been cancelled meanwhile
                if upload.file is not None:
                    return upload.file
                if offset != reception.received:
                    raise _wrong_offset(upload, reception.received, offset)
                await self._on_disk(upload, reception, self._write(upload, reception, pieces))
            finally:
                if reception.hang_up is hang_up:  # else it would end the next request here
                    reception.hang_up = None
            if reception.received < upload.size:
                return None
            return await self._on_disk(upload, reception, self._finish(upload, host))

    async def _on_disk(self, upload: Upload, reception: _Reception, work: Awaitable[T]) -> T:
        """Return what some work gives that writes; refuse what the disk does not take."""
        try:
            return await work
        except OSError as error:
            self.counts.unwritten += 1
            logger.warning("a file could not be written", reason=error.strerror)
            received = await self.in_thread(partial(self._store().part_bytes, upload.id))
            self._note_received(upload, reception, received)
            raise Refused(
                f"The server cannot write '{upload.name}' to its disk now. Go on in a while.",
                code="no_space",
            ) from None

    async def _write(
        self, upload: Upload, reception: _Reception, pieces: AsyncIterator[bytes]
    ) -> None:
        async for piece in pieces:
            if reception.received + len(piece) > upload.size:
                raise Refused(
                    f"'{upload.name}' was announced with {upload.size} bytes, and more came.",
                    code="too_large",
                )
            reception.is_on_disk = True
            await self.in_thread(partial(self._store().append, upload, piece))
            self._note_received(upload, reception, reception.received + len(piece))
            self.counts.received_bytes += len(piece)
            upload.at = self._milliseconds()

    def _note_received(self, upload: Upload, reception: _Reception, received: int) -> None:
        reception.received = received
        self._hub.uploads.awaits(upload, 0 if upload.file else upload.size - received)

    async def _finish(self, upload: Upload, host: str) -> FileSummary:
        """Look at a file that is whole, and keep it."""
        store = self._store()
        if self._examining is None:
            self._examining = Examining(time.perf_counter)
        part, clean = store.part(upload.id), store.clean(upload.id)
        found = await self._examining.examine(host, part, clean, store.smaller(upload.id))
        kept = clean if found.clean else part
        hash_, size = await self.in_thread(lambda: (hash_of(kept), kept.stat().st_size))
        if self._common is not None:
            try:
                await self._common.put(hash_, kept, store.smaller(upload.id))
            except LogError as error:
                self.counts.unshared += 1
                logger.warning("a file cannot be stored for all nodes", reason=str(error))
                raise Refused(
                    f"'{upload.name}' is here, but cannot be stored for all servers of the "
                    "chatroom now. Go on in a while.",
                    code="log_unavailable",
                ) from None
        async with self._placing:
            await self.in_thread(partial(store.keep, upload.id, hash_, kept))
            upload.file = FileSummary(
                id=upload.id,
                name=upload.name,
                size=size,
                type=found.type,
                sha256=hash_,
                width=found.width,
                height=found.height,
                preview=found.preview,
            )
            await self.in_thread(partial(store.note, upload))
        self.counts.uploads += 1
        self.counts.previews += found.preview
        self.counts.cleaned += found.clean
        self.counts.not_looked_at = self._examining.failures
        return upload.file

    async def cancel(self, upload: Upload) -> None:
        """Do as its sender says: give an upload up; raise Refused if it is in a message."""
        self._hub.check_cancelling(upload)
        await self.give_up(upload)

    async def give_up(self, upload: Upload) -> None:
        """Drop an upload, with what has come of it."""
        self._hub.give_up(upload)
        if (reception := self._receptions.get(upload.id)) is not None and reception.hang_up:
            reception.hang_up()
        await self._forget(upload)

    async def _forget(self, upload: Upload) -> None:
        """Remove what came of an upload that the hub has dropped.

        A request that brings the rest of it comes to its end first, or it would write once more.
        """
        reception = self._reception(upload)
        async with reception.lock:
            try:
                if self._common is not None and upload.file is not None:
                    await self._common.make_sure_of(upload)
                hashes = await self._stored_of(upload)
                if reception.is_on_disk:
                    await self.in_thread(partial(self._store().forget, upload.id))
                if hashes:
                    await self._remove_unless_held(hashes)
            except (LogError, OSError) as error:
                logger.warning("a file is removed later", reason=str(error))
                if len(self._remaining) < REMAINING_MAX:
                    self._remaining.append(upload)
            finally:
                self._receptions.pop(upload.id, None)

    async def _stored_of(self, upload: Upload) -> list[str]:
        """Return the hash of what may be stored of an upload, if anything may."""
        if upload.file is not None:
            return [upload.file.sha256]
        if self._common is None:
            return []
        # Storing it with the servers may have been broken off.
        whole = await self.in_thread(partial(self._store().whole, upload))
        return [] if whole is None else [await self.in_thread(partial(hash_of, whole))]

    # Letting go.

    async def run(self) -> None:
        """Let go, for ever, of what nobody needs; call `open` first."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                if not self._is_closed:
                    await self._sweep()
            except (LogError, OSError, Refused) as error:
                logger.warning("files are removed later", reason=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def open(self) -> None:
        """Take in what earlier runs left, and remove what no message of the log holds.

        Raises LogError.
        """
        if self.store is None or not self.store.is_used:
            return
        for upload in await self.in_thread(self.store.noted):
            # The server may have been killed before it put away what it knew of it.
            is_said = upload.file is not None and await self._log.was_said(upload.id)
            if is_said and self._common is not None:
                self._remaining.append(upload)
            elif is_said or (upload.at and not self._hub.restore(upload)):
                await self.in_thread(partial(self.store.forget, upload.id))
            else:
                reception = self._receptions[upload.id] = _Reception(is_on_disk=True)
                received = await self.in_thread(partial(self.store.part_bytes, upload.id))
                self._note_received(upload, reception, received)
        self._loosenings = -1  # what an earlier run did not come to
        hashes = await self.in_thread(lambda: list({*self._store().hashes()}))
        self._found = hashes
        if self._common is None:
            await self._look_at_found()

    async def _look_at_found(self) -> None:
        """Remove those of the files that were here at the start that no message holds."""
        while self._found:
            await self._remove_unless_held(self._found[-SWEPT_AT_ONCE:])
            del self._found[-SWEPT_AT_ONCE:]

    async def _sweep(self) -> None:
        await self._look_at_found()
        remaining, self._remaining = self._remaining, []
        for upload in remaining:
            self._receptions[upload.id] = _Reception(is_on_disk=True)
        for upload in (*remaining, *self._hub.done()):
            await self._forget(upload)
        while abandoned := self._abandoned():  # one of the others may be said meanwhile
            await self.give_up(abandoned[0])
        if self._loosenings != (loosenings := self._log.loosenings):
            while loose := await self._log.loose():
                await self._remove_unless_held(loose)
                await self._log.forget_loose(loose)
            self._hub.count(await self._log.stored())
            self._loosenings = loosenings

    def _abandoned(self) -> list[Upload]:
        """Return the uploads that are to be given up, none of which is just coming.

        A clock may jump, and what comes with its text is said as soon as it is whole.
        """
        coming = {id_ for id_, reception in self._receptions.items() if reception.lock.locked()}
        return [one for one in self._hub.abandoned() if one.id not in coming]

    async def _remove_unless_held(self, hashes: list[str]) -> None:
        """Remove files that no message holds, and none that waits for the log."""
        store = self._store()
        async with self._placing:
            unheld = {*hashes} - await self._held(hashes)
            for hash_ in unheld:
                await self.in_thread(partial(store.remove, hash_))
        if self._common is not None:
            await self._common.remove(unheld, self._held)

    async def _held(self, hashes: list[str]) -> set[str]:
        """Return which of these hashes are of files that messages hold, or soon will."""
        # In this order: an upload that is dropped meanwhile is in the log by then.
        coming = {one.file.sha256 for one in self._hub.uploads if one.file is not None}
        return coming | await self._log.held(hashes)

    async def opened(self, place: Path) -> tuple[BinaryIO, int]:
        """Open a file at its place in the store, to be read; return it with its size.

        Raises FileNotFoundError if it is gone. One that another node took in is brought first:
        raises Refused if it cannot be.
        """
        for _ in range(2):
            try:
                return await self.in_thread(partial(_opened, place))
            except FileNotFoundError:
                if self._common is None or not await self._brought(place):
                    raise
        raise FileNotFoundError(place)  # it was removed meanwhile

    async def _brought(self, place: Path) -> bool:
        assert self._common is not None, "it was asked for"
        try:
            return await self._common.bring(place)
        except LogError as error:
            self.counts.unshared += 1
            logger.warning("a file of another node cannot be brought", reason=str(error))
            raise Refused(
                "The file cannot be brought here from where the servers of the chatroom keep it "
                "now. Ask again in a while.",
                code="log_unavailable",
            ) from None

    def close(self) -> None:
        """Take in nothing more."""
        self._is_closed = True
        if self._examining is not None:
            self._examining.close()
        if self._threads is not None:
            self._threads.shutdown(wait=True)


def _opened(place: Path) -> tuple[BinaryIO, int]:
    file = place.open("rb")
    return file, os.fstat(file.fileno()).st_size


def _wrong_offset(upload: Upload, received: int, offset: int) -> Refused:
    return Refused(
        f"{received} bytes of '{upload.name}' are here, and these begin at {offset}. Ask for the "
        "offset with HEAD, and go on from there.",
        code="wrong_offset",
    )


def too_slow(upload: Upload) -> Refused:
    """Return the refusal of a request of which nothing more comes."""
    return Refused(
        f"Nothing more of '{upload.name}' ({size_words(upload.size)}) came. Go on from the offset "
        "that HEAD tells.",
        code="slow_body",
    )
