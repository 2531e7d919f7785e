"""Where a line goes on in a new row: between words and ideographs, never within a cluster. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from wcwidth import iter_graphemes

# Chinese and Japanese have no spaces: a row may end behind each character and what closes it.
_IDEOGRAPH = "[\u2e80-\u2fdf\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_CLOSING = "[\u3001\u3002\u300d\u300f\u3011\u300b\u3009\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f]"
_SPACES = r"[^\S\t]"
_PIECE = re.compile(
    rf"\t|{_IDEOGRAPH}{_CLOSING}*{_SPACES}*|(?:(?!{_IDEOGRAPH})\S)+{_SPACES}*|{_SPACES}+"
)


class Breaks(NamedTuple):
    """The offsets at which a line goes on in a new row, and the cells that each tab takes."""

    offsets: list[int]
    tab_cells: list[int]


@lru_cache(maxsize=1024)
def breaks(line: str, width: int, *, tab_width: int = 1, hanging: bool = False) -> Breaks:
    """Break `line` into rows of `width` cells; 0 breaks nothing.

    `hanging`: spaces at a row's end may go beyond it, as in a text that is read, not written.
    """
    offsets: list[int] = []
    tab_cells: list[int] = []
    column = start = 0
    for piece in _pieces(line):
        word = piece.rstrip() if hanging else piece
        is_tab = piece == "\t"
        cells = tab_width - column % tab_width if is_tab else cell_len(word)
        if width and column and column + cells > width:
            offsets.append(start)
            column = 0
            cells = tab_width if is_tab else cells
        if is_tab:
            tab_cells.append(cells)
        if width and cells > width and not is_tab:
            place = start
            for cluster in iter_graphemes(word):
                step = cell_len(cluster)
                if column and column + step > width:
                    offsets.append(place)
                    column = 0
                column += step
                place += len(cluster)
        else:
            column += cells
        column += cell_len(piece[len(word) :])
        start += len(piece)
    return Breaks(offsets, tab_cells)


def _pieces(line: str) -> Iterator[str]:
    """Yield what stands in one row if it can: words, ideographs, tabs."""
    if line.isascii():
        yield from _PIECE.findall(line)
        return
    boundaries = set(accumulate(map(len, iter_graphemes(line))))
    piece = ""
    for found in _PIECE.finditer(line):
        piece += found[0]
        if found.end() in boundaries:  # else the next character belongs to this one
            yield piece
            piece = ""
