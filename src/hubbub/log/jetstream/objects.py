"""The files of a log's messages, in common for all nodes: each by a name that never changes.

How it works. What is said of a file is one message of an object store of NATS
(object_stream.py): under which id its bytes are, in how many chunks, and their hash. The chunks are
in the same store, or in a bucket (log/chunks.py). A file is there once that message is, which comes
last, so nobody reads half of one.

What may race. A node removes a file that no message holds any more, while another is about to post
one with the same bytes. So each change of a name expects the one before it: who comes second looks
again. And whoever removes asks whether a message holds it after that look, and reads the log up to
its end in between (`Objects.remove`). Whoever posts says once more, when the message is in the log,
that the file is to be kept (`Objects.keep`): of the two, one sees the other.

What a killed node left of the bytes of a file goes when the file is removed: all ids of its key do
that were there before the name was marked as removed. Among them may be the bytes of one who is
about to post. They cannot say so while the mark stands, as they expect what was there before, and
the mark stands until these bytes are gone. So whoever has said that a file is there looks whether
its bytes are, and stores them again if not.
"""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Epoch
from hubbub.log.chunks import Chunks
from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.object_stream import ObjectStream, StreamChunks

TOKEN_BYTES: Final = 11
AT_ONCE: Final = 8
"""So many chunks are in memory at once, of all files that are stored or fetched."""

_WHERE: Final = "hubbub.files"


class _About(msgspec.Struct, omit_defaults=True):
    """What is said of a file, in the fields of NATS's object stores."""

    name: str
    bucket: str
    nuid: str = ""
    size: int = 0
    chunks: int = 0
    digest: str = ""
    mtime: str = ""
    deleted: bool = False
    metadata: dict[str, str] = {}


class _Standing(NamedTuple):
    """What stands under a name, and the stream's number of the message that says so."""

    number: int
    about: _About | None
    """None as well if it was removed."""


class Objects:
    """The files of the log of `link` with these `epochs`; new ones go into the `bucket`, if any.

    `caught_up` returns once all is applied here that the log held when it was called; without it
    nothing can be removed.
    """

    def __init__(
        self,
        link: Link,
        epochs: Sequence[Epoch],
        replicas: int,
        caught_up: Callable[[], Awaitable[None]] | None = None,
        bucket: Chunks | None = None,
    ) -> None:
        self._stream = ObjectStream(link, replicas)
        self._chatroom = epochs[-1].id  # no other stream has it, though a bucket may be of several
        self._caught_up = caught_up
        self._turns = asyncio.Semaphore(AT_ONCE)
        own = StreamChunks(self._stream)
        self._places: list[Chunks] = [own] if bucket is None else [own, bucket]

    async def keep(self, name: str, path: Path) -> None:
        """Have a file kept, which stands at `path`, from this call on."""
        await self._stream.make()
        while True:
            number, about = await self._standing(name)
            if about is not None and await self._is_whole(about):
                if await self._say(about, number):
                    return
                continue
            about = await self._put(name, path)
            if await self._say(about, number) and await self._is_whole(about):
                return
            await self._place(about).drop(about.nuid)

    async def fetch(self, name: str, path: Path) -> bool:
        """Write a file to `path`; return whether there is one. Raises OSError of the disk."""
        standing = await self._standing(name)
        while (about := standing.about) is not None:
            with await asyncio.to_thread(path.open, "wb") as file:
                digest = await self._write(about, file)
            if digest == about.digest:
                return True
            former, standing = standing, await self._standing(name)
            if standing.number == former.number:
                raise LogError(f"The file {name} is damaged {_shown(about)}.")
            # It was removed meanwhile, or stored anew.
        return False

    async def remove(self, name: str, is_held: Callable[[], Awaitable[bool]]) -> None:
        """Remove a file, unless `is_held` by a message of the log as far as that goes now."""
        assert self._caught_up is not None, "whether a message holds it is asked of a node"
        number, about = await self._standing(name)
        found = {(place, id_) for place in self._places for id_ in await place.ids(self._key(name))}
        if about is not None:
            found.add((self._place(about), about.nuid))
        if not (number or found):
            return
        await self._caught_up()
        if await is_held():
            return
        mark = _About(name, self._stream.bucket, mtime=_now(), deleted=True)
        if marked := await self._say(mark, number):
            for place, id_ in found:
                await place.drop(id_)
            await self._stream.purge(self._stream.subject_of(name), before=marked + 1)

    # What it is made of.

    async def _standing(self, name: str) -> _Standing:
        found = await self._stream.message(last_by_subj=self._stream.subject_of(name))
        if found is None:
            return _Standing(0, None)
        try:
            about = msgspec.json.decode(found.data, type=_About)
        except msgspec.DecodeError:
            raise LogError(f"What the object store says of {name} cannot be understood.") from None
        return _Standing(found.seq, None if about.deleted else about)

    def _key(self, name: str) -> str:
        return f"{self._chatroom}.{name.replace('.', '_')}"

    def _place(self, about: _About) -> Chunks:
        """Return where the bytes of a file are."""
        where = about.metadata.get(_WHERE, "")
        for place in self._places:
            if place.where == where:
                return place
        raise LogError(
            f"The file {about.name} is in {where}, which is not where this node keeps files. Give "
            "all nodes the same 'files' in [cluster]."
        )

    async def _is_whole(self, about: _About) -> bool:
        return await self._place(about).count(about.nuid) == about.chunks

    async def _put(self, name: str, path: Path) -> _About:
        """Store the bytes of a file; nobody sees them yet."""
        place, digest = self._places[-1], hashlib.sha256()
        id_ = f"{self._key(name)}.{secrets.token_hex(TOKEN_BYTES)}"
        about = _About(name, self._stream.bucket, id_, mtime=_now())
        if place.where:
            about.metadata = {_WHERE: place.where}
        with await asyncio.to_thread(path.open, "rb") as file:

            def read() -> bytes:
                chunk = file.read(place.chunk_bytes)
                digest.update(chunk)
                return chunk

            while True:
                async with self._turns:
                    if not (chunk := await asyncio.to_thread(read)):
                        break
                    await place.put(id_, about.chunks, chunk)
                about.chunks += 1
                about.size += len(chunk)
        about.digest = _digest_of(digest.digest())
        return about

    async def _say(self, about: _About, expected: int) -> int:
        """Have this stand under its name, if what stands there has the number `expected`.

        Returns the number of what says so; 0 if something else stands there.
        """
        headers = {"Nats-Rollup": "sub", "Nats-Expected-Last-Subject-Sequence": str(expected)}
        subject = self._stream.subject_of(about.name)
        return await self._stream.publish(subject, msgspec.json.encode(about), headers)

    async def _write(self, about: _About, file: BinaryIO) -> str:
        """Write the bytes of a file; return their digest."""
        digest = hashlib.sha256()

        def write(chunk: bytes) -> None:
            digest.update(chunk)
            file.write(chunk)

        chunks = self._place(about).get(about.nuid, about.chunks)
        while True:
            async with self._turns:
                if (chunk := await anext(chunks, None)) is None:
                    break
                await asyncio.to_thread(write, chunk)
        return _digest_of(digest.digest())


def _shown(about: _About) -> str:
    where = about.metadata.get(_WHERE, "")
    return f"in {where}" if where else "in the object store of the NATS servers"


def _digest_of(digest: bytes) -> str:
    return f"SHA-256={urlsafe_b64encode(digest).decode()}"


def _now() -> str:
    return datetime.now(UTC).isoformat()
