"""Where lines break: between words and ideographs, never within a grapheme cluster."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text
from wcwidth import iter_graphemes

# Chinese and Japanese have no spaces: a line may end behind each character and what closes it.
_IDEOGRAPH = "[\u2e80-\u2fdf\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_CLOSING = "[\u3001\u3002\u300d\u300f\u3011\u300b\u3009\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f]"
_PIECE = re.compile(
    rf"{_IDEOGRAPH}[\ufe00-\ufe0f]?{_CLOSING}*\s*"
    rf"|(?:(?!{_IDEOGRAPH})\S)+\s*"
    r"|\s+"
)


def wrap(text: Text, width: int) -> list[Text]:
    """Return `text` in lines of at most `width` cells; spaces at a line's end may go beyond it."""
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        if cell_len(line.plain) <= width:
            lines.append(line)
        else:
            lines.extend(line.divide(_breaks(line.plain, max(width, 1))))
    return lines


def _breaks(line: str, width: int) -> Iterator[int]:
    """Yield the offsets at which `line` goes on in a new line."""
    column = 0
    for piece in _PIECE.finditer(line):
        word = piece[0].rstrip()
        cells = cell_len(word)
        if column and column + cells > width:
            yield piece.start()
            column = 0
        if cells > width:
            place = piece.start()
            for cluster in iter_graphemes(word):
                step = cell_len(cluster)
                if column and column + step > width:
                    yield place
                    column = 0
                column += step
                place += len(cluster)
            column += len(piece[0]) - len(word)
        else:
            column += cells + len(piece[0]) - len(word)
