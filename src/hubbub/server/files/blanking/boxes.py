"""MP4, MOV, HEIC and AVIF: files of boxes (ISO/IEC 14496-12 and 23008-12).

A box that is not known to be needed becomes a free one of the same size. So go `udta` and `meta` of
films, where phones write places and names, and XMP. Tracks of anything but pictures, sound, texts
and times, such as the positions that cameras record, become free with all their samples. Photos
have EXIF and XMP as items, whose bytes are written over.
"""

from collections.abc import Iterator
from itertools import repeat
from typing import Final, NamedTuple

from hubbub.server.files.blanking.blank import Blank, Bytes, number, within

_BOXES_MAX: Final = 10_000

_FREE: Final = (b"free", b"skip", b"wide")
_NEEDED: Final = {
    b"": b"ftyp moov mdat imda moof mfra sidx ssix styp meta mini".split(),
    b"moov": b"mvhd trak mvex iods cmov".split(),
    b"trak": b"tkhd mdia edts tref trgr tapt clip matt load imap".split(),
}
"""By what they are in; what is deeper than these stays."""

_TIMES: Final = (b"mvhd", b"tkhd", b"mdhd")
_OF_MEDIA: Final = b"vide soun text sbtl subt subp clcp tmcd auxv pict".split()
_TELLING_ITEMS: Final = (b"Exif", b"mime", b"uri ")
_NO_EXIF: Final = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"
"""EXIF without anything in it, behind the offset with which an item of it begins."""

_KEPT_BRANDS: Final = (b"crx ", b"M4A ", b"M4B ", b"M4P ")
"""Raw photos of cameras (CR3), which are nothing without what tells of them; songs and books, which
keep who made them."""


class _Box(NamedTuple):
    name: bytes
    at: int
    body: int
    end: int


def blanks(raw: Bytes) -> Iterator[Blank]:
    """Yield what is to be blanked of a file of boxes."""
    if raw[8:12] in _KEPT_BRANDS:
        return
    for box in _inside(raw, 0, len(raw)):
        match box.name:
            case b"moov":
                yield from _of_film(raw, box)
            case b"meta":
                yield from _of_photo(raw, box)
            case _:
                yield from _unless_needed(box, b"")


def _inside(raw: Bytes, at: int, end: int) -> Iterator[_Box]:
    for _ in range(_BOXES_MAX):
        if end - at < 8:  # QuickTime ends some lists with four zeros
            return
        size, body = number(raw, at, 4), at + 8
        if size == 1:
            size, body = number(raw, at + 8, 8), at + 16
        upto = end if size == 0 else at + size
        if not body <= upto <= end:
            raise ValueError("a box is longer than what it is in")
        yield _Box(raw[at + 4 : at + 8], at, body, upto)
        at = upto
    raise ValueError("there are too many boxes")


def _unless_needed(box: _Box, parent: bytes) -> Iterator[Blank]:
    if box.name in _FREE:
        yield Blank(box.body, box.end - box.body)
    elif box.name not in _NEEDED[parent]:
        yield from _freed(box)


def _freed(box: _Box) -> Iterator[Blank]:
    yield Blank(box.at + 4, 4, b"free")
    yield Blank(box.body, box.end - box.body)


# Films.


def _of_film(raw: Bytes, moov: _Box) -> Iterator[Blank]:
    for box in _inside(raw, moov.body, moov.end):
        yield from _times(raw, box)
        if box.name == b"trak":
            yield from _of_track(raw, box)
        else:
            yield from _unless_needed(box, b"moov")


def _times(raw: Bytes, box: _Box) -> Iterator[Blank]:
    """Yield when something was made and changed."""
    if box.name in _TIMES:
        yield Blank(within(raw, box.body + 4, 16), 16 if raw[box.body] else 8)


def _of_track(raw: Bytes, trak: _Box) -> Iterator[Blank]:
    mdia = _one(raw, trak, b"mdia")
    handler = _one(raw, mdia, b"hdlr")
    if raw[handler.body + 8 : handler.body + 12] not in _OF_MEDIA:
        yield from _samples(raw, _one(raw, _one(raw, mdia, b"minf"), b"stbl"))
        yield from _freed(trak)
        return
    for box in _inside(raw, trak.body, trak.end):
        yield from _times(raw, box)
        yield from _unless_needed(box, b"trak")
    for box in _inside(raw, mdia.body, mdia.end):
        yield from _times(raw, box)


def _one(raw: Bytes, parent: _Box, name: bytes) -> _Box:
    found = _any(raw, parent.body, parent.end, name)
    if found is None:
        raise ValueError(f"a box lacks its {name!r}")
    return found


def _any(raw: Bytes, at: int, end: int, name: bytes) -> _Box | None:
    return next((box for box in _inside(raw, at, end) if box.name == name), None)


