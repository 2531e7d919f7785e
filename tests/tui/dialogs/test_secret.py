"""A secret with a code for phones, which is drawn where all of it can be seen, and only there."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from hubbub.desk.form import Secret
from hubbub.lan.qr_code import drawn_code
from hubbub.tui.dialogs.secret import SecretScreen

ABOUT = "Type on the other device, within 10 minutes: /link abcd. It becomes one of yours."
SECRET = Secret(ABOUT, "abcd", "http://192.168.1.5:1234/#link=abcd")
COLUMNS_MIN = len(drawn_code(SECRET.scanned).partition("\n")[0]) + 2
"""The code, and the frame on each side."""


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await pilot.pause(0.01)


async def opened(pilot: Pilot[None]) -> SecretScreen:
    """Open the dialog, which waits for what it shall show."""
    dialog = SecretScreen("Link another device")
    await pilot.app.push_screen(dialog)
    await until(pilot, lambda: dialog.is_mounted)
    return dialog


def is_as(dialog: SecretScreen, *, is_drawn: bool) -> bool:
    """Return whether the code is drawn, or whether it is not."""
    return bool(dialog.query_one("#code").display) is is_drawn


@pytest.mark.parametrize("columns", [COLUMNS_MIN, 80, 200])
def test_a_code_is_drawn_where_no_row_of_it_is_cut_off(columns: int) -> None:
    async def scene() -> None:
        async with App[None]().run_test(size=(columns, 100)) as pilot:
            dialog = await opened(pilot)
            dialog.show(SECRET)
            code, box = dialog.query_one("#code"), dialog.query_one(VerticalScroll)
            await until(pilot, lambda: 0 < code.size.height < box.size.height)
            rows = box.outer_size.height
            for height, drawn in ((rows, True), (rows - 1, False), (rows, True)):
                await pilot.resize_terminal(columns, height)
                await until(pilot, partial(is_as, dialog, is_drawn=drawn))
                await until(pilot, lambda: box.max_scroll_y == 0)
                assert is_as(dialog, is_drawn=drawn)
            await pilot.resize_terminal(COLUMNS_MIN - 1, 100)
            await until(pilot, partial(is_as, dialog, is_drawn=False))

    asyncio.run(scene())


def test_whether_a_code_fits_is_known_before_it_is_laid_out() -> None:
    async def scene(size: tuple[int, int], *, drawn: bool) -> None:
        async with App[None]().run_test(size=size) as pilot:
            dialog = await opened(pilot)
            dialog.show(SECRET)
            assert is_as(dialog, is_drawn=drawn)

    asyncio.run(scene((80, 24), drawn=True))
    asyncio.run(scene((80, 16), drawn=False))
