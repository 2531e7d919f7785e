"""Files: uploaded, said, and fetched."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.files import FileSummary
from hubbub.client.asking import Asking

if TYPE_CHECKING:
    from hubbub.client.driver import Driver
    from hubbub.client.transfers import Transfers

AT_ONCE_TRIES = 3
"""How often a file is sent from the beginning, if the server forgets what it has of it."""

PREVIEW_BYTES_MAX = 8_000_000
"""More than any picture has of 1,280 pixels."""

Progress = Callable[[int, int], None]
"""Told how many bytes there are so far, and how many there will be."""

Source = Path | str | bytes


class FileCommands(Asking):
    """Those that bring files to the server, and from it."""

    _driver: "Driver"

    async def upload(
        self,
        room: str,
        file: Source,
        *,
        name: str = "",
        progress: Progress | None = None,
    ) -> FileSummary:
        """Upload a file for a room: one on the disk, by its path, or bytes; say its `id` after it.

        `name`: what it is called, if not as on the disk. After a lost connection it is sent on from
        where the server has it. Raises Refused, Unreachable if nothing passes for half a minute,
        and OSError if the file cannot be read.
        """
        async with _opened(file) as (source, size):
            name = name or (Path(file).name if isinstance(file, Path | str) else "file")
            for tries_left in reversed(range(AT_ONCE_TRIES)):
                begun = await self._ask(c.Upload(room=room, name=name, size=size), e.Upload)
                try:
                    return await self._transfers.send(begun.address, source, size, progress)
                except Refused as refusal:
                    if refusal.code != "no_such_upload" or not tries_left:
                        raise
                except asyncio.CancelledError:
                    await self._transfers.give_up(begun.address)
                    raise
        raise AssertionError("the last try returns or raises")

    async def send_file(
        self,
        room: str,
        file: Source,
        text: str = "",
        *,
        name: str = "",
        progress: Progress | None = None,
    ) -> int | None:
        """Upload a file, and say it with a text or none; return the seq of the message."""
        whole = await self.upload(room, file, name=name, progress=progress)
        return await self._driver.post(text, room, files=(whole.id,))

    async def fetch(self, file: FileSummary) -> bytes:
        """Return the bytes of a file that a message has."""
        return await self._transfers.fetch(file.path)

    async def preview(self, file: FileSummary) -> bytes:
        """Return a smaller picture (WebP) of one that has a preview."""
        path = f"/files/{file.id}/preview"
        return await self._transfers.fetch(path, bytes_max=PREVIEW_BYTES_MAX)

    async def download(
        self, file: FileSummary, to: Path, *, progress: Progress | None = None
    ) -> None:
        """Write a file to `to`, once it is there as a whole; lost connections are made up for."""
        await self._transfers.download(file, to, progress)

    @property
    def _transfers(self) -> "Transfers":
        # On first use: most chats have no files.
        from hubbub.client.transfers import Transfers  # noqa: PLC0415

        session = self._driver.session
        return Transfers(
            session.address,
            self._driver.fingerprint,
            lambda: (session.me.name, session.secret),
            self._driver.authorities,
        )


@asynccontextmanager
async def _opened(file: Source) -> AsyncIterator[tuple[BinaryIO, int]]:
    """Give what is to be sent, and its size."""
    if isinstance(file, bytes):
        yield io.BytesIO(file), len(file)
        return
    with await asyncio.to_thread(Path(file).open, "rb") as source:
        yield source, await asyncio.to_thread(source.seek, 0, os.SEEK_END)
