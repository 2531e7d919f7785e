"""A question before something that cannot be undone."""

import math
from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class Confirm(ModalScreen[bool]):
    """Ends with True only if the user pressed that button; `is_likely`: it has the focus at first.

    Nothing that was pressed before the question was there answers it. A letter or a space is not
    meant for it at all: it ends with False, and `type_on` gets what was typed.
    """

    DEFAULT_CSS = """
    Confirm { align: center middle; background: $background 60%; }
    Confirm > Vertical {
        width: 90%; max-width: 64; height: auto; background: $surface; border: round $accent;
        padding: 0 1;
    }
    Confirm Horizontal { width: auto; height: auto; }
    Confirm Button { margin: 0 1 0 0; min-width: 8; }
    Confirm #hint { color: $text-muted; }
    """
    BINDINGS = [
        Binding("escape,ctrl+c", "dismiss(False)", "No", show=False),
        Binding("left,up", "app.focus_previous", "Other button", show=False),
        Binding("right,down", "app.focus_next", "Other button", show=False),
    ]

    def __init__(
        self,
        question: str,
        yes: str,
        type_on: Callable[[str], object] | None = None,
        *,
        is_likely: bool = False,
    ) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._type_on = type_on
        self._is_likely = is_likely
        self._opened_at = math.inf

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical():
            yield Static(self._question, markup=False)
            with Horizontal():
                yield Button(self._yes, id="yes", variant="primary", compact=True)
                yield Button("Back", id="no", compact=True)
            yield Static("← → choose, Enter presses. Escape goes back.", id="hint", markup=False)

    @on(events.Mount)
    def _begin(self, event: events.Mount) -> None:
        self._opened_at = event.time
        self.query_one("#yes" if self._is_likely else "#no").focus()

    @on(events.Key)
    def _key(self, event: events.Key) -> None:
        if event.is_printable and event.character:
            event.stop()
            self.dismiss(False)
            if self._type_on is not None:
                self._type_on(event.character)
        elif event.time < self._opened_at and event.key != "escape":
            event.stop()

    @on(events.Paste)
    def _paste(self, event: events.Paste) -> None:
        self.dismiss(False)
        if self._type_on is not None:
            self._type_on(event.text)

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
