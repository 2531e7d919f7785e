"""Whatever the client writes can be read, and everybody has a colour of their own."""

import asyncio
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Footer, Input, Label, OptionList

from hubbub.chat.names import same_name
from hubbub.tui import THEME_NAMES
from hubbub.tui.config.settings import Colors
from hubbub.tui.looks import Looks, backgrounds, contrast, looks_of
from hubbub.tui.themes import THEMES, contrast_min, default_theme, with_colors

HEX_THEMES = [theme for theme in THEMES.values() if not theme.ansi]
GROUNDS = ["background", "surface", "panel"]
INKS = ["foreground", "primary", "secondary", "accent", "warning", "error", "success"]
USUAL_NAMES = (
    "ann bob carol dave erin frank grace heidi ivan judy "
    "mallory niaj olivia peggy rupert sybil trent victor walter zoe"
)
WRITTEN_ON = {  # Textual's own pairs: variable of the text, variable of what is behind it
    "block-cursor-foreground": "block-cursor-background",
    "block-cursor-blurred-foreground": "block-cursor-blurred-background",
    "input-cursor-foreground": "input-cursor-background",
    "input-selection-foreground": "input-selection-background",
    "button-color-foreground": "primary",
    "footer-key-foreground": "footer-background",
    "footer-description-foreground": "footer-background",
    "text": "screen-selection-background",
    "text-muted": "panel",
    "text-disabled": "surface",
    "foreground-muted": "block-hover-background",
}


def styles(looks: Looks) -> dict[str, Style]:
    """Return every style of a looks by name."""
    single = {
        field.name: getattr(looks, field.name) for field in fields(looks) if field.name != "names"
    }
    return {**single, **{f"name {at}": style for at, style in enumerate(looks.names)}}


def triplet(color: str) -> ColorTriplet:
    return ColorTriplet(*Color.parse(color).rgb)


def theme_id(theme: Theme) -> str:
    return theme.name


def test_contrast_is_that_of_wcag() -> None:
    black, white, grey = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), triplet("#777777")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, black) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.005)
    assert contrast(grey, grey) == 1


@pytest.mark.parametrize("theme", HEX_THEMES, ids=theme_id)
def test_every_style_can_be_read_on_every_background(theme: Theme) -> None:
    faint = [
        (name, ground.hex)
        for name, style in styles(looks_of(theme)).items()
        if style.color is not None
        for ground in (
            backgrounds(theme) if style.bgcolor is None else [style.bgcolor.get_truecolor()]
        )
        if contrast(style.color.get_truecolor(), ground) < contrast_min(theme)
    ]
    assert not faint


@pytest.mark.parametrize("theme", HEX_THEMES, ids=theme_id)
def test_the_backgrounds_of_styles_are_among_those(theme: Theme) -> None:
    used = {
        style.bgcolor.get_truecolor()
        for style in styles(looks_of(theme)).values()
        if style.bgcolor is not None
    }
    assert used <= set(backgrounds(theme))
    assert len(used) == 3


@pytest.mark.parametrize("theme", HEX_THEMES, ids=theme_id)
def test_every_colour_of_a_theme_can_be_read_on_its_surfaces(theme: Theme) -> None:
    faint = [
        (ink, ground)
        for ink in INKS
        for ground in GROUNDS
        if contrast(triplet(getattr(theme, ink)), triplet(getattr(theme, ground)))
        < contrast_min(theme)
    ]
    assert not faint


@pytest.mark.parametrize("theme", HEX_THEMES, ids=theme_id)
def test_what_textual_draws_by_itself_can_be_read(theme: Theme) -> None:
    drawn = theme.to_color_system().generate()
    faint = [
        pair
        for pair in WRITTEN_ON.items()
        if contrast(*(triplet(drawn[name]) for name in pair)) < contrast_min(theme)
    ]
    assert not faint


def test_high_contrast_is_higher_and_on_black() -> None:
    theme = THEMES["contrast"]
    assert contrast_min(theme) >= 7
    assert (theme.background, theme.foreground) == ("#000000", "#ffffff")


def test_the_terminals_own_colours_are_left_to_it() -> None:
    theme = THEMES["16"]
    for style in styles(looks_of(theme)).values():
        for color in (style.color, style.bgcolor):
            assert color is None or color.is_default or color.is_system_defined
    for name in [*INKS, *GROUNDS]:
        assert getattr(theme, name).startswith("ansi_")


