"""The previews of pictures: fetched one after another, kept for a while, drawn for the log.

The log asks for what it draws. What is not here is fetched then, the latest asked for first, and
drawn in a thread; `changed` has the log drawn anew. Those that cannot be had are left alone for a
while.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from rich.text import Text

from hubbub.chat.errors import HubbubError
from hubbub.chat.files import FileSummary
from hubbub.tui.pictures.blocks import Extent, drawn, extent_of

COLUMNS_MAX, ROWS_MAX = 44, 12
"""Of a picture in the log."""

KEPT_BYTES_MAX = 24_000_000
DRAWN_MAX = 200
WANTED_MAX = 40
AGAIN_SECONDS = 60.0

Key = tuple[str, int]


class Pictures:
    """`fetch` returns a file's preview; raises HubbubError."""

    def __init__(
        self, fetch: Callable[[FileSummary], Awaitable[bytes]], changed: Callable[[], None]
    ) -> None:
        self.changes = 0
        """How often what `rows` returns became something else."""
        self._fetch = fetch
        self._changed = changed
        self._raw: OrderedDict[str, bytes] = OrderedDict()
        self._drawn: OrderedDict[Key, list[Text]] = OrderedDict()
        self._wanted: OrderedDict[Key, FileSummary] = OrderedDict()
        self._failed: dict[str, float] = {}
        self._is_loading = False

    @property
    def has_wants(self) -> bool:
        """Whether anything is to be loaded that is not on its way."""
        return bool(self._wanted) and not self._is_loading

    def extent(self, file: FileSummary, columns: int) -> Extent | None:
        """Return how large a file is in the log, if it has a picture that can be had."""
        if not file.preview or not file.width or not file.height:
            return None
        if time.monotonic() < self._failed.get(file.id, 0.0):
            return None
        return extent_of(file.width, file.height, min(columns, COLUMNS_MAX), ROWS_MAX)

    def rows(self, file: FileSummary, columns: int) -> list[Text] | None:
        """Return the rows of a picture in the log; None: it is to be loaded first."""
        key = (file.id, min(columns, COLUMNS_MAX))
        if (found := self._drawn.get(key)) is not None:
            self._drawn.move_to_end(key)
            return found
        self._wanted[key] = file
        self._wanted.move_to_end(key)
        if len(self._wanted) > WANTED_MAX:
            self._wanted.popitem(last=False)
        return None

    async def load(self) -> None:
        """Load what is wanted, until nothing is."""
        if self._is_loading:
            return
        self._is_loading = True
        try:
            while self._wanted:
                key, file = self._wanted.popitem()
                await self._load(key, file)
                self.changes += 1
                self._changed()
        finally:
            self._is_loading = False

    async def _load(self, key: Key, file: FileSummary) -> None:
        try:
            raw = await self.raw(file)
            self._drawn[key] = await asyncio.to_thread(drawn, raw, key[1], ROWS_MAX)
        except HubbubError:
            self._failed[file.id] = time.monotonic() + AGAIN_SECONDS
        if len(self._drawn) > DRAWN_MAX:
            self._drawn.popitem(last=False)

    async def raw(self, file: FileSummary) -> bytes:
        """Return a preview as it came from the server; raise HubbubError."""
        found = self._raw.get(file.id)
        if found is None:
            found = self._raw[file.id] = await self._fetch(file)
        self._raw.move_to_end(file.id)
        while len(self._raw) > 1 and sum(map(len, self._raw.values())) > KEPT_BYTES_MAX:
            self._raw.popitem(last=False)
        return found
