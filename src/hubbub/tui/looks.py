"""The Rich styles in which the log is drawn, derived from a theme; and everybody's own colour."""

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.theme import Theme

from hubbub.chat.names import name_key
from hubbub.tui.themes import contrast_min

_NAMES_CACHED_MAX = 4096
_HUES = 30
_CHROMA = 0.125
_STEP = 0.01

# Those that can be read on a black and on a white background in the usual terminals.
_ANSI_NAMES = (
    *("red", "green", "magenta", "cyan"),
    *("bright_red", "bright_magenta", "bright_blue"),
)


@dataclass(frozen=True)
class Looks:
    """The styles of the log. None but `code`, `mention` and `selected` has a background."""

    text: Style
    dim: Style
    accent: Style
    link: Style
    quote: Style
    heading: Style
    lead: Style
    """The mark of an item in a list."""
    own: Style
    """Added to the style of the user's own name."""
    error: Style
    unread: Style
    day: Style
    mention: Style
    selected: Style
    """Laid under a selected message."""
    code: Style
    keyword: Style
    string: Style
    number: Style
    comment: Style
    function: Style
    names: tuple[Style, ...]

    def name(self, name: str) -> Style:
        """Return the style of somebody's name: always the same, in whatever capitals."""
        return self.names[_number(name) % len(self.names)]


def looks_of(theme: Theme) -> Looks:
    """Return the styles that go with a theme of `THEMES`."""
    return _ansi_looks() if theme.ansi else _hex_looks(theme)


def _ansi_looks() -> Looks:
    dim = Style(dim=True)
    accent = Style(color="magenta")
    return Looks(
        text=Style(color="default"),
        dim=dim,
        accent=accent,
        link=Style(color="bright_blue", underline=True),
        quote=dim + Style(italic=True),
        heading=Style(color="default", bold=True, underline=True),
        lead=accent,
        own=Style(color="default", bold=True),
        error=Style(color="red"),
        unread=Style(color="magenta", bold=True),
        day=dim,
        mention=Style(color="black", bgcolor="yellow"),
        selected=Style(reverse=True),
        code=Style(color="magenta"),
        keyword=Style(color="bright_blue", bold=True),
        string=Style(color="green"),
        number=Style(color="red"),
        comment=Style(color="default", dim=True),
        function=Style(color="bright_blue"),
        names=tuple(Style(color=name, bold=True) for name in _ANSI_NAMES),
    )


def _hex_looks(theme: Theme) -> Looks:
    dim = Style(color=theme.variables["dim"])
    accent = Style(color=theme.accent)
    return Looks(
        text=Style(color=theme.foreground),
        dim=dim,
        accent=accent,
        link=Style(color=theme.primary, underline=True),
        quote=dim + Style(italic=True),
        heading=Style(color=theme.foreground, bold=True, underline=True),
        lead=accent,
        own=Style(color=theme.foreground, bold=True),
        error=Style(color=theme.error),
        unread=Style(color=theme.accent, bold=True),
        day=dim,
        mention=Style(color=theme.accent, bgcolor=theme.variables["mention-background"], bold=True),
        selected=Style(bgcolor=theme.variables["selected-background"]),
        code=Style(color=theme.foreground, bgcolor=theme.variables["code-background"]),
        keyword=Style(color=theme.secondary),
        string=Style(color=theme.success),
        number=accent,
        comment=dim,
        function=Style(color=theme.primary),
        names=_names(theme),
    )


def backgrounds(theme: Theme) -> list[ColorTriplet]:
    """Return all backgrounds on which a theme of hex colours has text."""
    tinted = [theme.variables[f"{kind}-background"] for kind in ("code", "mention", "selected")]
    plain = [theme.background, theme.surface, theme.panel]
    return [Color.parse(name).get_truecolor() for name in [*plain, *tinted] if name]


def contrast(color: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 (none) to 21."""
    dark, light = sorted((_luminance(color), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: ColorTriplet) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Names.


@lru_cache(_NAMES_CACHED_MAX)
def _number(name: str) -> int:
    try:
        key = name_key(name)
    except ValueError:  # no server of ours lets anybody be called so
        key = name
    return zlib.crc32(key.encode("utf-8", "surrogatepass"))


def _names(theme: Theme) -> tuple[Style, ...]:
    return tuple(
        Style(color=Color.from_triplet(_readable(360 * step / _HUES, theme)), bold=True)
        for step in range(_HUES)
    )


def _readable(hue: float, theme: Theme) -> ColorTriplet:
    """Return the colour of a hue that is as strong as can be read on every background.

    Where the user chose backgrounds on which none can, it is the lightest or the darkest.
    """
    lightness, step = (0.74, _STEP) if theme.dark else (0.55, -_STEP)
    while True:
        color = _vivid(lightness, hue)
        if all(contrast(color, ground) >= contrast_min(theme) for ground in backgrounds(theme)):
            return color
        if not 0 < lightness + step < 1:
            return color
        lightness += step


def _vivid(lightness: float, hue: float) -> ColorTriplet:
    """Return a colour of OKLCH, as colourful as a screen can show it up to `_CHROMA`."""
    chroma = _CHROMA
    while chroma > 0 and not all(0 <= part <= 1 for part in _rgb(lightness, chroma, hue)):
        chroma -= _STEP
    shown = (min(max(part, 0), 1) for part in _rgb(lightness, chroma, hue))
    return ColorTriplet(*(round(255 * part) for part in shown))


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, ...]:
    """Return red, green and blue of a colour in OKLCH; those of 0 to 1 can be shown.

    The numbers are those of https://bottosson.github.io/posts/oklab/.
    """
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return tuple(
        12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in linear
    )
