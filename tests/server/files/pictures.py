"""Pictures for tests, and such as nobody should decode."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

PLACE = "at home in the kitchen"


def with_exif(picture: Image.Image, orientation: int = 1) -> Image.Exif:
    """Return EXIF with a place, a camera and an orientation."""
    exif = picture.getexif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE
    exif[0x0110] = "A Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return exif


def photo(
    format_: str = "JPEG", *, size: tuple[int, int] = (64, 48), orientation: int = 1
) -> bytes:
    """Return a picture that tells where it was taken, in every way its format knows."""
    picture = Image.radial_gradient("L").resize(size).convert("P" if format_ == "GIF" else "RGB")
    out = io.BytesIO()
    exif = with_exif(picture, orientation)
    match format_:
        case "PNG":
            text = PngImagePlugin.PngInfo()
            text.add_text("Comment", PLACE)
            text.add_itxt("XML:com.adobe.xmp", f"<x>{PLACE}</x>")
            picture.save(out, format_, exif=exif, pnginfo=text)
        case "GIF":
            other = picture.rotate(90)
            picture.save(
                out, format_, save_all=True, append_images=[other], loop=0, comment=PLACE.encode()
            )
        case "WEBP":
            picture.save(out, format_, exif=exif, xmp=f"<x>{PLACE}</x>".encode())
        case _:
            picture.save(out, format_, exif=exif, comment=PLACE.encode(), quality=90)
    made = out.getvalue()
    assert PLACE.encode() in made
    return made


def with_pixels(jpeg: bytes, size: tuple[int, int]) -> bytes:
    """Return a JPEG whose frame says that it has another size."""
    frame = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:frame] + struct.pack(">HH", size[1], size[0]) + jpeg[frame + 4 :]


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def bomb(width: int = 40_000, height: int = 40_000) -> bytes:
    """Return a PNG of a few kilobytes that would unpack to gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(3 * 1000)
    packed = b"".join(packer.compress(row) for _ in range(2000)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
