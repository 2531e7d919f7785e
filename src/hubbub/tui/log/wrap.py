"""Rich texts in lines of a width."""

from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from rich.text import Text

from hubbub.tui.breaking import breaks

HANGING_CELLS_MIN = 24
"""Where there are fewer, every cell is needed."""


def wrapped(text: Text, width: int) -> Iterator[tuple[Text, bool]]:
    """Yield `text` in rows of at most `width` cells; spaces at a row's end may go beyond it.

    With each row comes whether it begins a line, and does not go on with the one above.
    """
    return ((row, begins) for row, begins, _ in hung(text, width, {}))


def hung(text: Text, width: int, hangs: Mapping[int, int]) -> Iterator[tuple[Text, bool, int]]:
    """Yield rows as `wrapped` does, and by how many cells each is to be indented.

    `hangs`: how far, by the number of the line, what goes on in a new row stands to the right.
    """
    for number, line in enumerate(text.split("\n", allow_blank=True)):
        if cell_len(line.plain) <= width:
            yield line, True, 0
            continue
        hang = hangs.get(number, 0) if width >= HANGING_CELLS_MIN else 0
        if hang:
            first = breaks(line.plain, width, hanging=True).offsets[:1]
            begun, *rest = line.divide(first)
            yield begun, True, 0
            if not rest:
                continue
            (line,) = rest  # noqa: PLW2901 (what goes on)
        offsets = breaks(line.plain, max(width - hang, 1), hanging=True).offsets
        for place, row in enumerate(line.divide(offsets)):
            yield row, place == 0 and not hang, hang


def wrap(text: Text, width: int) -> list[Text]:
    """Return `text` in rows of at most `width` cells."""
    return [row for row, _ in wrapped(text, width)]
