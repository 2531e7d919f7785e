"""Pictures as terminals take them that can draw: kitty's protocol, iTerm2's, and sixels.

What is written moves no cursor, and asks for no answer: that would come among the user's keys.
"""

from __future__ import annotations

import io
from base64 import b64encode
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from hubbub.tui.pictures.blocks import Extent
from hubbub.tui.pictures.decoding import decoded
from hubbub.tui.pictures.means import Means

if TYPE_CHECKING:
    from PIL.Image import Image

KITTY_ID = 0x68756262
"""Of the one picture that is shown."""

_KITTY_CHUNK = 4096
_SIXEL_COLORS = 255
_SIXEL_ROWS = 6
_SIXEL_ZERO = 63
_PERCENT = 100


class Cell(NamedTuple):
    """The pixels of a cell."""

    width: int = 10
    height: int = 20


class Graphic(NamedTuple):
    """What a terminal is told where the picture is to begin, and the cells that it takes."""

    sequence: str
    extent: Extent


def drawn(means: Means, raw: bytes, columns: int, rows: int, cell: Cell) -> Graphic:
    """Return a picture as large as fits; raise HubbubError if it is none."""
    picture = decoded(raw)
    scale = min(columns * cell.width / picture.width, rows * cell.height / picture.height, 1.0)
    width, height = max(int(picture.width * scale), 1), max(int(picture.height * scale), 1)
    picture = picture.resize((width, height))
    extent = Extent(-(-width // cell.width), -(-height // cell.height))
    if means is Means.SIXEL:
        return Graphic(sixels(picture), extent)
    tell = kitty if means is Means.KITTY else iterm2
    return Graphic(tell(_png(picture), extent), extent)


def _png(picture: Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=3)
    return written.getvalue()


def kitty(png: bytes, extent: Extent) -> str:
    """Return what kitty's protocol says (https://sw.kovidgoyal.net/kitty/graphics-protocol)."""
    data = b64encode(png).decode()
    chunks = [data[at : at + _KITTY_CHUNK] for at in range(0, len(data), _KITTY_CHUNK)]
    keys = f"a=T,f=100,i={KITTY_ID},q=2,C=1,c={extent.columns},r={extent.rows},"
    told = ""
    for number, chunk in enumerate(chunks, start=1):
        told += f"\x1b_G{keys if number == 1 else ''}m={int(number < len(chunks))};{chunk}\x1b\\"
    return told


def iterm2(png: bytes, extent: Extent) -> str:
    """Return what iTerm2's protocol says (https://iterm2.com/documentation-images.html)."""
    about = f"inline=1;size={len(png)};width={extent.columns};height={extent.rows}"
    return f"\x1b]1337;File={about};preserveAspectRatio=1:{b64encode(png).decode()}\x07"


def removed(means: Means) -> str:
    """Return what takes the picture away, where it does not go with the cells below it."""
    return f"\x1b_Ga=d,d=I,i={KITTY_ID},q=2\x1b\\" if means is Means.KITTY else ""


def sixels(picture: Image) -> str:
    """Return a picture in bands of six rows, color by color (VT330/VT340 manual, chapter 14)."""
    opaque = picture.getchannel("A").point(lambda alpha: 255 * (alpha >= 128)).tobytes()
    flat = picture.convert("RGB").quantize(_SIXEL_COLORS)
    palette, colors = flat.getpalette() or [], flat.tobytes()
    width, height = flat.size
    told = [f'\x1bP0;1q"1;1;{width};{height}']
    for color in sorted(set(colors)):
        shares = (round(part * _PERCENT / 255) for part in palette[3 * color : 3 * color + 3])
        told.append(f"#{color};2;{';'.join(map(str, shares))}")
    for top in range(0, height, _SIXEL_ROWS):
        told += [_band(colors, opaque, width, top, min(top + _SIXEL_ROWS, height)), "-"]
    return "".join([*told, "\x1b\\"])


def _band(colors: bytes, opaque: bytes, width: int, top: int, bottom: int) -> str:
    columns: dict[int, bytearray] = {}
    for row in range(top, bottom):
        bit = 1 << (row - top)
        for column in range(width):
            at = row * width + column
            if opaque[at]:
                bits = columns.get(colors[at])
                if bits is None:
                    bits = columns[colors[at]] = bytearray(width)
                bits[column] |= bit
    return "$".join(f"#{color}{_packed(bits)}" for color, bits in sorted(columns.items()))


def _packed(bits: bytearray) -> str:
    """Return the sixels of a color in a band; what is repeated is told once."""
    told = []
    for sixel, group in groupby(bits.rstrip(b"\0")):
        count, char = len(list(group)), chr(_SIXEL_ZERO + sixel)
        told.append(f"!{count}{char}" if count > 3 else char * count)
    return "".join(told)