def _samples(raw: Bytes, stbl: _Box) -> Iterator[Blank]:
    """Yield the samples of a track, chunk by chunk."""
    sizes = _sizes(raw, _one(raw, stbl, b"stsz"))
    runs = _one(raw, stbl, b"stsc")
    counts = _table(raw, runs.body + 4, 12)
    firsts = [number(raw, at, 4) for at in counts] + [1 << 32]
    per_chunk = [number(raw, at + 4, 4) for at in counts]
    run = 0
    for chunk, at in enumerate(_chunks(raw, stbl), 1):
        while firsts[run + 1] <= chunk:
            run += 1
        for _ in range(per_chunk[run]):
            if (size := next(sizes, None)) is None:
                return
            yield Blank(within(raw, at, size), size)
            at += size  # noqa: PLW2901 (the samples of a chunk follow each other)


def _table(raw: Bytes, at: int, entry_bytes: int) -> range:
    """Return where the entries of a table stand whose count is at `at`."""
    count = number(raw, at, 4)
    within(raw, at + 4, count * entry_bytes)
    return range(at + 4, at + 4 + count * entry_bytes, entry_bytes)


def _sizes(raw: Bytes, stsz: _Box) -> Iterator[int]:
    if same := number(raw, stsz.body + 4, 4):
        return repeat(same, min(number(raw, stsz.body + 8, 4), len(raw) // same))
    return (number(raw, at, 4) for at in _table(raw, stsz.body + 8, 4))


def _chunks(raw: Bytes, stbl: _Box) -> list[int]:
    large = _any(raw, stbl.body, stbl.end, b"co64")
    box, size = (large, 8) if large is not None else (_one(raw, stbl, b"stco"), 4)
    return [number(raw, at, size) for at in _table(raw, box.body + 4, size)]


# Photos.


def _of_photo(raw: Bytes, meta: _Box) -> Iterator[Blank]:
    inside = {box.name: box for box in _inside(raw, meta.body + 4, meta.end)}
    if b"iloc" not in inside or b"iinf" not in inside:  # of a film, for all of it
        yield from _freed(meta)
        return
    telling = {id_: kind for id_, kind in _items(raw, inside[b"iinf"]) if kind in _TELLING_ITEMS}
    idat = inside.get(b"idat")
    for id_, at, size in _extents(raw, inside[b"iloc"], None if idat is None else idat.body):
        if id_ in telling:
            begins = _NO_EXIF if telling[id_] == b"Exif" and size >= len(_NO_EXIF) else b""
            yield Blank(within(raw, at, size), size, begins)
    if b"uuid" in inside:
        yield from _freed(inside[b"uuid"])
    if (iprp := inside.get(b"iprp")) is not None:
        ipco = _one(raw, iprp, b"ipco")
        for box in _inside(raw, ipco.body, ipco.end):
            if box.name == b"udes":  # what somebody called and described the picture
                yield from _freed(box)


def _items(raw: Bytes, iinf: _Box) -> Iterator[tuple[int, bytes]]:
    count_bytes = 4 if raw[iinf.body] else 2
    for box in _inside(raw, iinf.body + 4 + count_bytes, iinf.end):
        version = raw[box.body]
        if box.name != b"infe" or version < 2:
            raise ValueError("an item of an old kind")
        id_bytes = 4 if version == 3 else 2
        kind = box.body + 4 + id_bytes + 2
        yield number(raw, box.body + 4, id_bytes), raw[kind : kind + 4]


def _extents(raw: Bytes, iloc: _Box, idat: int | None) -> Iterator[tuple[int, int, int]]:
    """Yield of each part of an item: the item's id, where it stands, and how long it is."""
    version, at = raw[iloc.body], iloc.body + 4
    offset_bytes, length_bytes = divmod(raw[at], 16)
    base_bytes, index_bytes = divmod(raw[at + 1], 16)
    id_bytes = 4 if version == 2 else 2
    count, at = number(raw, at + 2, id_bytes), at + 2 + id_bytes
    for _ in range(count):
        id_, at = number(raw, at, id_bytes), at + id_bytes
        method = 0
        if version:
            method, at = number(raw, at, 2) & 15, at + 2
        base, at = number(raw, at + 2, base_bytes), at + 2 + base_bytes
        extents, at = number(raw, at, 2), at + 2
        for _ in range(extents):
            at += index_bytes if version else 0
            offset, at = number(raw, at, offset_bytes), at + offset_bytes
            length, at = number(raw, at, length_bytes), at + length_bytes
            if method == 1 and idat is not None:
                yield id_, idat + base + offset, length
            elif method == 0:
                yield id_, base + offset, length
            else:
                raise ValueError("an item that is made of another one")
