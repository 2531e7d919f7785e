"""Blanks what tells of people in films, and in photos of formats that are not taken apart.

A film is copied as it is, and then written over in places: nothing moves, so nothing in it that
says where something stands need be found and changed. What is not what its format says raises
ValueError, and then the file is kept as it came.
"""

import mmap
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from hubbub.server.files.blanking import boxes, matroska, tiff
from hubbub.server.files.blanking.blank import Blank, Bytes

OVERLAP_MAX: Final = 4
"""How many times a byte may be part of something."""

_BEGINNINGS: Final[tuple[tuple[int, bytes, Callable[[Bytes], Iterator[Blank]]], ...]] = (
    (4, b"ftyp", boxes.blanks),
    (0, b"\x1a\x45\xdf\xa3", matroska.blanks),
    (0, b"II*\0", tiff.blanks),
    (0, b"MM\0*", tiff.blanks),
)
_DAMAGED: Final = (ValueError, IndexError, RecursionError)


def blanks_in(raw: Bytes) -> Sequence[Blank]:
    """Return what is to be blanked; raise ValueError if the file is not well-formed."""
    for at, beginning, blanks in _BEGINNINGS:
        if raw[at : at + len(beginning)] == beginning:
            try:
                return [one for one in _bounded(blanks(raw), len(raw)) if one.changes(raw)]
            except _DAMAGED as error:
                raise ValueError(str(error)) from None
    return []


def _bounded(blanks: Iterator[Blank], size: int) -> Iterator[Blank]:
    """Yield what is to be blanked; a file whose parts lie on each other takes no longer."""
    left = OVERLAP_MAX * size
    for one in blanks:
        left -= one.size + 1
        if left < 0:
            raise ValueError("its parts lie on each other")
        yield one


def blanked(raw: bytes) -> bytes:
    """Return a file without what tells of people; raise ValueError if it is not well-formed."""
    kept = bytearray(raw)
    for one in blanks_in(raw):
        kept[one.at : one.at + one.size] = one.filled
    return bytes(kept)


def write_blanked(path: Path, clean: Path) -> bool:
    """Write a copy without what tells of people, if anything does; return whether it does."""
    with path.open("rb") as file, suppress(ValueError):
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            found = blanks_in(raw)
        if found:
            shutil.copyfile(path, clean)
            with clean.open("r+b") as copy:
                for one in found:
                    copy.seek(one.at)
                    copy.write(one.filled)
            return True
    return False
