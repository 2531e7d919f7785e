"""A part of a file that is to be written over."""

import mmap
from typing import NamedTuple

Bytes = bytes | mmap.mmap


class Blank(NamedTuple):
    """From `at` on, `size` bytes; `begins` is written there, and zeros behind it."""

    at: int
    size: int
    begins: bytes = b""

    @property
    def filled(self) -> bytes:
        """What is written."""
        return self.begins[: self.size].ljust(self.size, b"\0")

    def changes(self, raw: Bytes) -> bool:
        """Whether it changes anything of a file."""
        return raw[self.at : self.at + self.size] != self.filled


def within(raw: Bytes, at: int, size: int) -> int:
    """Return `at`; raise ValueError unless `size` bytes of the file stand there."""
    if not 0 <= at <= at + size <= len(raw):
        raise ValueError("it leads beyond its end")
    return at


def number(raw: Bytes, at: int, size: int, order: str = "big") -> int:
    """Return the number of so many bytes."""
    within(raw, at, size)
    return int.from_bytes(raw[at : at + size], "little" if order == "little" else "big")
