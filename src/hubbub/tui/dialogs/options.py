"""A few options of which one is taken, each on a line of its own."""

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.binding import Binding
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from hubbub.desk.form import OneOf

_OPTION = "option"
"""Under this, each cell of the screen knows which option it shows."""


class Options(Widget, can_focus=True):
    """`value` is what is taken. The arrow keys take others, and go on to the fields around it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Options { height: auto; width: 1fr; margin: 0 0 1 0; color: $foreground; }
    """
    BINDINGS = [
        Binding("up", "step(-1)", "Option above", show=False),
        Binding("down", "step(1)", "Option below", show=False),
        Binding("space", "turn", "Another option", show=False),
        Binding("enter", "submit", "Go on", show=False),
    ]

    taken: var[int] = var(0, init=False)

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, options: "Options") -> None:
            super().__init__()
            self.options = options

    def __init__(self, one_of: OneOf, *, id: str | None = None) -> None:  # noqa: A002 (Textual's)
        super().__init__(id=id)
        self._one_of = one_of
        values = [value for value, _ in one_of.options]
        self.taken = values.index(one_of.first) if one_of.first in values else 0

    @property
    def value(self) -> str:
        """What is submitted for the option that is taken."""
        return self._one_of.options[self.taken][0]

    def render(self) -> Text:
        """Return the lines."""
        lines = Text()
        for index, (_, words) in enumerate(self._one_of.options):
            is_taken = index == self.taken
            looks = Style(bold=is_taken, reverse=is_taken and self.has_focus)
            here = Style(meta={_OPTION: index})
            lines.append("\n" if index else "").append("● " if is_taken else "○ ", here)
            lines.append(words, looks + here)
        return lines

    def watch_taken(self) -> None:
        """Draw the one that is taken now."""
        self.refresh()

    def action_step(self, steps: int) -> None:
        """Take the option above or below, or go to the field there."""
        if 0 <= (index := self.taken + steps) < len(self._one_of.options):
            self.taken = index
        elif steps < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    def action_turn(self) -> None:
        """Take the next option, around the end."""
        self.taken = (self.taken + 1) % len(self._one_of.options)

    def action_submit(self) -> None:
        """Go on."""
        self.post_message(self.Submitted(self))

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        self.taken = event.style.meta.get(_OPTION, self.taken)

    @on(events.Focus)
    @on(events.Blur)
    def _focus_moved(self) -> None:
        self.refresh()
