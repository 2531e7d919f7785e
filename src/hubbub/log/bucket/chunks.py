"""The bytes of files in a bucket, each chunk an object of its own: PREFIX/CHATROOM/HASH/TOKEN/N.

There are no multipart uploads. What one leaves that was broken off is shown by no list of a bucket,
stays, and costs money; a chunk is there or not, is seen, and can be removed. A request that fails
is repeated a few times, so of a long file only the chunk that failed goes once more.
"""

import os
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from hubbub.chat.errors import ConfigError, LogError
from hubbub.log.bucket.address import BucketAddress
from hubbub.log.bucket.refusals import refusal
from hubbub.log.bucket.threads import in_thread

CHUNK_BYTES: Final = 4_194_304

CONNECT_SECONDS: Final = 5
REQUEST_SECONDS: Final = 60
"""A chunk in that time is 0.6 Mbit/s."""

RETRY_SECONDS: Final = 10.0
RETRIES_MAX: Final = 10
PAUSE_SECONDS: Final = (0.5, 2.0)
"""Before a request is repeated, the first time and later, by chance up to so much."""

TRIED: Final = "hubbub-try"
TOKEN_BYTES: Final = 9

_TOKENS: Final = ("AWS_SESSION_TOKEN", "AWS_TOKEN")

T = TypeVar("T")


class Bucket:
    """A bucket of an S3-compatible store, as a place of bytes (log/chunks.py).

    Raises ConfigError for what the environment says beside the address.
    """

    chunk_bytes: Final = CHUNK_BYTES

    def __init__(self, address: BucketAddress) -> None:
        self.where = address.where
        self._address = address
        # What the environment says of these as well counts only as far as `address` took it up.
        if address.key_id and not address.token:
            for name in _TOKENS:  # of another key: the client would take it from there
                os.environ.pop(name, None)
        try:
            self._store = S3Store(
                address.bucket,
                prefix=address.prefix or None,
                config={
                    "region": address.region,
                    "disable_bulk_delete": True,  # not every store has it
                    **({"aws_endpoint_url_s3": address.endpoint} if address.endpoint else {}),
                    **({"access_key_id": address.key_id} if address.key_id else {}),
                    **({"secret_access_key": address.key} if address.key_id else {}),
                    **({"session_token": address.token} if address.token else {}),
                },
                client_options={
                    "allow_http": address.endpoint.startswith("http:"),
                    "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                    "timeout": timedelta(seconds=REQUEST_SECONDS),
                },
                retry_config={
                    "max_retries": RETRIES_MAX,
                    "retry_timeout": timedelta(seconds=RETRY_SECONDS),
                    "backoff": {
                        "init_backoff": timedelta(seconds=PAUSE_SECONDS[0]),
                        "max_backoff": timedelta(seconds=PAUSE_SECONDS[1]),
                    },
                },
            )
        except BaseError:
            raise ConfigError(
                "What the environment says of S3 cannot be used. Correct the variables whose names "
                "begin with AWS_, or remove them."
            ) from None

    async def try_out(self) -> bool:
        """Do once all that is done with files; raise LogError, with a remedy, if it cannot be done.

        Returns whether the bucket keeps former versions of what is removed.
        """
        id_ = f"{TRIED}.{secrets.token_hex(TOKEN_BYTES)}"
        version = await self._put(id_, 0, b"hubbub")
        came = [chunk async for chunk in self.get(id_, 1)]
        if came != [b"hubbub"] or id_ not in await self.ids(TRIED):
            raise LogError(f"{self._address.host} did not give back what was stored there.")
        await self.drop(id_)
        return version is not None

    async def put(self, id_: str, number: int, chunk: bytes) -> None:
        """Store an object."""
        await self._put(id_, number, chunk)

    async def _put(self, id_: str, number: int, chunk: bytes) -> str | None:
        name = _name(id_, number)
        put = partial(obstore.put, self._store, name, chunk, use_multipart=False)
        return (await self._done(put))["version"]

    async def get(self, id_: str, count: int) -> AsyncIterator[bytes]:
        """Yield what the objects hold, up to one that is not there or is no chunk."""
        for number in range(count):
            chunk = await self._done(partial(self._chunk, _name(id_, number)))
            if chunk is None:
                return
            yield chunk

    def _chunk(self, name: str) -> bytes | None:
        try:
            found = obstore.get(self._store, name)
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise
            return None
        return bytes(found.bytes()) if found.meta["size"] <= CHUNK_BYTES else None

    async def count(self, id_: str) -> int:
        """Return how many objects there are under an id."""
        return len(await self._names(_name(id_)))

    async def ids(self, key: str) -> list[str]:
        """Return the folders, as it were, in that of a file."""
        found = await self._names(_name(key))
        return list({name.rpartition("/")[0].replace("/", ".") for name in found})

    async def drop(self, id_: str) -> None:
        """Delete the objects under an id."""
        if names := await self._names(_name(id_)):
            await self._done(partial(obstore.delete, self._store, names))

    async def _names(self, beginning: str) -> list[str]:
        """Return the names of all objects in a folder, as it were."""
        found = await self._done(obstore.list(self._store, beginning).collect)
        return [one["path"] for one in found]

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            return await in_thread(work)
        except (BaseError, OSError, ValueError) as error:
            raise refusal(self._address, error) from None  # its text is not for a journal


def _name(id_: str, number: int | None = None) -> str:
    """Return the name of an object, or what those of an id begin with."""
    folder = id_.replace(".", "/")
    return folder if number is None else f"{folder}/{number:06}"
