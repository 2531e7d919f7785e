"""What a place must do that holds the bytes of files which the nodes of a stream have in common.

Which files there are, and which bytes are whose, the stream says alone (jetstream/objects.py). So a
place decides nothing, and two nodes never write the same: there need be no locks and no conditions
in it.
"""

from collections.abc import AsyncIterator
from typing import Protocol


class Chunks(Protocol):
    """Bytes in chunks, which are numbered from 0 on under an id.

    An id is KEY.TOKEN: the key is that of a file of one chatroom, and the token is new each time
    that the file is stored. An id has dots, letters, digits, '-' and '_'. All of this raises
    LogError if the place cannot be asked.
    """

    @property
    def where(self) -> str:
        """The name of the place, which stands with each file there; empty: the stream's servers."""

    @property
    def chunk_bytes(self) -> int:
        """How long a chunk may be; each of those that are asked for or put takes as much memory."""

    async def put(self, id_: str, number: int, chunk: bytes) -> None:
        """Have a chunk stored once this returns; the one before it has been."""

    def get(self, id_: str, count: int) -> AsyncIterator[bytes]:
        """Yield so many chunks in order; fewer if they are not all there."""

    async def count(self, id_: str) -> int:
        """Return how many chunks there are under an id."""

    async def ids(self, key: str) -> list[str]:
        """Return the ids with this key under which there are chunks, whoever put them."""

    async def drop(self, id_: str) -> None:
        """Remove all chunks under an id; they are gone once this returns."""
