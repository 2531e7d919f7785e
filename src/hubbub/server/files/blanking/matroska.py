"""WebM and Matroska: files of elements (RFC 8794 and 9559).

Tags, attachments, titles and dates become void elements of the same size.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from hubbub.server.files.blanking.blank import Blank, Bytes, within

_SEGMENT: Final = 0x18538067
_INFO: Final = 0x1549A966
_VOID: Final = 0xEC
_CRC: Final = 0xBF
_TELLING: Final = frozenset(
    (
        *(0x1254C367, 0x1941A469),  # tags and attachments
        *(0x7BA9, 0x4461, 0x7384, 0x3C83AB, 0x3E83BB),  # title, date, names of files
    )
)
_ELEMENTS_MAX: Final = 100_000


class _Element(NamedTuple):
    id: int
    at: int
    body: int
    end: int


def blanks(raw: Bytes) -> Iterator[Blank]:
    """Yield what is to be blanked of a file of elements."""
    for top in _inside(raw, 0, len(raw)):
        if top.id != _SEGMENT:
            continue
        for element in _inside(raw, top.body, top.end):
            yield from _blank(element)
            if element.id == _INFO:
                yield from _of_info([*_inside(raw, element.body, element.end)])


def _of_info(elements: Sequence[_Element]) -> Iterator[Blank]:
    is_telling = any(one.id in _TELLING for one in elements)
    for one in elements:
        if one.id == _CRC and is_telling:  # it would be wrong
            yield from _voided(one)
        else:
            yield from _blank(one)


def _blank(element: _Element) -> Iterator[Blank]:
    if element.id == _VOID:
        yield Blank(element.body, element.end - element.body)
    elif element.id in _TELLING:
        yield from _voided(element)


def _voided(element: _Element) -> Iterator[Blank]:
    size = element.end - element.at
    length_bytes = 1 if size - 2 < 0x7F else 8
    rest = size - 1 - length_bytes
    length = (rest | 1 << 7 * length_bytes).to_bytes(length_bytes)
    yield Blank(element.at, size, bytes((_VOID,)) + length)


def _inside(raw: Bytes, at: int, end: int) -> Iterator[_Element]:
    """Yield elements; one of unknown length, as in what was recorded live, is the last."""
    for _ in range(_ELEMENTS_MAX):
        if at >= end:
            return
        id_, after = _number(raw, at, keeps_marker=True)
        size, body = _number(raw, after, keeps_marker=False)
        is_open = size == (1 << 7 * (body - after)) - 1
        upto = end if is_open else body + size
        if upto > end:
            raise ValueError("an element is longer than what it is in")
        yield _Element(id_, at, body, upto)
        at = upto
    raise ValueError("there are too many elements")


def _number(raw: Bytes, at: int, *, keeps_marker: bool) -> tuple[int, int]:
    """Return a number of variable length, and where it ends."""
    first = raw[at]
    length = 9 - first.bit_length()
    if not first:
        raise ValueError("a number that is too long")
    within(raw, at, length)
    value = int.from_bytes(raw[at : at + length])
    return value if keeps_marker else value & (1 << 7 * length) - 1, at + length
