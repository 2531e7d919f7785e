"""Takes out of pictures whatever is not the picture: places, cameras, dates, names, comments.

Photos tell where they were taken, and people do not expect that. Nothing is decoded and encoded
again here, so a picture loses no quality: only those parts are copied that are known to be needed.
What is not what its format says raises ValueError. A picture that ends too early ends there.

Loaded only in the process that looks at pictures (examination.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from hubbub.server.files.blanking import blanked

KEEP_ORIENTATION: Final = frozenset(("JPEG", "AVIF"))
"""AVIF does without EXIF."""

_JPEG_START: Final = b"\xff\xd8"
_JPEG_END: Final = b"\xff\xd9"
_END_OF_IMAGE: Final = 0xD9
_SCAN: Final = 0xDA
# Within a scan 0xff is followed by 0, by more of the same, or by the number of a restart.
_NEXT_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)
_TABLES: Final = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDD})
"""Frames, Huffman and arithmetic tables, quantization, restarts."""
_NEEDED_APPLICATIONS: Final = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))

_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split()
)

_WEBP_CHUNKS: Final = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"))
_WEBP_METADATA: Final = 0x08 | 0x04
"""The flags that say that there is EXIF, or XMP."""

_GIF_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def cleaned(format_: str, picture: bytes, orientation: int) -> bytes:
    """Return a picture without anything else; raise ValueError if it is not well-formed.

    `orientation` is how it is to be turned, 1 for not at all. Only those of `KEEP_ORIENTATION`
    keep another one.
    """
    try:
        return b"".join(_parts(format_, picture, orientation))
    except IndexError:
        raise ValueError("it ends in the midst of a part") from None


def _parts(format_: str, picture: bytes, orientation: int) -> Iterator[bytes]:
    match format_:
        case "JPEG":
            return _jpeg(picture, orientation)
        case "PNG":
            return _png(picture)
        case "WEBP":
            return _webp(picture)
        case "GIF":
            return _gif(picture)
        case "AVIF":
            return iter((blanked(picture),))
    raise ValueError(f"nothing is known of {format_}")


def _expect(is_so: object) -> None:
    if not is_so:
        raise ValueError("it is not what its format says")


def _jpeg(picture: bytes, orientation: int) -> Iterator[bytes]:
    _expect(picture.startswith(_JPEG_START))
    yield _JPEG_START
    if orientation != 1:
        yield _turned(orientation)
    at = len(_JPEG_START)
    while at + 2 <= len(picture):
        _expect(picture[at] == 0xFF)
        while picture[at : at + 1] == b"\xff":
            at += 1
        if at == len(picture):
            return
        marker = picture[at]
        at += 1
        if marker == _END_OF_IMAGE:
            yield _JPEG_END
            return  # whatever follows, such as a film or a second picture, is no part of it
        if at + 2 > len(picture):
            return
        end = at + int.from_bytes(picture[at : at + 2])
        _expect(at + 2 <= end)
        if marker == _SCAN:
            found = _NEXT_MARKER.search(picture, end)
            end = len(picture) if found is None else found.start()
        elif marker not in _TABLES and not any(
            marker == number and picture.startswith(name, at + 2)
            for number, name in _NEEDED_APPLICATIONS
        ):
            at = end
            continue
        yield bytes((0xFF, marker))
        yield picture[at:end]
        at = end


def _turned(orientation: int) -> bytes:
    """Return the EXIF that says how a picture is to be turned, and nothing else."""
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0" % orientation
    exif = b"Exif\0\0" + tiff
    return b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif


def _png(picture: bytes) -> Iterator[bytes]:
    _expect(picture.startswith(_PNG_START))
    yield _PNG_START
    at = len(_PNG_START)
    while at + 8 <= len(picture):
        name = picture[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(picture[at : at + 4])
        if name in _PNG_CHUNKS:
            yield picture[at:end]
        if name == b"IEND":
            return
        at = end


def _webp(picture: bytes) -> Iterator[bytes]:
    _expect(picture.startswith(b"RIFF") and picture[8:12] == b"WEBP")
    parts: list[bytes] = []
    at, whole = 12, min(len(picture), 8 + int.from_bytes(picture[4:8], "little"))
    while at + 8 <= whole:
        name, size = picture[at : at + 4], int.from_bytes(picture[at + 4 : at + 8], "little")
        end = at + 8 + size
        part = picture[at:end]
        if end <= len(picture):  # one that ends too early stays as it is
            part += b"\0" * (size % 2)
        if name == b"VP8X":
            _expect(size >= 10)
            part = part[:8] + bytes((part[8] & ~_WEBP_METADATA,)) + part[9:]
        if name in _WEBP_CHUNKS:
            parts.append(part)
        at = end + size % 2
    body = b"WEBP" + b"".join(parts)
    yield b"RIFF" + len(body).to_bytes(4, "little") + body


def _gif(picture: bytes) -> Iterator[bytes]:
    _expect(picture[:6] in {b"GIF87a", b"GIF89a"})
    at = 13 + _colours(picture[10])
    yield picture[:at]
    while at < len(picture):
        introducer = picture[at]
        if introducer == 0x3B:  # the end
            yield b"\x3b"
            return
        if introducer == 0x2C:  # a picture
            body = at + 10 + _colours(picture[at + 9]) + 1
            end = _end_of_blocks(picture, body)
            is_needed = True
        else:
            _expect(introducer == 0x21)
            label = picture[at + 1]
            is_loop = label == 0xFF and picture[at + 3 : at + 14] in _GIF_LOOPS
            is_needed = label == 0xF9 or is_loop
            end = _end_of_blocks(picture, at + 2)
        if is_needed:
            yield picture[at:end]
        at = end


def _colours(flags: int) -> int:
    """Return how many bytes a table of colours has, if these flags say that there is one."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(picture: bytes, at: int) -> int:
    while at < len(picture) and (size := picture[at]):
        at += 1 + size
    return at + 1
