"""Rich texts as the strips of cells that Textual puts on the screen."""

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

_CONSOLE = Console()
"""Rich wants one wherever text becomes segments; nothing is ever printed on it."""


def strip_of(line: Text, width: int, base: Style) -> Strip:
    """Return a line in exactly `width` cells; `base` is the style of what has none of its own."""
    own = _CONSOLE.get_style(line.style)
    segments = Segment.apply_style(line.render(_CONSOLE, end=""), own)
    return Strip(segments).adjust_cell_length(width).apply_style(base)
