"""A relay's copies of files: the newest that messages of its copy hold, as many as it may keep.

While it is linked, it asks the server for those that it lacks, one piece after the other, so
members never wait for more than a piece. What no message holds any more, it removes, as the server
does. So they are there when the relay is alone: then its chatroom gives them out as its own.

How it works. What is to be here follows from the copy of the log alone, and what is here from the
disk, so whatever ends the relay, it goes on from there. The preview comes before its file: if the
file is there, nothing more is to come. A file has its place only if it has the hash that is its
name.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import LogError
from hubbub.chat.files import MEGABYTE
from hubbub.server.files.store import Store, hash_of
from hubbub.server.notes import logger
from hubbub.wire.relay import Wanted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hubbub.server.config import Config
    from hubbub.server.relaying.copy import Copy

    Ask = Callable[[Wanted], Awaitable[bytes]]
    """Returns the piece of a file that is wanted; nothing at the end, and if there is none."""

LOOK_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 5.0


class FileCopy:
    """The files of a `copy`, in its folder."""

    def __init__(self, copy: Copy, config: Config) -> None:
        self._copy = copy
        self._store = Store(copy.folder)
        self._bytes_max = int(config.relay.file_megabytes_max * MEGABYTE)
        floor = int(config.files.disk_free_megabytes_min * MEGABYTE)
        self._free_bytes_min = config.limits.disk_free_bytes_min + floor
        self._here: set[str] = set()
        self._said = ""
        """What was wrong last."""

    async def run(self, ask: Ask) -> None:
        """Keep up with the copy, as long as the link lasts by which `ask` gets what is missing."""
        # While the relay was alone, its chatroom may have removed some.
        self._here = await asyncio.to_thread(self._whole)
        absent: set[str] = set()
        seen: object = None
        while True:
            if seen == (now := self._copy.files_version):
                await asyncio.sleep(LOOK_SECONDS)
                continue
            try:
                if await self._catch_up(ask, absent):
                    seen, self._said = now, ""
            except (LogError, OSError) as error:
                await self._wait(f"Files of the copy come later: {error}")

    def _whole(self) -> set[str]:
        """Return what is here, and remove previews without their files."""
        found = {*self._store.hashes()}
        for hash_ in [one for one in found if not self._store.has(one)]:
            self._store.remove(hash_)
            found.remove(hash_)
        return found

    async def _wait(self, said: str) -> None:
        if said != self._said:
            logger.warning("the files of the copy are not all there", reason=said)
            self._said = said
        await asyncio.sleep(AGAIN_SECONDS)

    async def _catch_up(self, ask: Ask, absent: set[str]) -> bool:
        """Remove what is not to be here, and get what is missing; return whether that is all.

        It breaks off if the copy changes: what is to be removed should not wait.
        """
        version = self._copy.files_version
        async with self._copy.in_place:
            wanted = await self._copy.log.newest_files(self._bytes_max)
            loose = await self._copy.log.loose()
        for hash_ in self._here - wanted.keys():
            await self._remove(hash_)
        if loose:
            async with self._copy.in_place:
                await self._copy.log.forget_loose(loose)
            return False  # there may be more
        for hash_, size in wanted.items():
            if hash_ in self._here or hash_ in absent:
                continue
            if self._copy.files_version != version:
                return False
            free = await asyncio.to_thread(self._store.free_bytes)
            if free - size < self._free_bytes_min:
                await self._wait("The disk is too full for more of them.")
                return False
            if not await self._fetch(hash_, ask):
                absent.add(hash_)
        return True

    async def _remove(self, hash_: str) -> None:
        await asyncio.to_thread(self._store.remove, hash_)
        self._here.discard(hash_)

    async def _fetch(self, hash_: str, ask: Ask) -> bool:
        """Have a file here, with its preview; return whether the server has it."""
        await self._bring(self._store.preview(hash_), ask)
        if not await self._bring(self._store.object(hash_), ask, hash_):
            await self._remove(hash_)
            return False
        self._here.add(hash_)
        return True

    async def _bring(self, place: Path, ask: Ask, hash_: str = "") -> bool:
        """Have a file at its place; return whether there is one, with this hash if it is given."""
        part = await asyncio.to_thread(self._store.open_place_of, place)
        size = 0
        with await asyncio.to_thread(part.open, "wb") as file:
            while piece := await ask(Wanted(place.name, size)):
                await asyncio.to_thread(file.write, piece)
                size += len(piece)
        if not size or (hash_ and await asyncio.to_thread(hash_of, part) != hash_):
            await asyncio.to_thread(partial(part.unlink, missing_ok=True))
            return False
        await asyncio.to_thread(self._store.place, part, place)
        return True
