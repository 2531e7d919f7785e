"""Keeps a log's files in sight: those that are open must be those that stand in the folder.

Whoever deletes a file, or puts another in its place, takes nothing from a program that has it open:
SQLite would go on to commit to a file that nobody will ever find again. And who copies another file
over it, or cuts it short, takes away what it held, of which SQLite knows nothing. So each commit
looks at what stands under the names, at the number that the file has (wal.py) and at the lengths,
before it begins and before it counts. Once something else stands there, nothing is committed any
more until the server is started again.

The event loop looks while the writer's thread writes. So the writer counts when it begins to make a
file shorter and when it has done so, and lengths between which the count has changed say nothing.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.wal import VERSION_AT, VERSION_BYTES, number_in

DATABASE = "hubbub.db"
WAL = "hubbub.db-wal"


class Sight:
    """Whether the files in `folder` are still those that were opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Before and after each commit: to join paths would take as long as to look.
        self._paths = {name: str(folder / name) for name in (DATABASE, WAL)}
        self._seen: dict[str, tuple[int, int]] = {}
        self._number = 0
        self._shortenings = 0  # odd while one is going on
        self._shortenings_seen = 0
        self._sizes: dict[str, int] = {}
        self._looking = Lock()  # two looks at once would compare with what each other saw
        # Kept for as long as there are connections: to close it would let go of their locks.
        self._descriptor: int | None = None
        self.wal_bytes = 0
        """How long the write-ahead log was at the last look."""
        self.lost = ""
        """Which file is not what it was, as a clause, once that was noticed."""

    def take(self) -> None:
        """Keep in mind which files stand there: they have just been opened."""
        with self.shortening():  # they may be other ones
            seen = {name: _status(path) for name, path in self._paths.items()}
            self._seen = {name: _identity(status) for name, status in seen.items() if status}
        if self._descriptor is None and hasattr(os, "pread"):
            self._descriptor = os.open(self._folder / DATABASE, os.O_RDONLY)

    def check(self, *, opening: bool = False) -> None:
        """Raise LogError if other files stand there than before.

        `opening`: a connection is about to be made, perhaps the only one. With the last one that
        was closed SQLite took the write-ahead log away, and will make another.
        """
        with self._looking:
            self._look(opening=opening)
        if self.lost:
            raise LogError(
                f"The log in {self._folder} is not the one that was opened: {self.lost}. Stop the "
                "server, put the files back that belong there, and start it again."
            )

    def _look(self, *, opening: bool) -> None:
        shortenings, known = self._shortenings, self._sizes  # before the look
        sizes = {}
        for name, identity in self._seen.items():
            status = _status(self._paths[name])
            if status and _identity(status) == identity:
                sizes[name] = status.st_size
            elif not self.lost and not (opening and name == WAL):
                self.lost = f"its {name} was deleted or replaced while the server was running"
        self.wal_bytes = sizes.get(WAL, 0)
        if not self.lost and self._is_older():
            self.lost = f"its {DATABASE} was overwritten while the server was running"
        if not self.lost and (cut := self._cut(sizes, known, shortenings)):
            self.lost = f"its {cut} was cut short while the server was running"

    def _is_older(self) -> bool:
        """Return whether the file has an older number than it had."""
        if self._descriptor is None:
            return False
        number = number_in(os.pread(self._descriptor, VERSION_BYTES, VERSION_AT))
        is_older = number is None or number < self._number
        self._number = number or 0
        return is_older

    @contextmanager
    def shortening(self) -> Iterator[None]:
        """Make a file shorter, or open it anew; for the writer's thread."""
        self._shortenings += 1
        try:
            yield
        finally:
            self._shortenings += 1

    def _cut(self, sizes: dict[str, int], known: dict[str, int], shortenings: int) -> str:
        """Return which file is shorter than was `known` when there were so many `shortenings`."""
        if shortenings % 2 or shortenings != self._shortenings:
            return ""
        if shortenings != self._shortenings_seen:
            known = {}
        self._sizes, self._shortenings_seen = sizes, shortenings
        return next((name for name in sizes if sizes[name] < known.get(name, 0)), "")

    def close(self) -> None:
        """Look no more: all connections are closed."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 (see `_paths`)
    except OSError:
        return None


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
