"""Options of which one is taken, by keys and by the mouse."""

import asyncio

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from hubbub.desk.form import OneOf
from hubbub.tui.dialogs.options import Options

COLOURS = OneOf(
    "A colour:",
    (("r", "red"), ("g", "green, which takes more than one row where it is narrow"), ("b", "blue")),
    "g",
)


class Page(App[None]):
    """Fields above and below the options."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted = 0

    def compose(self) -> ComposeResult:
        yield Input(id="above")
        yield Options(COLOURS)
        yield Input(id="below")

    def on_options_submitted(self) -> None:
        self.submitted += 1


async def taken(pilot: Pilot[None], *keys: str) -> str:
    await pilot.press(*keys)
    return pilot.app.query_one(Options).value


def focus(pilot: Pilot[None]) -> str | None:
    focused = pilot.app.focused
    return focused.id if focused is not None else None


def test_arrow_keys_take_options_and_go_on_to_the_fields_around_them() -> None:
    async def scene() -> None:
        page = Page()
        async with page.run_test() as pilot:
            options = page.query_one(Options)
            assert options.value == "g"
            options.focus()
            assert await taken(pilot, "down") == "b"
            assert await taken(pilot, "space") == "r"
            assert await taken(pilot, "enter") == "r"
            assert page.submitted == 1
            await pilot.press("up")
            assert focus(pilot) == "above"
            options.focus()
            assert await taken(pilot, "down", "down", "down") == "b"
            assert focus(pilot) == "below"

    asyncio.run(scene())


def test_a_click_takes_the_option_under_it_however_many_rows_each_has() -> None:
    async def scene() -> None:
        page = Page()
        async with page.run_test(size=(30, 20)) as pilot:
            options = page.query_one(Options)
            assert options.size.height > len(COLOURS.options)
            await pilot.click(Options, offset=(3, options.size.height - 1))
            assert options.value == "b"
            await pilot.click(Options, offset=(3, 0))
            assert options.value == "r"

    asyncio.run(scene())
