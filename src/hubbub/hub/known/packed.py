"""Packed tables of people who are known: nearly all of them are not here."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import Final

_NUMBER_BITS: Final = 28
_NUMBER: Final = (1 << _NUMBER_BITS) - 1
_HASH: Final = (1 << 64 - _NUMBER_BITS) - 1


class Index:
    """Numbers by key, 8 bytes for each. A key may lead to several.

    It keeps no keys, only a part of their hashes, which nobody can foresee. So callers must check
    that what they find has the key; nearly always it has.
    """

    def __init__(self) -> None:
        self._entries = array("Q")  # hash and number
        self._is_sorted = True

    def add(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Have keys lead to numbers."""
        self._entries.extend(
            [(hash(key) & _HASH) << _NUMBER_BITS | number for key, number in pairs]
        )
        self._is_sorted = False

    def sort(self) -> None:
        """Sort what was added."""
        if not self._is_sorted:
            self._entries, self._is_sorted = array("Q", sorted(self._entries)), True

    def find(self, key: str) -> Iterator[int]:
        """Yield the numbers to which a key may lead, the highest first."""
        self.sort()
        low = (hash(key) & _HASH) << _NUMBER_BITS
        place = bisect_left(self._entries, low + _NUMBER + 1)
        while place and (entry := self._entries[place - 1]) >= low:
            yield entry & _NUMBER
            place -= 1


class Rows:
    """Bytes by key and by number, which counts them from 0 on. None of them ever goes.

    No key holds the character NUL.
    """

    def __init__(self) -> None:
        self._index = Index()
        self._packed = bytearray()
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, keys: Sequence[str], rows: Iterable[bytes]) -> None:
        """Put rows behind the others, each with its key."""
        first = len(self._ends)
        packed = [b"%b\0%b" % (key.encode(), row) for key, row in zip(keys, rows, strict=True)]
        ends = accumulate(map(len, packed), initial=len(self._packed))
        self._ends.extend(islice(ends, 1, None))
        self._packed += b"".join(packed)
        assert len(self._ends) <= _NUMBER, "a higher number would change the hash beside it"
        self._index.add(zip(keys, range(first, first + len(keys)), strict=True))

    def sort(self) -> None:
        """Sort the index, as the first look-up would."""
        self._index.sort()

    def key(self, number: int) -> str:
        """Return the key of a row."""
        return self._parts(number)[0].decode()

    def get(self, key: str) -> bytes | None:
        """Return the newest row with this key, None if there is none."""
        wanted = key.encode()
        for number in self._index.find(key):
            found, row = self._parts(number)
            if found == wanted:
                return row
        return None

    def _parts(self, number: int) -> tuple[bytes, bytes]:
        start = self._ends[number - 1] if number else 0
        found, _, row = bytes(self._packed[start : self._ends[number]]).partition(b"\0")
        return found, row
