"""Rich texts in lines of a width."""

from rich.cells import cell_len
from rich.text import Text

from hubbub.tui.breaking import breaks


def wrap(text: Text, width: int) -> list[Text]:
    """Return `text` in lines of at most `width` cells; spaces at a line's end may go beyond it."""
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        if cell_len(line.plain) <= width:
            lines.append(line)
        else:
            lines.extend(line.divide(breaks(line.plain, max(width, 1), hanging=True).offsets))
    return lines
