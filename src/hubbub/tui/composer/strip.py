"""The line above the input that shows what a word can become."""

from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from hubbub.desk.completion import Candidate


class Offer(NamedTuple):
    """Candidates, and which of them stands in the input; None before the user asked for one."""

    candidates: tuple[Candidate, ...]
    chosen: int | None = None


def parts(offer: Offer, width: int) -> list[tuple[str, str]]:
    """Return what fits into `width` cells, as texts with the name of their style.

    The candidates are turned like pages, so that the chosen one is always among them.
    """
    page: list[tuple[str, str]] = []
    used = 0
    for index, candidate in enumerate(offer.candidates):
        is_chosen = index == offer.chosen
        item = [(f" {candidate.label} ", "chosen" if is_chosen else "")]
        if is_chosen and candidate.purpose:
            purpose = f" {candidate.purpose} "
            if cell_len(item[0][0] + purpose) <= width:
                item.append((purpose, "purpose"))
        cells = sum(cell_len(text) for text, _ in item)
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

    def __init__(self) -> None:
        super().__init__()
        self._offer: Offer | None = None

    def show(self, offer: Offer | None) -> None:
        """Draw this offer from now on."""
        self._offer = offer
        self.set_class(offer is not None, "shown")
        self.refresh()

    def render(self) -> Content:
        """Draw the page of candidates that holds the chosen one."""
        shown = parts(self._offer, self.content_size.width) if self._offer else []
        return Content.assemble(
            *(
                (text, self.get_visual_style(f"strip--{style}")) if style else text
                for text, style in shown
            )
        )
