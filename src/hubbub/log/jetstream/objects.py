"""The files of a log's messages, in an object store of NATS: each by a name that never changes.

It is laid out as NATS's own tools know it. The bytes of a file are messages of a stream, all under
a subject of their own, and one message more says which subject that is, how long they are, and
their hash. A file is there once that message is, which comes last, so nobody reads half of one.

What may race. A node removes a file that no message holds any more, while another is about to post
one with the same bytes. So each change of a name expects the one before it: who comes second looks
again. And whoever removes asks whether a message holds it after that look, and reads the log up to
its end in between (`Objects.remove`). Whoever posts says once more, when the message is in the log,
that the file is to be kept (`Objects.keep`): of the two, one sees the other.
"""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from hubbub.chat.errors import LogError
from hubbub.log.jetstream.link import ASK_SECONDS, Answer, Link, Stored, decoded, unreached

CHUNK_BYTES: Final = 131_072
READ_BYTES: Final = 1_048_576
ID_BYTES: Final = 11

_IS_NOT_LAST: Final = 10071
_NAME_IS_TAKEN: Final = 10058
_NOT_FOUND: Final = 404


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


class _Standing(NamedTuple):
    """What stands under a name, and the stream's number of the message that says so."""

    number: int
    about: _About | None


class _Got(Answer):
    message: Stored | None = None


class _Published(Answer):
    seq: int = 0


class Objects:
    """The object store that belongs to the log of `link`.

    `caught_up` returns once all is applied here that the log held when it was called; without it
    nothing can be removed.
    """

    def __init__(
        self, link: Link, replicas: int, caught_up: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._link = link
        self._replicas = replicas
        self._caught_up = caught_up
        self._bucket = f"{link.stream}_files"
        self._stream = f"OBJ_{self._bucket}"
        self._is_made = False

    async def keep(self, name: str, path: Path) -> None:
        """Have the servers keep a file, which stands at `path`, from this call on."""
        await self._make()
        while True:
            standing = await self._standing(name)
            about = standing.about
            is_new = about is None or about.deleted
            if about is None or about.deleted:
                about = await self._put(name, path)
            if await self._say(about, standing.number):
                return
            if is_new:
                await self._purge(self._chunks(about))

    async def fetch(self, name: str, path: Path) -> bool:
        """Write a file to `path`; return whether there is one. Raises OSError of the disk."""
        about = (await self._standing(name)).about
        if about is None or about.deleted:
            return False
        with await asyncio.to_thread(path.open, "wb") as file:
            digest = await self._write(about, file)
        if digest != about.digest:
            raise LogError(f"The file {name} is damaged in the object store of the NATS servers.")
        return True

    async def remove(self, name: str, is_held: Callable[[], Awaitable[bool]]) -> None:
        """Remove a file, unless `is_held` by a message of the log as far as that goes now."""
        assert self._caught_up is not None, "whether a message holds it is asked of a node"
        standing = await self._standing(name)
        if standing.about is None:
            return
        await self._caught_up()
        if await is_held():
            return
        mark = _About(name, self._bucket, mtime=_now(), deleted=True)
        if number := await self._say(mark, standing.number):
            await self._purge(self._chunks(standing.about))
            await self._purge(self._subject(name), before=number + 1)

    # What it is made of.

    async def _make(self) -> None:
        """Make the store if there is none."""
        if self._is_made:
            return
        asked = {
            "name": self._stream,
            "subjects": [f"$O.{self._bucket}.C.>", f"$O.{self._bucket}.M.>"],
            "retention": "limits",
            "storage": "file",
            "discard": "new",
            "num_replicas": self._replicas,
            "allow_direct": True,
            "allow_rollup_hdrs": True,
        }
        made = await self._link.ask(f"STREAM.CREATE.{self._stream}", asked, Answer)
        if made.error is not None and made.error.err_code != _NAME_IS_TAKEN:
            raise LogError(f"The NATS servers make no object store: {made.error.description}.")
        self._is_made = True

    def _chunks(self, about: _About) -> str:
        return f"$O.{self._bucket}.C.{about.nuid}"

    def _subject(self, name: str) -> str:
        return f"$O.{self._bucket}.M.{urlsafe_b64encode(name.encode()).decode()}"

    async def _standing(self, name: str) -> _Standing:
        found = await self._message(last_by_subj=self._subject(name))
        if found is None:
            return _Standing(0, None)
        try:
            return _Standing(found.seq, msgspec.json.decode(found.data, type=_About))
        except msgspec.DecodeError:
            raise LogError(f"What the object store says of {name} cannot be understood.") from None

    async def _message(self, **asked: int | str) -> Stored | None:
        try:
            got = await self._link.ask(f"STREAM.MSG.GET.{self._stream}", asked, _Got)
        except LogError as error:
            if isinstance(error.__cause__, NoRespondersError):
                return None
            raise
        if got.error is not None and got.error.code != _NOT_FOUND:
            raise LogError(f"The object store gives nothing: {got.error.description}.")
        return got.message

    async def _put(self, name: str, path: Path) -> _About:
        """Store the bytes of a file; nobody sees them yet."""
        digest = hashlib.sha256()
        about = _About(name, self._bucket, secrets.token_hex(ID_BYTES), mtime=_now())
        length = min(CHUNK_BYTES, self._link.client.max_payload)
        with await asyncio.to_thread(path.open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, READ_BYTES):
                digest.update(piece)
                for start in range(0, len(piece), length):
                    # One after the other: so they stand in order, and none is there twice.
                    await self._publish(self._chunks(about), piece[start : start + length], {})
                    about.chunks += 1
                about.size += len(piece)
        about.digest = _digest_of(digest.digest())
        return about

    async def _say(self, about: _About, expected: int) -> int:
        """Have this stand under its name, if what stands there has the number `expected`.

        Returns the number of what says so; 0 if something else stands there.
        """
        headers = {"Nats-Rollup": "sub", "Nats-Expected-Last-Subject-Sequence": str(expected)}
        subject = self._subject(about.name)
        return await self._publish(subject, msgspec.json.encode(about), headers)

    async def _publish(self, subject: str, payload: bytes, headers: dict[str, str]) -> int:
        try:
            answer = await self._link.client.request(
                subject, payload, timeout=ASK_SECONDS, headers=headers or None
            )
        except (NatsError, OSError) as error:
            raise unreached(error) from error
        published = decoded(answer, _Published)
        if published.error is not None and published.error.err_code == _IS_NOT_LAST:
            return 0
        if published.error is not None:
            raise LogError(f"The object store takes nothing: {published.error.description}.")
        return published.seq

    async def _write(self, about: _About, file: BinaryIO) -> str:
        """Write the bytes of a file; return their digest."""
        digest = hashlib.sha256()
        number = 1
        for _ in range(about.chunks):
            chunk = await self._message(seq=number, next_by_subj=self._chunks(about))
            if chunk is None:
                break
            digest.update(chunk.data)
            await asyncio.to_thread(file.write, chunk.data)
            number = chunk.seq + 1
        return _digest_of(digest.digest())

    async def _purge(self, subject: str, before: int | None = None) -> None:
        asked = {"filter": subject} if before is None else {"filter": subject, "seq": before}
        answer = await self._link.ask(f"STREAM.PURGE.{self._stream}", asked, Answer)
        if answer.error is not None:
            raise LogError(f"The object store removes nothing: {answer.error.description}.")


def _digest_of(digest: bytes) -> str:
    return f"SHA-256={urlsafe_b64encode(digest).decode()}"


def _now() -> str:
    return datetime.now(UTC).isoformat()
