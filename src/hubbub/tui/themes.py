"""The colours of the terminal client: a few calm themes, and which of them suits a terminal.

Everything written with a theme's colours can be read: `contrast_min` says how well, and the tests
hold every colour of text against every background. Besides Textual's own colours each theme has
the variables `dim`, `code-background`, `mention-background` and `selected-background`.
"""

import zlib
from collections.abc import Mapping
from dataclasses import replace

from msgspec.json import encode
from textual.color import Color
from textual.theme import Theme

from hubbub.tui.config.settings import Colors

_READABLE = 4.5
_VERY_READABLE = 7.0
_HALF = 0.5
_FEW_COLORS = {"standard", "windows", None}
_LIGHT_BACKGROUNDS = {"7", "15"}


def _variables(
    *, text: str, ground: str, dim: str, code: str, mention: str, selected: str, bar: str
) -> dict[str, str]:
    """Return a theme's variables; those of Textual's that would be too faint are set, too."""
    return {
        "dim": dim,
        "code-background": code,
        "mention-background": mention,
        "selected-background": selected,
        "text": text,
        "text-muted": dim,
        "text-disabled": dim,
        "foreground-muted": dim,
        "foreground-disabled": dim,
        "block-cursor-foreground": text,
        "block-cursor-background": selected,
        "block-cursor-blurred-foreground": text,
        "block-cursor-blurred-background": selected,
        "block-hover-background": selected,
        "input-cursor-background": text,
        "input-cursor-foreground": ground,
        "input-selection-background": selected,
        "input-selection-foreground": text,
        "screen-selection-background": selected,
        "button-color-foreground": ground,
        "border-blurred": bar,
        "scrollbar": bar,
        "scrollbar-hover": dim,
        "scrollbar-active": dim,
        "scrollbar-background": ground,
        "scrollbar-background-hover": ground,
        "scrollbar-background-active": ground,
    }


_DARK = Theme(
    name="hubbub-dark",
    primary="#82b1f5",
    secondary="#c3a6f0",
    accent="#ebb577",
    warning="#ebb577",
    error="#f59a94",
    success="#93cd97",
    foreground="#d9dde6",
    background="#14171d",
    surface="#191d25",
    panel="#1e232d",
    boost="#1e232d",
    variables=_variables(
        text="#d9dde6",
        ground="#14171d",
        dim="#98a1b3",
        code="#1f242e",
        mention="#3b2f20",
        selected="#293246",
        bar="#3c4558",
    ),
)
_LIGHT = Theme(
    name="hubbub-light",
    primary="#1d55b0",
    secondary="#7240a8",
    accent="#8f4708",
    warning="#8f4708",
    error="#b0241f",
    success="#256a33",
    foreground="#262a33",
    background="#fcfbf8",
    surface="#f6f4ef",
    panel="#f0ede6",
    boost="#f0ede6",
    dark=False,
    variables=_variables(
        text="#262a33",
        ground="#fcfbf8",
        dim="#5c6370",
        code="#f1efe9",
        mention="#fbe8c4",
        selected="#dfe7f5",
        bar="#c9c4b8",
    ),
)
_CONTRAST = Theme(
    name="hubbub-contrast",
    primary="#8ecbff",
    secondary="#dcbcff",
    accent="#ffd75f",
    warning="#ffd75f",
    error="#ffb0a8",
    success="#93f59b",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#141414",
    boost="#141414",
    variables=_variables(
        text="#ffffff",
        ground="#000000",
        dim="#cccccc",
        code="#1c1c1c",
        mention="#3d2e00",
        selected="#183058",
        bar="#cccccc",
    ),
)
# The user's own sixteen colours, on the terminal's own background, whichever that is.
_SIXTEEN = Theme(
    name="hubbub-16",
    ansi=True,
    primary="ansi_bright_blue",
    secondary="ansi_magenta",
    accent="ansi_magenta",
    warning="ansi_magenta",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        **_variables(
            text="ansi_default",
            ground="ansi_default",
            dim="ansi_default",
            code="ansi_default",
            mention="ansi_yellow",
            selected="ansi_cyan",
            bar="ansi_cyan",
        ),
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-blurred-foreground": "ansi_black",
        "block-cursor-text-style": "none",  # bold black is grey in many a terminal
        "input-cursor-background": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-foreground": "ansi_black",
        "screen-selection-foreground": "ansi_black",
        "block-hover-background": "ansi_default",
        "border": "ansi_bright_blue",
        "scrollbar-hover": "ansi_bright_blue",
        "scrollbar-active": "ansi_bright_blue",
        "footer-key-foreground": "ansi_magenta",
    },
)

THEMES = {"dark": _DARK, "light": _LIGHT, "contrast": _CONTRAST, "16": _SIXTEEN}
"""The themes by the names that users give them."""


def contrast_min(theme: Theme) -> float:
    """Return the least contrast (WCAG) between text and background in a theme of hex colours."""
    return _VERY_READABLE if theme is _CONTRAST else _READABLE


def with_colors(theme: Theme, colors: Colors) -> Theme:
    """Return a theme with the user's own colours in place of some; the terminal's stay its own."""
    if theme.ansi or colors == Colors():
        return theme
    own = theme.variables
    variables = _variables(
        text=colors.text or own["text"],
        ground=colors.background or str(theme.background),
        dim=colors.dim or own["dim"],
        code=colors.code or own["code-background"],
        mention=colors.mention or own["mention-background"],
        selected=colors.selected or own["selected-background"],
        bar=own["scrollbar"],
    )
    return replace(
        theme,
        name=f"{theme.name}-{zlib.crc32(encode(colors))}",  # one that is not registered yet
        foreground=colors.text or theme.foreground,
        background=colors.background or theme.background,
        dark=_is_dark(colors.background) if colors.background else theme.dark,
        surface=colors.panel or theme.surface,
        panel=colors.panel or theme.panel,
        boost=colors.panel or theme.boost,
        primary=colors.link or theme.primary,
        accent=colors.accent or theme.accent,
        warning=colors.accent or theme.warning,
        error=colors.error or theme.error,
        variables=variables,
    )


def _is_dark(color: str) -> bool:
    return Color.parse(color).brightness < _HALF


def default_theme(environment: Mapping[str, str], color_system: str | None) -> str:
    """Return the name of the theme that suits a terminal.

    `color_system`: what Rich found out about it. Terminals that set COLORFGBG, as in "15;0", tell
    with its last number whether their background is light.
    """
    if color_system in _FEW_COLORS:
        return "16"
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in _LIGHT_BACKGROUNDS else "dark"
