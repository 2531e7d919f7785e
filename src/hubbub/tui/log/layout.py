"""How one item of the log looks in so many columns: lines that the view puts on the screen."""

from datetime import date
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from hubbub.chat.names import same_name
from hubbub.desk.log import Item, Note, Pending, Said
from hubbub.tui.log.body import Body, FindMessage
from hubbub.tui.log.labels import clock, cut, does, speaker
from hubbub.tui.log.shape import Shape
from hubbub.tui.log.strips import strip_of
from hubbub.tui.log.words import Words
from hubbub.tui.looks import Looks
from hubbub.tui.pictures.store import Pictures

WIDE_COLUMNS = 60
"""From here on, names and times have columns of their own."""

TEXT_CELLS_MIN = 56
"""What names leave for the text where the log is as wide as a terminal of 80 columns."""

NAME_CELLS_MIN = 12
"""How long a name may be all the same before it is cut."""

_NAMES_SHARE = 3
"""The names take at most the third part of the width."""

_GAP = 2
"""The cells between names and text."""


class Context(NamedTuple):
    """What an item's looks depend on beside itself."""

    day: date | None = None
    """The day that begins with it."""
    heads: bool = True
    """Whether it tells who speaks: the first of a run."""
    tells_time: bool = True
    unread: bool = False
    """Whether the unread line stands above it."""
    below_hole: bool = False
    """Whether messages above it are not here yet."""
    begins: bool = False
    """Whether it is the very first of its room."""
    dropped: bool = False
    """Whether the room had others before it, which are kept no longer."""
    selected: bool = False


class Block(NamedTuple):
    """An item's lines; those before `body` depend on what stands above it.

    `text`: all that the item says, as it is shown. `words`: which of it each line shows, if any.
    """

    lines: list[Strip]
    body: int
    words: list[Words | None]
    text: str
    heads: bool
    """Whether the line at `body` tells who speaks."""


class Layout(NamedTuple):
    """Draws items in `width` columns; `base` is the style of what has none of its own.

    `longest`: the cells of the longest name.
    """

    width: int
    base: Style
    looks: Looks
    own_name: str
    find: FindMessage
    longest: int
    shape: Shape = Shape()
    pictures: Pictures | None = None

    @property
    def is_wide(self) -> bool:
        """Whether names and times have columns of their own."""
        return self.width >= WIDE_COLUMNS

    @property
    def name_cells(self) -> int:
        """How wide the column of names is: as the longest one, if the text has room beside it."""
        beside = self._times + _GAP + TEXT_CELLS_MIN
        most = self.shape.names_max or self.width // _NAMES_SHARE
        return min(self.longest, most, max(self.width - beside, NAME_CELLS_MIN))

    @property
    def _times(self) -> int:
        """How wide the column of times is, with the space behind it."""
        cells = self.shape.time_cells
        return cells + 1 if cells else 0

    def block(self, item: Item, context: Context) -> Block:
        """Return how `item` looks."""
        lines = [strip_of(line, self.width, self.base) for line in self._above(context)]
        words: list[Words | None] = [None] * len(lines)
        body = len(lines)
        base = self.base + self.looks.selected if context.selected else self.base
        if not self.is_wide and context.heads and not isinstance(item, Note):
            lines.append(strip_of(self._heading(item), self.width, base))
            words.append(None)
        margin = self._margin(item, context)
        indent = cell_len(margin.plain)
        width = max(self.width - indent, 1)
        pictures = self.pictures if self.shape.pictures else None
        shape = self.shape
        drawn = Body(
            width, self.looks, self.own_name, self.find, shape.words, pictures, shape.listed
        )
        text = ""
        has_begun = False
        for row in drawn.rows(item):
            lines.append(strip_of(Text.assemble(margin, row.text), self.width, base))
            margin = Text(" " * indent)
            if row.said is None:
                words.append(None)
                continue
            text += "\n" if row.begins and has_begun else ""
            has_begun = True
            words.append(Words(indent + row.lead, len(text), row.said))
            text += row.said
        return Block(lines, body, words, text, context.heads)

    def stuck(self, item: Said | Pending) -> Strip:
        """Return the line that tells who says what is below, and when, though it began above."""
        line = self._margin(item, Context()) if self.is_wide else self._heading(item)
        rest = max(self.width - cell_len(line.plain) - (0 if self.is_wide else 1), 0)
        line.append(f"{'' if self.is_wide else ' '}{'┄' * rest}", self.looks.dim)
        return strip_of(line, self.width, self.base)

    # Above the item.

    def _above(self, context: Context) -> list[Text]:
        lines = []
        if context.begins:
            title = "older messages are not kept here" if context.dropped else "the beginning"
            lines.append(self._rule(title, self.looks.day))
        if context.below_hole:
            lines.append(self._rule("loading what lies between …", self.looks.dim))
        if context.day is not None:
            lines.append(self._rule(_written(context.day), self.looks.day))
        if context.unread:
            lines.append(self._rule("new", self.looks.unread))
        return lines

    def _rule(self, title: str, style: Style) -> Text:
        room = self.width - cell_len(title) - 2
        if room < 2:
            return Text(set_cell_size(title, self.width), style)
        left = min(room // 2, 3)
        return Text(f"{'─' * left} {title} {'─' * (room - left)}", style)

    # The item itself.

    def _heading(self, item: Said | Pending) -> Text:
        """Return the line that tells who speaks, where there are no columns for it."""
        name, style = self._speaker(item)
        time = f" {clock(item, self.shape.form)}".rstrip()
        return Text.assemble((cut(name, self.width - len(time)), style), (time, self.looks.dim))

    def _margin(self, item: Item, context: Context) -> Text:
        """Return what stands left of the item's first row; below it the space stays empty."""
        if not self.is_wide:
            return Text(" " * min(2, self.width - 1))
        name, style = "", self.looks.dim
        if isinstance(item, Note):
            name = "·"
        elif context.heads:
            name, style = self._speaker(item)
        cells = self.name_cells
        name = cut(name, cells)
        time = clock(item, self.shape.form) if context.tells_time else ""
        gap = " " * (self._times - cell_len(time) + cells - cell_len(name))
        return Text.assemble((time + gap, self.looks.dim), (name, style), " " * _GAP)

    def _speaker(self, item: Said | Pending) -> tuple[str, Style]:
        name = speaker(item, self.own_name)
        style = self.looks.name(name)
        if does(item):
            return "*", style
        return name, style + self.looks.own if same_name(name, self.own_name) else style


def _written(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
