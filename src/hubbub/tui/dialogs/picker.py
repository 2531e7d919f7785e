"""A list that narrows while one types: rooms, messages found, past inputs, emoji."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerError

from hubbub.chat.errors import HubbubError

Value = TypeVar("Value")

SHOWN_MAX = 100
NARROW_COLUMNS = 60


class Choice(NamedTuple, Generic[Value]):
    """A line of the list: how it looks, what typing is compared with, and what it stands for."""

    label: Text
    text: str
    value: Value


Source = Callable[[str], Awaitable[list[Choice[Value]]]]


class Picker(ModalScreen[Value | None], Generic[Value]):
    """Ends with the chosen value, or None. `source` returns the lines for what was typed.

    Lines that are too long are cut, or with `whole` go on in further rows.
    """

    DEFAULT_CSS = """
    Picker { align: center middle; background: $background 60%; }
    Picker > Vertical {
        width: 80%; max-width: 90; min-width: 10; height: auto; max-height: 80%;
        background: $surface; border: round $accent; padding: 0 1;
    }
    Picker.narrow > Vertical { width: 100%; }
    Picker Input { background: $surface; padding: 0; }
    Picker OptionList {
        border: none; padding: 0; background: $surface; height: auto; max-height: 20;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Picker.whole OptionList { text-wrap: wrap; }
    Picker Static { color: $text-muted; }
    """
    BINDINGS = [
        Binding("escape,ctrl+c", "dismiss(None)", "Back", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("down,ctrl+n,ctrl+k,ctrl+r", "move(1)", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        source: Source[Value],
        *,
        nothing: str,
        typed: str = "",
        whole: bool = False,
    ) -> None:
        super().__init__(classes="whole" if whole else None)
        self._title = title
        self._source = source
        self._nothing = nothing
        self._typed = typed
        self._choices: list[Choice[Value]] = []
        self._narrowing: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical() as box:
            box.border_title = self._title
            yield Input(self._typed, placeholder="type to narrow down", compact=True)
            yield OptionList()
            yield Static()

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._narrow_to(self._typed)

    @on(events.Resize)
    def _fit(self) -> None:
        self.set_class(self.app.size.width < NARROW_COLUMNS, "narrow")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._narrow_to(event.value)

    def _narrow_to(self, typed: str) -> None:
        self._narrowing = self.run_worker(partial(self._narrow, typed), exclusive=True)

    async def _narrow(self, typed: str) -> None:
        hint = self._nothing
        try:
            self._choices = (await self._source(typed))[:SHOWN_MAX]
        except HubbubError as error:
            self._choices, hint = [], str(error)
        options = self.query_one(OptionList)
        options.clear_options()
        for choice in self._choices:
            options.add_option(Option(choice.label))
        options.highlighted = 0 if self._choices else None
        options.display = bool(self._choices)
        self.query_one(Static).update(Text(hint))
        self.query_one(Static).display = not self._choices

    def action_move(self, steps: int) -> None:
        """Choose the line above or below."""
        options = self.query_one(OptionList)
        if self._choices:
            options.highlighted = ((options.highlighted or 0) + steps) % len(self._choices)

    @on(Input.Submitted)
    def _enter(self) -> None:
        self.run_worker(self._choose(), group="choice", exclusive=True)

    async def _choose(self) -> None:
        """End with what is highlighted, once the list is that of what was typed."""
        while (narrowing := self._narrowing) is not None and not narrowing.is_finished:
            with suppress(WorkerError):  # one that came later has taken its place
                await narrowing.wait()
        self._end_with(self.query_one(OptionList).highlighted)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._end_with(event.option_index)

    def _end_with(self, index: int | None) -> None:
        if index is not None and index < len(self._choices):
            self.dismiss(self._choices[index].value)


def narrowing(choices: Iterable[Choice[Value]]) -> Source[Value]:
    """Return a source that keeps those of `choices` that match fuzzily, the best first."""
    known = list(choices)

    async def source(typed: str) -> list[Choice[Value]]:
        if not typed.strip():
            return known
        matcher = Matcher(typed.strip())
        scored = [(matcher.match(choice.text), choice) for choice in known]
        scored = [one for one in scored if one[0] > 0]
        return [choice for _, choice in sorted(scored, key=lambda one: -one[0])]

    return source