def test_themes_have_the_same_variables() -> None:
    keys = {frozenset(theme.variables) for theme in HEX_THEMES}
    assert len(keys) == 1
    assert keys.pop() <= set(THEMES["16"].variables)


class Dressed(App[None]):
    """An app that uses what Textual and what hubbub add to a theme."""

    CSS = """
    Label { color: $dim; background: $code-background; }
    Input { color: $text-muted; background: $mention-background; }
    OptionList { background: $selected-background; }
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.register_theme(theme)
        self.theme = theme.name

    def compose(self) -> ComposeResult:
        yield Label("hello")
        yield Input(placeholder="Write a message")
        yield OptionList("one", "two")
        yield Footer()


@pytest.mark.parametrize("theme", THEMES.values(), ids=theme_id)
def test_an_app_can_wear_the_theme(theme: Theme) -> None:
    async def scene() -> None:
        async with Dressed(theme).run_test() as pilot:
            assert pilot.app.native_ansi_color == theme.ansi
            assert "hello" in pilot.app.export_screenshot()

    asyncio.run(scene())


@given(st.sampled_from(HEX_THEMES), st.text())
def test_any_name_can_be_read(theme: Theme, name: str) -> None:
    style = looks_of(theme).name(name)
    assert style.bold
    assert style.color is not None
    color = style.color.get_truecolor()
    assert all(contrast(color, ground) >= contrast_min(theme) for ground in backgrounds(theme))


@pytest.mark.parametrize("name", ["Ann", "ÉLODIE", "Чарли", "ΣΊΣΥΦΟΣ", "two words"])
def test_other_capitals_have_the_same_colour(name: str) -> None:
    looks = looks_of(THEMES["dark"])
    assert looks.name(name) == looks.name(name.lower()) == looks.name(name.upper())


@given(st.text())
def test_whoever_is_the_same_has_the_same_colour(name: str) -> None:
    looks = looks_of(THEMES["dark"])
    for other in (name.swapcase(), name.title()):
        if same_name(name, other):
            assert looks.name(name) == looks.name(other)


def test_a_name_keeps_its_colour_from_one_day_to_the_next() -> None:
    looks = looks_of(THEMES["dark"])
    places = [looks.names.index(looks.name(name)) for name in ("ann", "bob", "李雷")]
    assert places == [27, 14, 20]


@pytest.mark.parametrize("theme", HEX_THEMES, ids=theme_id)
def test_usual_names_have_different_colours(theme: Theme) -> None:
    looks = looks_of(theme)
    assert len({style.color for style in looks.names}) == len(looks.names)
    assert len({looks.name(name).color for name in USUAL_NAMES.split()}) >= 8


@pytest.mark.parametrize(
    ("environment", "color_system", "expected"),
    [
        ({}, "truecolor", "dark"),
        ({}, "256", "dark"),
        ({}, "standard", "16"),
        ({}, "windows", "16"),
        ({}, None, "16"),
        ({"COLORFGBG": "0;15"}, "truecolor", "light"),
        ({"COLORFGBG": "0;default;7"}, "256", "light"),
        ({"COLORFGBG": "15;0"}, "truecolor", "dark"),
        ({"COLORFGBG": "7;8"}, "truecolor", "dark"),
        ({"COLORFGBG": "0;15"}, "standard", "16"),
        ({"COLORFGBG": "what?"}, "truecolor", "dark"),
    ],
)
def test_the_theme_suits_the_terminal(
    environment: dict[str, str], color_system: str | None, expected: str
) -> None:
    assert default_theme(environment, color_system) == expected


def test_the_command_line_knows_every_theme() -> None:
    assert tuple(THEMES) == THEME_NAMES


@pytest.mark.parametrize("name", ["dark", "light", "contrast", "16"])
@pytest.mark.parametrize("ground", ["#000000", "#ffffff", "#777777"])
def test_whatever_colours_the_user_chooses_names_have_some(name: str, ground: str) -> None:
    theme = with_colors(THEMES[name], Colors(background=ground, panel=ground, code=ground))
    assert looks_of(theme).names
