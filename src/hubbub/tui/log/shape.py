"""How the user wants the log to be laid out: which times stand there, and how wide names may be."""

from datetime import UTC, datetime
from typing import NamedTuple

from rich.cells import cell_len

from hubbub.tui.config.settings import Clock, Settings

_FORMS: dict[Clock, str] = {
    "24h": "%H:%M",
    "12h": "%I:%M %p",
    "seconds": "%H:%M:%S",
    "none": "",
}
_HOURS = [datetime(2000, 1, 1, hour, tzinfo=UTC) for hour in (0, 12)]


class Shape(NamedTuple):
    """`every_time`: whether each message has its time beside it. `names_max`: in cells; 0: any.

    `words`: what stands out beside the user's name. `pictures`: whether they are drawn.
    `listed`: names of the user's own rooms that would else be taken for numbers or colours.
    """

    clock: Clock = "24h"
    every_time: bool = False
    names_max: int = 0
    words: tuple[str, ...] = ()
    pictures: bool = False
    listed: frozenset[str] = frozenset()

    @property
    def form(self) -> str:
        """The times, as `strftime` has them."""
        return _FORMS[self.clock]

    @property
    def time_cells(self) -> int:
        """How wide a column of times is."""
        return max(cell_len(hour.strftime(self.form)) for hour in _HOURS)


def shape_of(settings: Settings) -> Shape:
    """Return what the settings say about the log."""
    return Shape(
        settings.time,
        settings.times == "message",
        settings.name_width,
        settings.notifications.words,
        settings.pictures != "off",
    )
