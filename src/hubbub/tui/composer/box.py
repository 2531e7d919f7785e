"""The composer with what belongs above it: a banner, and the candidates of a completion."""

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from hubbub.desk.completion import Sources
from hubbub.desk.input_history import InputHistory
from hubbub.tui.composer.composer import Composer
from hubbub.tui.composer.strip import CandidateStrip


class ComposerBox(Vertical):
    """As high as what it shows. Takes what a Composer takes."""

    DEFAULT_CSS = """
    ComposerBox { width: 1fr; height: auto; background: $surface; }
    ComposerBox > #composer-banner {
        display: none; height: 1; text-wrap: nowrap; text-overflow: ellipsis;
        background: $panel; color: $accent;
    }
    ComposerBox > #composer-banner.shown { display: block; }
    ComposerBox > #composer-banner.whole { height: auto; max-height: 3; text-wrap: wrap; }
    """

    def __init__(
        self,
        sources: Sources,
        history: InputHistory,
        enter: Callable[[str], None],
        *,
        id: str | None = None,  # noqa: A002 (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self.composer = Composer(sources, history, enter)
        self._banner = Static(id="composer-banner", markup=False)
        self._strip = CandidateStrip()

    def compose(self) -> ComposeResult:
        """Lay out the box."""
        yield self._banner
        yield self._strip
        yield self.composer

    def _on_mount(self, _event: events.Mount) -> None:
        self.watch(self.composer, "offer", self._strip.show)

    @on(CandidateStrip.Clicked)
    def _take(self, event: CandidateStrip.Clicked) -> None:
        self.composer.take(event.index)

    def banner(self, text: str, *, whole: bool = False) -> None:
        """Show a line above the input, or none if `text` is empty; `whole`: more if it needs it."""
        if self._banner.content != text:
            self._banner.update(text)
            self._banner.set_class(bool(text), "shown")
            self._banner.set_class(whole, "whole")
