"""A form above the chat: a few lines to fill in, such as passwords, and options to take."""

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hubbub.chat.errors import HubbubError
from hubbub.desk.form import Field, Form
from hubbub.tui.dialogs.options import Options


class FormScreen(ModalScreen[bool]):
    """Ends with True when the form was taken, with False when the user breaks it off."""

    DEFAULT_CSS = """
    FormScreen { align: center middle; background: $background 60%; }
    FormScreen > Vertical {
        width: 90%; max-width: 64; height: auto; max-height: 100%; background: $surface;
        border: round $accent; padding: 0 1; overflow-y: auto;
    }
    FormScreen Input { background: $panel; padding: 0 1; margin: 0 0 1 0; }
    FormScreen #about { margin: 0 0 1 0; }
    FormScreen #refusal { color: $error; display: none; }
    FormScreen #refusal.shown { display: block; }
    FormScreen #hint { color: $text-muted; }
    """
    BINDINGS = [
        Binding("escape,ctrl+c", "dismiss(False)", "Back", show=False),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
    ]

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form
        self._is_submitting = False

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical() as box:
            box.border_title = self._form.title.replace("[", r"\[")
            if self._form.about:
                yield Static(self._form.about, id="about", markup=False)
            for field in self._form.fields:
                yield Static(field.label, markup=False)
                if isinstance(field, Field):
                    yield Input(password=field.secret, compact=True)
                else:
                    yield Options(field)
            yield Static(id="refusal", markup=False)
            yield Static("Enter goes on, Escape goes back.", id="hint", markup=False)

    @property
    def _fields(self) -> list[Input | Options]:
        return [one for one in self.query("Input, Options") if isinstance(one, Input | Options)]

    @on(events.Mount)
    def _begin(self) -> None:
        self._fields[0].focus()

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        self._go_on(event.input)

    @on(Options.Submitted)
    def _take(self, event: Options.Submitted) -> None:
        self._go_on(event.options)

    def _go_on(self, field: Input | Options) -> None:
        """Go to the next field; submit them all behind the last one."""
        fields = self._fields
        after = fields[fields.index(field) + 1 :]
        if after:
            after[0].focus()
        elif not self._is_submitting:
            self._is_submitting = True
            self.run_worker(self._submit([one.value for one in fields]))

    async def _submit(self, typed: list[str]) -> None:
        self._say("")
        try:
            await self._form.submit(typed)
        except HubbubError as error:
            self._say(str(error))
        else:
            if self.is_current:  # else the chat has ended, or gone on as somebody else
                self.dismiss(True)
        finally:
            self._is_submitting = False

    def _say(self, refusal: str) -> None:
        self.query_one("#refusal", Static).update(refusal)
        self.query_one("#refusal").set_class(bool(refusal), "shown")
