"""The stream that is an object store of NATS, and the bytes of files in it.

It is laid out as NATS's own tools know it. The bytes of a file are messages under a subject of
their own, and one message more, under a subject of the file's name, says which subject that is.
"""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Final

from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from hubbub.chat.errors import LogError
from hubbub.log.jetstream.link import (
    ASK_SECONDS,
    Answer,
    Link,
    Stored,
    Stream,
    decoded,
    unreached,
)

CHUNK_BYTES: Final = 131_072

_IS_NOT_LAST: Final = 10071
_NAME_IS_TAKEN: Final = 10058
_NOT_FOUND: Final = 404


class _Got(Answer):
    message: Stored | None = None


class _Published(Answer):
    seq: int = 0


class ObjectStream:
    """The object store that belongs to the log of `link`."""

    def __init__(self, link: Link, replicas: int) -> None:
        self.bucket = f"{link.stream}_files"
        self._link = link
        self._replicas = replicas
        self._stream = f"OBJ_{self.bucket}"
        self._is_made = False

    async def make(self) -> None:
        """Make the store if there is none."""
        if self._is_made:
            return
        asked = {
            "name": self._stream,
            "subjects": [f"$O.{self.bucket}.C.>", f"$O.{self.bucket}.M.>"],
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

    def subject_of(self, name: str) -> str:
        """Return the subject of what is said of a file."""
        return f"$O.{self.bucket}.M.{urlsafe_b64encode(name.encode()).decode()}"

    @property
    def payload_bytes_max(self) -> int:
        """How long a message may be."""
        return self._link.client.max_payload

    async def message(self, **asked: int | str) -> Stored | None:
        """Return the message with this `last_by_subj`, or from this `seq` on; None for none."""
        try:
            got = await self._link.ask(f"STREAM.MSG.GET.{self._stream}", asked, _Got)
        except LogError as error:
            if isinstance(error.__cause__, NoRespondersError):
                return None
            raise
        if got.error is not None and got.error.code != _NOT_FOUND:
            raise LogError(f"The object store gives nothing: {got.error.description}.")
        return got.message

    async def publish(
        self, subject: str, payload: bytes, headers: Mapping[str, str] = MappingProxyType({})
    ) -> int:
        """Store a message; return its number, or 0 if the last one is not what a header expects."""
        try:
            answer = await self._link.client.request(
                subject, payload, timeout=ASK_SECONDS, headers=dict(headers) or None
            )
        except (NatsError, OSError) as error:
            raise unreached(error) from error
        published = decoded(answer, _Published)
        if published.error is not None and published.error.err_code == _IS_NOT_LAST:
            return 0
        if published.error is not None:
            raise LogError(f"The object store takes nothing: {published.error.description}.")
        return published.seq

    async def counts(self, pattern: str) -> dict[str, int]:
        """Return the subjects that are like this, with how many messages each has."""
        asked = {"subjects_filter": pattern}
        found = await self._link.ask(f"STREAM.INFO.{self._stream}", asked, Stream)
        if found.error is not None and found.error.code != _NOT_FOUND:
            raise LogError(f"The object store counts nothing: {found.error.description}.")
        return found.state.subjects

    async def purge(self, subject: str, before: int | None = None) -> None:
        """Remove the messages of a subject, those whose numbers are below this one if given."""
        asked = {"filter": subject} if before is None else {"filter": subject, "seq": before}
        answer = await self._link.ask(f"STREAM.PURGE.{self._stream}", asked, Answer)
        if answer.error is not None:
            raise LogError(f"The object store removes nothing: {answer.error.description}.")


class StreamChunks:
    """The bytes of files in that stream (log/chunks.py)."""

    where: Final = ""

    def __init__(self, stream: ObjectStream) -> None:
        self._stream = stream
        self._lead = f"$O.{stream.bucket}.C."

    @property
    def chunk_bytes(self) -> int:
        """As long as NATS's own tools make one, if the servers take that."""
        return min(CHUNK_BYTES, self._stream.payload_bytes_max)

    async def put(self, id_: str, number: int, chunk: bytes) -> None:
        """Append it: as one comes after the other, they stand in order, and none is there twice."""
        del number
        await self._stream.publish(self._lead + id_, chunk)

    async def get(self, id_: str, count: int) -> AsyncIterator[bytes]:
        """Yield the messages of the subject."""
        number = 1
        for _ in range(count):
            chunk = await self._stream.message(seq=number, next_by_subj=self._lead + id_)
            if chunk is None:
                return
            yield chunk.data
            number = chunk.seq + 1

    async def count(self, id_: str) -> int:
        """Return how many messages the subject has."""
        return (await self._stream.counts(self._lead + id_)).get(self._lead + id_, 0)

    async def ids(self, key: str) -> list[str]:
        """Return what stands in subjects where ids do."""
        found = await self._stream.counts(f"{self._lead}{key}.*")
        return [subject.removeprefix(self._lead) for subject in found]

    async def drop(self, id_: str) -> None:
        """Purge the subject."""
        await self._stream.purge(self._lead + id_)
