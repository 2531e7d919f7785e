"""How one item of the log looks in so many columns: lines that the view puts on the screen."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from hubbub.chat.events import Message
from hubbub.chat.names import same_name
from hubbub.desk.log import Item, Note, Pending, Said
from hubbub.tui.log.strips import strip_of
from hubbub.tui.log.wrap import wrap
from hubbub.tui.looks import Looks
from hubbub.tui.markup import paragraphs, visible

WIDE_COLUMNS = 60
"""From here on, names and times have columns of their own."""

VERY_WIDE_COLUMNS = 96
"""From here on, longer names have room."""

_NAME_CELLS = 12
_LONG_NAME_CELLS = 18
_TIME_CELLS = 5
_NAMES_MAX = 3
_ROWS_MAX = 400
_CHARS_MAX = 20_000
"""A message beyond these is shown in part: one message must not fill the room."""


FindMessage = Callable[[int], Message | None]


class Context(NamedTuple):
    """What an item's looks depend on beside itself."""

    day: date | None = None
    """The day that begins with it."""
    heads: bool = True
    """Whether it tells who speaks: the first of a run."""
    tells_time: bool = True
    unread: bool = False
    """Whether the unread line stands above it."""
    begins: bool = False
    """Whether it is the very first of its room."""
    selected: bool = False


class Block(NamedTuple):
    """An item's lines; those before `body` depend on what stands above it."""

    lines: list[Strip]
    body: int


class Layout(NamedTuple):
    """Draws items in `width` columns; `base` is the style of what has none of its own."""

    width: int
    base: Style
    looks: Looks
    own_name: str
    find: FindMessage

    @property
    def is_wide(self) -> bool:
        """Whether names and times have columns of their own."""
        return self.width >= WIDE_COLUMNS

    def block(self, item: Item, context: Context) -> Block:
        """Return how `item` looks."""
        above = self._above(context)
        below = self.base + self.looks.selected if context.selected else self.base
        lines = [strip_of(line, self.width, self.base) for line in above]
        lines += [strip_of(line, self.width, below) for line in self._lines(item, context)]
        return Block(lines, len(above))

    # Above the item.

    def _above(self, context: Context) -> list[Text]:
        lines = []
        if context.begins:
            lines.append(self._rule("the beginning", self.looks.day))
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

    def _lines(self, item: Item, context: Context) -> Iterator[Text]:
        margin = self._margin(item, context)
        indent = cell_len(margin.plain)
        if not self.is_wide and context.heads and not isinstance(item, Note):
            yield self._heading(item)
        for row in self._rows(item, max(self.width - indent, 1)):
            yield Text.assemble(margin, row)
            margin = Text(" " * indent)

    def _heading(self, item: Said | Pending) -> Text:
        """Return the line that tells who speaks, where there are no columns for it."""
        name, style = self._speaker(item)
        time = f" {_clock(item)}"
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
        cells = _NAME_CELLS if self.width < VERY_WIDE_COLUMNS else _LONG_NAME_CELLS
        name = cut(name, cells)
        clock = _clock(item) if context.tells_time else ""
        gap = " " * (_TIME_CELLS - len(clock) + 1 + cells - cell_len(name))
        return Text.assemble((clock + gap, self.looks.dim), (name, style), "  ")

    def _speaker(self, item: Said | Pending) -> tuple[str, Style]:
        name = item.message.sender if isinstance(item, Said) else self.own_name
        style = self.looks.name(name)
        if same_name(name, self.own_name):
            style += self.looks.own
        return one_line(name), style

    def _rows(self, item: Item, width: int) -> Iterator[Text]:
        match item:
            case Note():
                style = self.looks.error if item.is_error else self.looks.dim
                yield from wrap(Text(visible(item.text), style), width)
            case Pending():
                yield from self._pending(item, width)
            case Said(message):
                yield from self._said(message, width)

    def _pending(self, item: Pending, width: int) -> Iterator[Text]:
        if item.reply_to is not None:
            yield self._quote(item.reply_to, width)
        text = self._text(item.text, width, Text(" …", self.looks.dim))
        if item.failure is None:
            yield from (row if row.spans else Text(row.plain, self.looks.dim) for row in text)
        else:
            yield from text
            sentence = f"✗ Not sent: {visible(item.failure)} /retry tries again, /drop gives up."
            yield from wrap(Text(sentence, self.looks.error), width)

    def _said(self, message: Message, width: int) -> Iterator[Text]:
        if message.reply_to is not None:
            yield self._quote(message.reply_to, width)
        if message.deleted:
            yield Text("(deleted)", self.looks.dim)
            return
        edited = Text(" (edited)", self.looks.dim) if message.edited else None
        yield from self._text(message.text, width, edited)
        if message.reactions:
            yield from wrap(self._reactions(message.reactions), width)

    def _text(self, text: str, width: int, after: Text | None = None) -> list[Text]:
        """Return the rows of a message's text, with a remark behind its end."""
        rows: list[Text] = []
        parts = paragraphs(text[:_CHARS_MAX], self.looks, self.own_name)
        for number, part in enumerate(parts, start=1):
            if part.is_code:
                rows += [self._code(row, width) for row in wrap(part.text, max(width - 2, 1))]
            else:
                ends = after is not None and number == len(parts)
                rows += wrap(part.text + after if ends and after else part.text, width)
        if after is not None and (not parts or parts[-1].is_code):
            rows.append(after)
        if len(rows) > _ROWS_MAX or len(text) > _CHARS_MAX:
            del rows[_ROWS_MAX:]
            rest = "… (the rest is not shown; copy the message to read it)"
            rows += wrap(Text(rest, self.looks.dim), width)
        return rows

    def _code(self, row: Text, width: int) -> Text:
        padding = " " * (width - 1 - cell_len(row.plain))
        return Text.assemble((" ", self.looks.code), row, (padding, self.looks.code))

    def _quote(self, seq: int, width: int) -> Text:
        """Return the line that shows which message is answered."""
        message = self.find(seq)
        if message is None:
            return Text(cut("↳ an older message", width), self.looks.quote)
        said = "(deleted)" if message.deleted else one_line(message.text[:_CHARS_MAX])
        return Text(cut(f"↳ {one_line(message.sender)}: {said}", width), self.looks.quote)

    def _reactions(self, reactions: dict[str, list[str]]) -> Text:
        shown = Text()
        for emoji, names in reactions.items():
            some = ", ".join(map(one_line, names[:_NAMES_MAX]))
            more = f" +{len(names) - _NAMES_MAX}" if len(names) > _NAMES_MAX else ""
            own = any(same_name(name, self.own_name) for name in names)
            style = self.looks.accent if own else self.looks.dim
            shown.append(f"{one_line(emoji)} {some}{more}   ", style)
        return shown


def at_of(item: Item) -> datetime:
    """Return when an item came to be, in the user's time zone."""
    at = item.message.at if isinstance(item, Said) else item.at
    try:
        return datetime.fromtimestamp(at / 1000).astimezone()
    except (OverflowError, ValueError, OSError):  # no clock shows this
        return datetime.fromtimestamp(0).astimezone()


def _clock(item: Item) -> str:
    return f"{at_of(item):%H:%M}"


def one_line(text: str) -> str:
    """Return a text from elsewhere as one safe line."""
    return " ".join(visible(text).split())


def cut(text: str, cells: int) -> str:
    """Return `text` in at most so many cells."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 1, 0)).rstrip() + "…" if cells > 0 else ""


def _written(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
