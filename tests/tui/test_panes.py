"""The lists beside the log."""

import asyncio

from rich.text import Text
from textual.app import App, ComposeResult

from hubbub.tui.panes import Pane


class Page(App[None]):
    """A list that is told what it shows before anybody knows how high it is."""

    def compose(self) -> ComposeResult:
        pane = Pane("rooms")
        pane.show([Text(f"<{number}>") for number in range(100)], 50)
        yield pane

    @property
    def shown(self) -> str:
        return "\n".join(row.text for row in self.screen._compositor.render_strips())


def test_the_current_line_is_in_sight_whatever_height_a_list_comes_to_have() -> None:
    async def scene() -> None:
        page = Page()
        async with page.run_test(size=(20, 10)) as pilot, asyncio.timeout(20):
            while "<50>" not in page.shown:
                await pilot.pause(0.01)

    asyncio.run(scene())
