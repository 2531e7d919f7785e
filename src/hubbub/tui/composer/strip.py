"""The line above the input that shows what a word can become."""

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hubbub.desk.completion import Candidate


class Offer(NamedTuple):
    """Candidates, and which of them stands in the input; None before the user asked for one."""

    candidates: tuple[Candidate, ...]
    chosen: int | None = None


class Part(NamedTuple):
    """A text of the strip, the name of its style, and of which candidate it is."""

    text: str
    style: str
    place: int


def parts(offer: Offer, width: int) -> list[Part]:
    """Return what fits into `width` cells.

    The candidates are turned like pages, so that the chosen one is always among them.
    """
    page: list[Part] = []
    used = 0
    for index, candidate in enumerate(offer.candidates):
        is_chosen = index == offer.chosen
        item = [Part(f" {candidate.label} ", "chosen" if is_chosen else "", index)]
        if is_chosen and candidate.purpose:
            purpose = f" {candidate.purpose} "
            if cell_len(item[0].text + purpose) <= width:
                item.append(Part(purpose, "purpose", index))
        cells = sum(cell_len(part.text) for part in item)
        if page and used + cells > width:
            if index > (offer.chosen or 0):
                break
            page, used = [], 0
        page += item
        used += cells
    return page


class CandidateStrip(Widget, can_focus=False):
    """Draws an offer; hidden while there is none."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    CandidateStrip {
        display: none; height: 1; text-wrap: nowrap; text-overflow: ellipsis;
        background: $panel; color: $foreground;
    }
    CandidateStrip.shown { display: block; }
    CandidateStrip > .strip--chosen { background: $accent; color: $background; }
    CandidateStrip > .strip--purpose { color: $text-muted; }
    """
    COMPONENT_CLASSES = {"strip--chosen", "strip--purpose"}

    class Clicked(Message):
        """The user has clicked on a candidate."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__()
        self._offer: Offer | None = None

    def show(self, offer: Offer | None) -> None:
        """Draw this offer from now on."""
        self._offer = offer
        self.set_class(offer is not None, "shown")
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Find out which candidate is meant."""
        left = event.x
        for part in parts(self._offer, self.content_size.width) if self._offer else []:
            left -= cell_len(part.text)
            if left < 0:
                self.post_message(self.Clicked(part.place))
                return

    def render(self) -> Content:
        """Draw the page of candidates that holds the chosen one."""
        shown = parts(self._offer, self.content_size.width) if self._offer else []
        return Content.assemble(
            *(
                (text, self.get_visual_style(f"strip--{style}")) if style else text
                for text, style, _ in shown
            )
        )
