"""Pictures as half blocks: each cell shows two pixels, one above the other."""

import math
from typing import NamedTuple

from rich.color import Color
from rich.style import Style
from rich.text import Text

from hubbub.tui.pictures.decoding import decoded

_OPAQUE = 128
_UPPER, _LOWER = "▀", "▄"

Pixel = tuple[int, int, int] | None
"""Red, green and blue; None where what is behind the picture is seen."""


class Extent(NamedTuple):
    """Of a picture, in cells."""

    columns: int
    rows: int


def extent_of(width: int, height: int, columns: int, rows: int) -> Extent:
    """Return how large a picture of so many pixels is in the cells that there are at most.

    A small one does not grow: half a cell is a pixel.
    """
    scale = min(columns / max(width, 1), 2 * rows / max(height, 1), 1.0)
    needed = math.ceil(height * scale / 2)
    return Extent(max(int(width * scale), 1), max(min(needed, rows), 1))


def drawn(raw: bytes, columns: int, rows: int) -> list[Text]:
    """Return a picture in rows of text, as large as fits; raise HubbubError if it is none."""
    picture = decoded(raw)
    extent = extent_of(picture.width, picture.height, columns, rows)
    small = picture.resize((extent.columns, 2 * extent.rows))
    data = small.tobytes()
    stride = 4 * extent.columns
    lines = [data[start : start + stride] for start in range(0, len(data), stride)]
    return [_row(_pixels(lines[at]), _pixels(lines[at + 1])) for at in range(0, len(lines), 2)]


def _pixels(line: bytes) -> list[Pixel]:
    return [
        (line[at], line[at + 1], line[at + 2]) if line[at + 3] >= _OPAQUE else None
        for at in range(0, len(line), 4)
    ]


def _row(upper: list[Pixel], lower: list[Pixel]) -> Text:
    row = Text(no_wrap=True, end="")
    for above, below in zip(upper, lower, strict=True):
        if above is not None:
            row.append(_UPPER, Style(color=_color(above), bgcolor=_color(below)))
        elif below is not None:
            row.append(_LOWER, Style(color=_color(below)))
        else:
            row.append(" ")
    return row


def _color(pixel: Pixel) -> Color | None:
    return None if pixel is None else Color.from_rgb(*pixel)
