"""The files that the nodes of a stream have in common: each has a copy of those it was asked for.

A file that comes is with the servers of the stream before anybody hears of it. A node that is asked
for one that another node took in brings it then, whole, and keeps it beside its own. Where a log is
of one machine alone, nothing of this is there.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from hubbub.background import awaited
from hubbub.chat.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from hubbub.chat.files import Upload
    from hubbub.log.port import Log, Objects
    from hubbub.server.files.store import Store


class Common:
    """What `objects` hold, and `store` has a copy of."""

    def __init__(self, objects: Objects, store: Store, log: Log) -> None:
        self._objects = objects
        self._store = store
        self._log = log
        self._coming: dict[str, asyncio.Task[bool]] = {}

    async def put(self, hash_: str, kept: Path, smaller: Path) -> None:
        """Have others find a file that came, and its preview if there is one. Raises LogError."""
        for place, path in (
            (self._store.object(hash_), kept),
            (self._store.preview(hash_), smaller),
        ):
            if await asyncio.to_thread(path.is_file):
                await self._objects.keep(place.name, path)

    async def make_sure_of(self, upload: Upload) -> None:
        """See, now that an upload is said, that nobody removed its file meanwhile."""
        assert upload.file is not None, "it was said"
        hash_ = upload.file.sha256
        if await self._log.held([hash_]):
            await self.put(hash_, self._store.object(hash_), self._store.preview(hash_))

    async def bring(self, place: Path) -> bool:
        """Have a file at its place in the store; return whether there is one.

        Raises LogError if the servers cannot be asked, and Refused if the disk does not take it.
        """
        if (task := self._coming.get(place.name)) is None:
            task = self._coming[place.name] = awaited(self._bring(place))
            task.add_done_callback(lambda _: self._coming.pop(place.name, None))
        return await asyncio.shield(task)  # others may wait for it, too

    async def _bring(self, place: Path) -> bool:
        try:
            part = await asyncio.to_thread(self._store.open_place_of, place)
            if not await self._objects.fetch(place.name, part):
                return False
            await asyncio.to_thread(self._store.place, part, place)
            hash_ = place.name.partition(".")[0]
            if not await self._log.held([hash_]):  # its message went meanwhile
                await asyncio.to_thread(self._store.remove, hash_)
                return False
        except OSError as error:
            raise Refused(
                f"The server cannot write the file to its disk now ({error.strerror}). Ask again "
                "in a while.",
                code="no_space",
            ) from None
        return True

    async def remove(
        self, hashes: Iterable[str], are_held: Callable[[list[str]], Awaitable[set[str]]]
    ) -> None:
        """Have nobody find these files and their previews any more, except those that are held."""

        async def is_held(hash_: str) -> bool:
            return bool(await are_held([hash_]))

        for hash_ in hashes:
            for place in (self._store.object(hash_), self._store.preview(hash_)):
                await self._objects.remove(place.name, partial(is_held, hash_))
