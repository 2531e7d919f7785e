"""A log that fails for a while, on purpose."""

from collections.abc import Container, Sequence

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Edited, Entry, Message, Page
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.log.memory import MemoryLog


class MoodyLog(MemoryLog):
    """Fails at the writes and at the reads with these numbers, each counted from 1."""

    def __init__(self, writes: Container[int] = (), reads: Container[int] = ()) -> None:
        super().__init__()
        self.failing_writes = writes
        self.failing_reads = reads
        self.writes = 0
        self.reads = 0

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        self.writes += 1
        if self.writes in self.failing_writes:
            raise LogError("It does not write just now.")
        return await super().append(drafts)

    def _read(self) -> None:
        self.reads += 1
        if self.reads in self.failing_reads:
            raise LogError("It does not read just now.")

    async def page(self, query: PageQuery) -> Page:
        self._read()
        return await super().page(query)

    async def search(self, query: SearchQuery, windows: int) -> Page:
        self._read()
        return await super().search(query, windows)

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        self._read()
        return await super().backlog(room, after, bytes_max)

    def said_in(self, room: str) -> list[str]:
        """Return the texts of a room's messages and edits, in order."""
        events = self._rooms.get(room, [])
        return [event.text for event in events if isinstance(event, Message | Edited)]
