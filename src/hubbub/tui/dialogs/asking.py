"""The first screen: who are you?"""

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name


class NameScreen(Screen[str]):
    """Ends with a name that the rules allow. `refusal`: why the last one would not do."""

    DEFAULT_CSS = """
    NameScreen { align: center middle; background: $background; }
    NameScreen Vertical { width: 100%; max-width: 62; height: auto; padding: 0 1; }
    NameScreen Input { border: round $accent; background: $background; }
    NameScreen #refusal { color: $error; display: none; }
    NameScreen #refusal.shown { display: block; }
    NameScreen #hint { color: $text-muted; }
    NameScreen #where { margin: 0 0 1 0; color: $text-muted; }
    """

    BINDINGS = [Binding("ctrl+c", "app.leave", "Quit", show=False, priority=True)]

    def __init__(self, where: str, name: str = "", refusal: str = "") -> None:
        super().__init__()
        self._where = where
        self._name = name
        self._refusal = refusal

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical():
            yield Static("[b]hubbub[/b]", id="title")
            yield Static(self._where, id="where", markup=False)
            yield Static(self._refusal, id="refusal", markup=False)
            yield Static("Your name in the chat:")
            yield Input(self._name, placeholder="1 to 32 characters", id="name")
            yield Static(
                "Enter joins, Ctrl+Q quits. With a screen reader, 'hubbub --plain' chats in "
                "plain lines.",
                id="hint",
                markup=False,
            )

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one("#refusal").set_class(bool(self._refusal), "shown")
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        try:
            name = allowed_name(event.value)
        except Refused as refusal:
            self.query_one("#refusal", Static).update(str(refusal))
            self.query_one("#refusal").add_class("shown")
        else:
            self.dismiss(name)
