"""Brings files into a copy, each compared with its hash on the way, from wherever they are.

A file is never changed once it has its name, so copies that stand on one disk share it: what an
earlier copy has is linked, not copied, if it is whole there.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from hubbub.server.files.store import READ_BYTES, Store, hash_of

REST_SECONDS_MAX = 1.0


class Pace:
    """Rests as long as the work since the last rest took: half of a disk's time is for others."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def rest(self) -> None:
        """Rest."""
        time.sleep(min(time.perf_counter() - self._since, REST_SECONDS_MAX))
        self._since = time.perf_counter()


class Found(Enum):
    """What became of a file that was to be brought."""

    WHOLE = "it is there"
    GONE = "is missing"
    DAMAGED = "is damaged"


class Bringing:
    """Brings files to `to`, from the first of `stores` that has them whole.

    `rest` is called after each piece; those of `shared` are linked where the disk can do that.
    """

    def __init__(
        self,
        to: Store,
        stores: Sequence[Store],
        rest: Callable[[], object],
        shared: Sequence[Store] = (),
    ) -> None:
        self._to = to
        self._stores = stores
        self._shared = shared
        self._rest = rest
        self._brought: dict[str, Found] = {}

    def bring(self, hash_: str) -> Found:
        """Bring a file and its preview, unless it has been brought; raise OSError."""
        found = self._brought.get(hash_, Found.GONE)
        if found is Found.GONE:
            found = self._brought[hash_] = self._bring(hash_)
        return found

    def _bring(self, hash_: str) -> Found:
        place = self._to.object(hash_)
        place.parent.mkdir(0o700, parents=True, exist_ok=True)
        found = Found.GONE
        for store in (*self._shared, *self._stores):
            try:
                is_whole = (store in self._shared and self._linked(store, hash_)) or (
                    self._copied(store.object(hash_), place) == hash_
                )
            except FileNotFoundError:
                continue
            if is_whole:
                with suppress(FileNotFoundError):  # few files have one
                    self._copied(store.preview(hash_), self._to.preview(hash_))
                return Found.WHOLE
            found = Found.DAMAGED
        return found

    def _linked(self, store: Store, hash_: str) -> bool:
        """Return whether the file is whole there, and a link to it was made."""
        if hash_of(store.object(hash_)) != hash_:
            return False
        self._rest()
        place = self._to.object(hash_)
        place.unlink(missing_ok=True)
        try:
            place.hardlink_to(store.object(hash_))
        except (OSError, NotImplementedError):  # another disk, or one that knows no links
            return False
        return True

    def _copied(self, path: Path, place: Path) -> str:
        """Copy a file and sync it; return its hash."""
        with path.open("rb") as file, _made(place) as made:
            digest = hashlib.sha256()
            while piece := file.read(READ_BYTES):
                digest.update(piece)
                made.write(piece)
                self._rest()
            made.flush()
            os.fsync(made.fileno())
        return digest.hexdigest()

    def drop_others(self, hashes: Iterable[str]) -> None:
        """Remove all that was brought and is not among these."""
        for hash_ in self._brought.keys() - hashes:
            self._to.remove(hash_)


def state_of(store: Store, hash_: str) -> Found:
    """Return whether a file is in a store as it was uploaded; raise OSError."""
    try:
        return Found.WHOLE if hash_of(store.object(hash_)) == hash_ else Found.DAMAGED
    except FileNotFoundError:
        return Found.GONE


def _made(place: Path) -> BinaryIO:
    """Open a new file that this account alone may read."""
    place.unlink(missing_ok=True)
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
