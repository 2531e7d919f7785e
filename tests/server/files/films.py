"""Films and photos of boxes and elements, made by hand: they tell where they were taken."""

import struct

from tests.server.files.pictures import PLACE

TOLD = PLACE.encode()
POSITION = b"+52.5200+013.4050/"
SOUND = b"the sound itself"


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


def full(name: bytes, *content: bytes, version: int = 0) -> bytes:
    return box(name, bytes((version, 0, 0, 0)), *content)


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def track(handler: bytes, sizes: list[int], chunk: int) -> bytes:
    """Return a track of one chunk of samples."""
    samples = box(
        b"stbl",
        full(b"stsz", numbers(0, len(sizes), *sizes)),
        full(b"stsc", numbers(1, 1, len(sizes), 1)),
        full(b"stco", numbers(1, chunk)),
    )
    media = box(
        b"mdia",
        full(b"mdhd", numbers(3_800_000_000, 3_800_000_000, 1000, 5000), bytes(4)),
        full(b"hdlr", bytes(4), handler, bytes(12), b"\0"),
        box(b"minf", samples),
    )
    return box(
        b"trak",
        full(b"tkhd", numbers(3_800_000_000, 3_800_000_000, 1), bytes(68)),
        media,
        box(b"udta", TOLD),
    )


def film(brand: bytes = b"isom") -> bytes:
    """Return an MP4, or a MOV, with sound, positions, and a place in every part that has some."""
    ftyp = box(b"ftyp", brand, bytes(4))
    mdat = box(b"mdat", SOUND, POSITION, POSITION)
    at = len(ftyp) + 8
    moov = box(
        b"moov",
        full(b"mvhd", numbers(3_800_000_000, 3_800_000_000, 1000, 5000), bytes(80)),
        track(b"soun", [len(SOUND)], at),
        track(b"meta", [len(POSITION)] * 2, at + len(SOUND)),
        box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7", POSITION), full(b"meta", TOLD)),
        full(b"meta", box(b"keys", b"com.apple.quicktime.location.ISO6709"), TOLD),
    )
    return ftyp + mdat + moov + box(b"uuid", bytes(16), TOLD) + box(b"free", TOLD)


def photo_of_boxes(brand: bytes = b"heic") -> bytes:
    """Return a HEIC with EXIF and XMP, of which the latter stands among the items."""
    exif, xmp, picture = b"\0\0\0\0Exif" + TOLD, b"<x>" + TOLD + b"</x>", b"the picture"
    ftyp = box(b"ftyp", brand, bytes(4))

    def meta(at: int) -> bytes:
        def item(id_: int, method: int, offset: int, length: int) -> bytes:
            return struct.pack(">HHHHII", id_, method, 0, 1, offset, length)

        located = [
            item(1, 0, at, len(picture)),
            item(2, 0, at + len(picture), len(exif)),
            item(3, 1, 0, len(xmp)),
        ]
        kinds = ((1, b"hvc1"), (2, b"Exif"), (3, b"mime"))
        return full(
            b"meta",
            full(b"hdlr", bytes(4), b"pict", bytes(12), b"\0"),
            full(b"iloc", b"\x44\0", struct.pack(">H", 3), *located, version=1),
            full(
                b"iinf",
                struct.pack(">H", 3),
                *(full(b"infe", struct.pack(">HH", id_, 0), kind, b"\0", version=2)
                  for id_, kind in kinds),
            ),
            box(b"iprp", box(b"ipco", full(b"udes", TOLD))),
            box(b"idat", xmp),
        )  # fmt: skip

    at = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(at) + box(b"mdat", picture, exif)


def element(id_: int, *content: bytes) -> bytes:
    """Return an element of Matroska."""
    body = b"".join(content)
    return id_.to_bytes((id_.bit_length() + 7) // 8) + (len(body) | 1 << 56).to_bytes(8) + body


def webm() -> bytes:
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(
        0x18538067,
        element(
            0x1549A966, element(0x7BA9, TOLD), element(0x4461, bytes(8)), element(0x5741, b"x")
        ),
        element(0x1F43B675, SOUND),
        element(0x1254C367, TOLD),
        element(0xEC, TOLD),
    )
