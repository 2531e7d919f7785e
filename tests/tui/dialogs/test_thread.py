"""The answers to a message stay at their end as more come, unless the user has gone up."""

import asyncio
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from hubbub.tui.dialogs.thread import AtEnd


class Page(App[None]):
    """Nothing but what scrolls."""

    def compose(self) -> ComposeResult:
        with AtEnd():
            yield Static(markup=False)

    @property
    def place(self) -> tuple[int, int]:
        """How many rows are above what is seen, and how many could be."""
        scroll = self.query_one(AtEnd)
        return round(scroll.scroll_y), scroll.max_scroll_y

    def hold(self, rows: int) -> None:
        self.query_one(Static).update("\n".join(map(str, range(rows))))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await pilot.pause(0.01)


def test_whoever_is_at_the_end_stays_there_however_much_comes_before_it_is_laid_out() -> None:
    async def scene() -> None:
        page = Page()
        async with page.run_test(size=(20, 10)) as pilot:
            for rows in range(5, 50, 5):
                page.hold(rows)
                for _ in range(rows % 7):
                    await asyncio.sleep(0)
            await until(pilot, lambda: page.place == (35, 35))
            await pilot.resize_terminal(20, 6)
            await until(pilot, lambda: page.place == (39, 39))
            page.query_one(AtEnd).scroll_relative(y=-3, animate=False)
            await until(pilot, lambda: page.place == (36, 39))
            page.hold(60)
            await until(pilot, lambda: page.place == (36, 54))
            page.hold(70)
            page.query_one(AtEnd).go_to_end()
            await until(pilot, lambda: page.place == (64, 64))

    asyncio.run(scene())
