"""The help: every action, its keys, and what to type for it."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

Row = tuple[str, str]


class HelpScreen(ModalScreen[None]):
    """`sections`: a title, and rows of what to press or type and what it does."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen VerticalScroll {
        width: 90%; max-width: 84; height: 90%; background: $surface; border: round $accent;
        padding: 0 1;
    }
    """
    BINDINGS = [Binding("escape,q,f1,enter,ctrl+c", "dismiss", "Back", show=False)]

    def __init__(self, sections: Sequence[tuple[str, Sequence[Row]]]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with VerticalScroll() as box:
            box.border_title = "Help"
            box.border_subtitle = "Escape goes back"
            yield Static(_table(self._sections))

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one(VerticalScroll).focus()


def _table(sections: Iterable[tuple[str, Iterable[Row]]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", min_width=8, max_width=24)
    table.add_column(ratio=1)
    for title, rows in sections:
        if table.row_count:
            table.add_row()
        table.add_row(Text(title, "underline"))
        for left, right in rows:
            table.add_row(Text(left), Text(right))
    return table
