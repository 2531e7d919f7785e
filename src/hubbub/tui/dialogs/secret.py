"""A secret that is shown once, with a code for phones to scan where there is room for it."""

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from hubbub.desk.form import Secret
from hubbub.tui.log.labels import one_line

_SCANNED = Style(color="#ffffff", bgcolor="#000000")
"""Phones know no themes: the code is the same in all."""


class SecretScreen(ModalScreen[None]):
    """Ends when the user goes back. What it shows may come later than the dialog itself."""

    DEFAULT_CSS = """
    SecretScreen { align: center middle; background: $background 60%; }
    SecretScreen > VerticalScroll {
        width: 100%; max-width: 72; height: auto; max-height: 100%; background: $surface;
        border: round $accent; scrollbar-size-vertical: 1;
    }
    SecretScreen Static { padding: 0 1; }
    SecretScreen #secret { text-style: bold; }
    SecretScreen #code { padding: 0; text-align: center; }
    """
    BINDINGS = [
        Binding("escape,q,enter,ctrl+c", "dismiss(None)", "Back", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._secret: Secret | None = None
        self._code = Text()

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with VerticalScroll() as box:
            box.border_title = one_line(self._title).replace("[", r"\[")
            box.border_subtitle = "c copies it, Escape goes back"
            yield Static("…", id="about", markup=False)
            yield Static(id="secret", markup=False)
            yield Static(id="code")

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._draw()

    def show(self, secret: Secret) -> None:
        """Show what has come."""
        self._secret = secret
        self._code = _drawn(secret.scanned) if secret.scanned else Text()
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        if self._secret is not None:
            self.query_one("#about", Static).update(self._secret.about)
            self.query_one("#secret", Static).update(self._secret.text)
            self.query_one("#code", Static).update(self._code)
            self._fit()

    def close(self) -> None:
        """There is nothing to show."""
        if self.is_current:
            self.dismiss(None)

    @on(events.Resize)
    def _fit(self) -> None:
        """Show the code if all of it can be seen: else no phone reads it."""
        self.query_one("#code").display = bool(self._code) and self._has_room()

    def _has_room(self) -> bool:
        """Return whether all of the code fits below the texts, in a dialog of the largest size.

        This asks only for the size of the terminal: the layout may not have settled yet.
        """
        box, code = self.query_one(VerticalScroll), self.query_one("#code", Static)
        columns, rows = self.app.size
        if (most := box.styles.max_width) is not None:
            columns = min(columns, int(most.value))
        columns -= box.gutter.width
        rows -= box.gutter.height
        needed = sum(_rows(one, columns) for one in box.query(Static))
        code_columns = code.visual.get_optimal_width(code.styles.get_rules(), columns)
        return code_columns <= columns and needed <= rows

    def action_copy(self) -> None:
        """Put the secret into the clipboard."""
        if self._secret is None:
            return
        self.app.copy_to_clipboard(self._secret.text)
        self.notify("It is in the clipboard, if your terminal allows it.", markup=False)


def _rows(text: Static, columns: int) -> int:
    return text.visual.get_height(text.styles.get_rules(), columns - text.gutter.width)


def _drawn(url: str) -> Text:
    from hubbub.lan.qr_code import drawn_code  # noqa: PLC0415 (slow to import, and rarely wanted)

    return Text(drawn_code(url), _SCANNED)
