"""By which means a terminal shows pictures, as far as its environment tells.

Asking the terminal itself would be surer, but its answer comes among the keys that the user presses
meanwhile. Whoever knows better says so in the settings.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Literal

Pictures = Literal["auto", "kitty", "iterm2", "sixel", "blocks", "off"]


class Means(Enum):
    """The protocols, and half blocks, which need nothing but colours."""

    KITTY = "kitty"
    ITERM2 = "iterm2"
    SIXEL = "sixel"
    BLOCKS = "blocks"


_KITTY = ("xterm-kitty", "xterm-ghostty")
_SIXEL = ("foot", "mlterm", "contour", "yaft")
_BY_PROGRAM = {
    "iTerm.app": Means.ITERM2,
    "WezTerm": Means.ITERM2,
    "mintty": Means.ITERM2,
    "ghostty": Means.KITTY,
}


def means_of(wanted: Pictures, environment: Mapping[str, str]) -> Means:
    """Return the means that the settings name, or those that the terminal is known to have."""
    if wanted not in ("auto", "off"):
        return Means(wanted)
    if "TMUX" in environment or "STY" in environment:
        return Means.BLOCKS  # they hand nothing on that is not text
    term = environment.get("TERM", "")
    program = environment.get("TERM_PROGRAM") or environment.get("LC_TERMINAL", "")
    if term in _KITTY or "KITTY_WINDOW_ID" in environment or "KONSOLE_VERSION" in environment:
        return Means.KITTY
    if program == "iTerm2":  # as it is told over SSH
        return Means.ITERM2
    if term.startswith(_SIXEL):
        return Means.SIXEL
    return _BY_PROGRAM.get(program, Means.BLOCKS)
