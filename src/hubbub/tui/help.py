"""The help: every action, its keys, and what to type for it."""

from collections.abc import Iterable, Sequence

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
    BINDINGS = [Binding("escape,q,f1,enter", "dismiss", "Back", show=False)]

    def __init__(self, sections: Sequence[tuple[str, Sequence[Row]]]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with VerticalScroll() as box:
            box.border_title = "Help"
            box.border_subtitle = "Escape goes back"
            yield Static(Text("\n\n").join(map(_section, self._sections)))

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one(VerticalScroll).focus()


def _section(section: tuple[str, Iterable[Row]]) -> Text:
    title, rows = section
    lines = [Text(title, "bold")]
    lines += [Text.assemble((f"{left:<24}", "bold"), " ", right) for left, right in rows]
    return Text("\n").join(lines)
