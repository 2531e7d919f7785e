"""TIFF: lists of entries, of which those are kept that say how the picture is to be drawn.

The raw photos of cameras are TIFF as well, and need what only their makers know: they stay as they
are (ValueError).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from hubbub.server.files.blanking.blank import Blank, Bytes, number, within

_NEEDED: Final = frozenset(
    (
        *(254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281),
        *(282, 283, 284, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324),
        *(325, 332, 334, 336, 338, 339, 340, 341, 346, 347, 512, 513, 514, 515, 517, 518, 519, 520),
        *(521, 529, 530, 531, 532, 32995, 32996, 32997, 32998, 34675, 50674),
    )
)
_OF_RAW_PHOTOS: Final = frozenset((330, 33421, 33422, 50656, 50706, 50752))
"""Pictures within pictures, patterns of filters, DNG, and how a CR2 is cut into slices."""

_COLOURS: Final = 262
_OF_SENSORS: Final = frozenset((32803, 34892))
"""Colours as they come through filters, or from the sensor as they are: PEF has no other sign."""

_LISTS: Final = frozenset((34665, 34853, 40965))
"""EXIF, GPS, and what EXIF has within."""

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_LISTS_MAX: Final = 1000
_DEPTH_MAX: Final = 3


class _Entry(NamedTuple):
    tag: int
    at: int
    value: int
    size: int


def blanks(raw: Bytes) -> Iterator[Blank]:
    """Yield what is to be blanked of a picture."""
    order = "little" if raw[:2] == b"II" else "big"
    at, seen = number(raw, 4, 4, order), set[int]()
    while at:
        if at in seen or len(seen) == _LISTS_MAX:
            raise ValueError("its lists lead in a circle")
        seen.add(at)
        entries, end = _entries(raw, at, order)
        if any(_is_of_raw_photo(raw, one, order) for one in entries):
            raise ValueError("it is the raw photo of a camera")
        kept = [raw[one.at : one.at + 12] for one in entries if one.tag in _NEEDED]
        following = raw[end : end + 4]
        count = len(kept).to_bytes(2, "little" if order == "little" else "big")
        yield Blank(at, end + 4 - at, b"".join((count, *kept, following)))
        for entry in entries:
            if entry.tag not in _NEEDED:
                yield from _value(raw, entry, order, _DEPTH_MAX)
        at = int.from_bytes(following, "little" if order == "little" else "big")


def _is_of_raw_photo(raw: Bytes, entry: _Entry, order: str) -> bool:
    if entry.tag == _COLOURS:
        return number(raw, entry.value, 2, order) in _OF_SENSORS
    return entry.tag in _OF_RAW_PHOTOS


def _entries(raw: Bytes, at: int, order: str) -> tuple[list[_Entry], int]:
    """Return the entries of a list, and where the address of the next list stands."""
    count = number(raw, at, 2, order)
    end = at + 2 + 12 * count
    within(raw, at, end + 4 - at)
    return [_entry(raw, place, order) for place in range(at + 2, end, 12)], end


def _entry(raw: Bytes, at: int, order: str) -> _Entry:
    size = _SIZES.get(number(raw, at + 2, 2, order), 0) * number(raw, at + 4, 4, order)
    value = at + 8 if size <= 4 else number(raw, at + 8, 4, order)
    return _Entry(number(raw, at, 2, order), at, value, size)


def _value(raw: Bytes, entry: _Entry, order: str, depth: int) -> Iterator[Blank]:
    """Yield what an entry says elsewhere; its own place is written over with its list."""
    if entry.tag in _LISTS and depth:
        at = number(raw, entry.at + 8, 4, order)
        entries, end = _entries(raw, at, order)
        for one in entries:
            yield from _value(raw, one, order, depth - 1)
        yield Blank(at, end + 4 - at)
    elif entry.size > 4:
        yield Blank(within(raw, entry.value, entry.size), entry.size)
