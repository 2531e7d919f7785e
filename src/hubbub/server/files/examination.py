"""Looks at one file in a process of its own: what it is, and if it is a picture, a smaller one.

    python -m hubbub.server.files.examination FILE CLEAN PREVIEW

Whatever somebody uploads may be made to harm whoever decodes it. So this process gets little time
and memory, and tells what it found as a line of JSON (`Found`). If it is killed, or finds a picture
that cannot be decoded, the file is one like any other, which is not shown.
"""

import io
import os
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import puremagic
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from hubbub.server.files.blanking import write_blanked
from hubbub.server.files.cleaning import KEEP_ORIENTATION, cleaned
from hubbub.server.files.found import ORDINARY, Found

CPU_SECONDS: Final = 20
MEMORY_BYTES: Final = 3 << 29
"""Of addresses: a WebP of `PIXELS_MAX` takes four times its pixels while it is decoded."""

PIXELS_MAX: Final = 64_000_000
"""More are no picture: a few kilobytes can unpack to gigabytes."""

PICTURE_BYTES_MAX: Final = 64_000_000

PREVIEW_PIXELS: Final = 1280
"""The longer side of a preview."""

PREVIEW_QUALITY: Final = 80
HEAD_BYTES: Final = 4096
TEXT_BYTES: Final = 65_536
"""How much of a file is looked at to see whether it is text."""

PLAIN_TEXT: Final = "text/plain"

_FORMATS: Final = {
    plugin.format: mime
    for plugin, mime in (
        (AvifImagePlugin.AvifImageFile, "image/avif"),
        (GifImagePlugin.GifImageFile, "image/gif"),
        (JpegImagePlugin.JpegImageFile, "image/jpeg"),
        (PngImagePlugin.PngImageFile, "image/png"),
        (WebPImagePlugin.WebPImageFile, "image/webp"),
    )
}
_SAME: Final = {"MPO": "JPEG"}
"""What many phones and cameras make: a JPEG, with more pictures behind its end."""

_ONE_NAME: Final = {
    "application/ogg": "audio/ogg",
    "application/x-matroska": "video/x-matroska",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
}
_CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r\f\x1b"})
_ORIENTATION: Final = 0x0112


def examine(path: Path, clean: Path, preview: Path) -> Found:
    """Return what a file is; of a picture, write what is to be kept, and a preview."""
    with path.open("rb") as file:
        head = file.read(TEXT_BYTES)
        if path.stat().st_size > PICTURE_BYTES_MAX:
            return _of_another(path, head, clean)
        # A decoder may raise anything for what is made to harm it.
        try:
            picture = Image.open(file, formats=list(_FORMATS))
        except UnidentifiedImageError:
            return _of_another(path, head, clean)
        except Exception:  # noqa: BLE001
            return Found(ORDINARY)
        stored, format_ = path.read_bytes(), picture.format or ""
        format_ = _SAME.get(format_, format_)
        try:
            return _of_picture(picture, format_, stored, clean, preview)
        except Exception:  # noqa: BLE001
            preview.unlink(missing_ok=True)
            return _not_shown(picture, format_, stored, clean)


def _of_another(path: Path, head: bytes, clean: Path) -> Found:
    """Return what a file is that is no picture which is shown, such as a film."""
    try:
        is_blanked = write_blanked(path, clean)
    except (OSError, MemoryError):  # it is too large for what this process may use
        clean.unlink(missing_ok=True)
        is_blanked = False
    return Found(_type_of(head), clean=is_blanked)


def _not_shown(picture: Image.Image, format_: str, stored: bytes, clean: Path) -> Found:
    """Return what a picture is that is too large to decode, or damaged: a file like any other.

    It tells no more of people than others do, as long as its parts can be told apart.
    """
    orientation = 1
    with suppress(Exception):
        orientation = _orientation(picture)
    try:
        kept = cleaned(format_, stored, orientation if format_ in KEEP_ORIENTATION else 1)
    except ValueError:
        return Found(ORDINARY)
    clean.write_bytes(kept)
    return Found(ORDINARY, clean=True)


def _orientation(picture: Image.Image) -> int:
    given = int(picture.getexif().get(_ORIENTATION, 1))
    return given if given in range(1, 9) else 1


def _of_picture(
    picture: Image.Image, format_: str, stored: bytes, clean: Path, preview: Path
) -> Found:
    width, height = picture.size
    if width * height > PIXELS_MAX:
        raise ValueError("too many pixels")
    orientation = _orientation(picture)
    is_turned = orientation in range(5, 9)
    if format_ == "JPEG":
        picture.draft("RGB", (PREVIEW_PIXELS, PREVIEW_PIXELS))  # decodes it smaller at once
    _write_preview(picture, preview)
    picture.close()  # two large ones at once would be too much
    kept = _kept(format_, stored, orientation)
    if kept != stored:
        clean.write_bytes(kept)
    return Found(
        _FORMATS[format_],
        width=height if is_turned else width,
        height=width if is_turned else height,
        preview=True,
        clean=kept != stored,
    )


def _write_preview(picture: Image.Image, preview: Path) -> None:
    """Write a smaller picture. It is made smaller first, in place: each copy takes memory."""
    picture.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
    upright = ImageOps.exif_transpose(picture)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    smaller = upright.convert("RGBA" if has_alpha else "RGB")
    smaller.info.clear()  # the profile would be kept with the preview, and whatever else there is
    smaller.save(preview, "WEBP", quality=PREVIEW_QUALITY)


def _kept(format_: str, stored: bytes, orientation: int) -> bytes:
    """Return a picture without anything else, as it was encoded if that is possible."""
    if orientation == 1 or format_ in KEEP_ORIENTATION:
        try:
            kept = cleaned(format_, stored, orientation)
            with Image.open(io.BytesIO(kept), formats=[format_]) as picture:
                picture.load()
        except (ValueError, OSError):
            pass
        else:
            return kept
    with Image.open(io.BytesIO(stored), formats=[format_]) as picture:
        upright = ImageOps.exif_transpose(picture)
        upright.info.clear()
        out = io.BytesIO()
        upright.save(out, format_, quality=90)
        return out.getvalue()


def _type_of(head: bytes) -> str:
    if _is_text(head) and not head.startswith(b"%PDF-"):
        return PLAIN_TEXT
    if head.startswith(b"PK\x03\x04"):  # the same for documents, books and programs
        return "application/zip"
    try:
        matches = puremagic.magic_string(head[:HEAD_BYTES])
    except (puremagic.PureError, ValueError):
        return ORDINARY
    best = next((one.mime_type for one in matches if one.mime_type), ORDINARY)
    if best in _FORMATS.values():  # it begins like a picture, and cannot be decoded or is too long
        return ORDINARY
    return _ONE_NAME.get(best, best)


def _is_text(head: bytes) -> bool:
    if head.translate(None, _CONTROLS) != head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and len(head) == TEXT_BYTES
    return True


def _restrain(path: Path) -> None:
    """Take little time and memory, where the system can see to that."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (there is none on Windows)

    os.nice(10)
    for what, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, max(2 * PICTURE_BYTES_MAX, path.stat().st_size)),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (limit, limit))
        except (OSError, ValueError):  # a system without it, or with a lower one
            continue


def main() -> None:
    """Say what the file is that is named on the command line."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # pixels are counted here
    path, clean, preview = map(Path, sys.argv[1:])
    _restrain(path)
    found = examine(path, clean, preview)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
