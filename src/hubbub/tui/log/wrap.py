"""Rich texts in lines of a width."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from hubbub.tui.breaking import breaks


def wrapped(text: Text, width: int) -> Iterator[tuple[Text, bool]]:
    """Yield `text` in rows of at most `width` cells; spaces at a row's end may go beyond it.

    With each row comes whether it begins a line, and does not go on with the one above.
    """
    for line in text.split("\n", allow_blank=True):
        if cell_len(line.plain) <= width:
            yield line, True
        else:
            offsets = breaks(line.plain, max(width, 1), hanging=True).offsets
            for number, row in enumerate(line.divide(offsets)):
                yield row, number == 0


def wrap(text: Text, width: int) -> list[Text]:
    """Return `text` in rows of at most `width` cells."""
    return [row for row, _ in wrapped(text, width)]
