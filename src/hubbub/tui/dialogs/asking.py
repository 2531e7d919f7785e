"""The first screens: who are you, and what is the password?"""

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name
from hubbub.desk.form import OneOf
from hubbub.tui.dialogs.options import Options


class AskingScreen(Screen[str]):
    """Ends with an answer that is allowed. `refusal`: why the last one would not do."""

    DEFAULT_CSS = """
    AskingScreen { align: center middle; background: $background; }
    AskingScreen Vertical { width: 100%; max-width: 62; height: auto; padding: 0 1; }
    AskingScreen Input { border: round $accent; background: $background; }
    AskingScreen #refusal { color: $error; display: none; }
    AskingScreen #refusal.shown { display: block; }
    AskingScreen #hint { color: $text-muted; }
    AskingScreen #where { margin: 0 0 1 0; color: $text-muted; }
    """

    BINDINGS = [
        Binding("ctrl+c", "app.leave", "Quit", show=False, priority=True),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
    ]

    QUESTION = ""
    HINT = "Enter joins, Ctrl+Q quits."

    def __init__(self, where: str, refusal: str = "") -> None:
        super().__init__()
        self._where = where
        self._refusal = refusal

    def field(self) -> Input:
        """Return what is to be filled in."""
        raise NotImplementedError

    def below(self) -> ComposeResult:
        """Yield what else is asked, if anything is."""
        yield from ()

    def allowed(self, typed: str) -> str:
        """Return the answer that was typed; raise Refused if it will not do."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical():
            yield Static("[b]hubbub[/b]", id="title")
            yield Static(self._where, id="where", markup=False)
            yield Static(self._refusal, id="refusal", markup=False)
            yield Static(self.QUESTION)
            yield self.field()
            yield from self.below()
            yield Static(self.HINT, id="hint", markup=False)

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one("#refusal").set_class(bool(self._refusal), "shown")
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Options.Submitted)
    def _take(self) -> None:
        try:
            answer = self.allowed(self.query_one(Input).value)
        except Refused as refusal:
            self.query_one("#refusal", Static).update(str(refusal))
            self.query_one("#refusal").add_class("shown")
        else:
            self.dismiss(answer)


class NameScreen(AskingScreen):
    """Ends with a name that the rules allow.

    `remember`: whether the user is to be remembered on this computer, as it is before they say so;
    None: they are not asked, for they are.
    """

    QUESTION = "Your name in the chat:"
    HINT = (
        "Known here already? Join under any name, then type /login NAME or /link.\n"
        "Enter joins, Ctrl+Q quits. With a screen reader, 'hubbub --plain' chats in plain lines."
    )
    REMEMBERING = OneOf(
        "Remember you on this computer?",
        (("yes", "Yes"), ("no", "No: nothing is kept when you quit")),
    )

    def __init__(
        self, where: str, name: str = "", refusal: str = "", *, remember: bool | None = None
    ) -> None:
        super().__init__(where, refusal)
        self._name = name
        self._remembering: Options | None = None
        if remember is not None:
            first = "yes" if remember else "no"
            self._remembering = Options(msgspec.structs.replace(self.REMEMBERING, first=first))

    @property
    def remember(self) -> bool | None:
        """Whether the user wants to be remembered."""
        return self._remembering.value == "yes" if self._remembering else None

    def below(self) -> ComposeResult:
        """Yield the question whether to remember the user."""
        if self._remembering is not None:
            yield Static(self.REMEMBERING.label)
            yield self._remembering

    def field(self) -> Input:
        """Return the field of the name."""
        return Input(self._name, placeholder="1 to 32 characters", id="name")

    def allowed(self, typed: str) -> str:
        """Return the name as it is written; raise Refused if nobody can have it."""
        return allowed_name(typed)


class PasswordScreen(AskingScreen):
    """Ends with a password; only the server knows whether it is right."""

    QUESTION = "Its password:"

    def field(self) -> Input:
        """Return the field of the password."""
        return Input(password=True, id="password")

    def allowed(self, typed: str) -> str:
        """Return the password; raise Refused if there is none."""
        if not typed:
            raise Refused("The password is empty. Ask whoever runs the chatroom.")
        return typed
