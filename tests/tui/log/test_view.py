"""What the log shows: it follows the newest, and never moves what is being read."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hubbub.chat.events import Page
from hubbub.client import Replica
from hubbub.desk.log import Pending
from hubbub.desk.room import RoomState
from hubbub.tui.log.view import LogView
from hubbub.tui.looks import looks_of
from hubbub.tui.themes import THEMES
from tests.desk.rooms import is_anns, message, page, replica

Scene = Callable[["Screen"], Awaitable[None]]

STUCK_TIME = "00:01"
"""When the messages were said, in UTC."""


class Viewer(App[None]):
    """A log, and nothing else."""

    def __init__(self, room: RoomState) -> None:
        super().__init__()
        self.view = LogView(room, looks_of(THEMES["dark"]), "ann")
        self.older_wanted = 0
        self.between_wanted: list[bool] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_log_view_older_wanted(self) -> None:
        self.older_wanted += 1

    def on_log_view_between_wanted(self, event: LogView.BetweenWanted) -> None:
        self.between_wanted.append(event.is_down)


class Screen:
    """A room with its replica on a screen of 40 x 10."""

    def __init__(self, app: Viewer, pilot: Pilot[None], known: Replica) -> None:
        self.app, self.pilot, self.known = app, pilot, known
        self.view, self.room = app.view, app.view.room

    async def rows(self) -> list[str]:
        """Return what is shown."""
        await self.pilot.pause()
        height = self.view.size.height
        return [self.view.render_line(y).text.strip() for y in range(height)]

    async def says(self, *texts: str) -> None:
        """Have somebody say something."""
        for text in texts:
            self.known.apply(message(self.known.cursor + 1, text))
        await self.follow()

    async def follow(self) -> None:
        """Take in what the replica has."""
        self.room.follow(self.known, is_anns, lambda _: False, attentive=self.view.is_following)
        self.view.redraw()
        await self.pilot.pause()


def on_screen(scene: Scene, *, last: int = 100, held: int = 30) -> None:
    async def play() -> None:
        known, room = replica(last, held=held), RoomState("lobby", seen=last)
        room.follow(known, is_anns, lambda _: False, attentive=True)
        app = Viewer(room)
        async with app.run_test(size=(40, 10)) as pilot:
            await pilot.pause()
            await scene(Screen(app, pilot, known))

    asyncio.run(play())


def test_a_new_message_appears_at_the_end() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says("look here")
        assert (await screen.rows())[-1] == "look here"

    on_screen(scene)


def test_new_messages_do_not_move_a_log_that_is_scrolled_up() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says(*[f"m{number}" for number in range(20)])
        screen.view.scroll_lines(-5)
        before = await screen.rows()
        await screen.says("one", "two", "three\nfour")
        after = await screen.rows()
        assert after[:-1] == before[:-1]
        assert after[-1].endswith("3 new ↓")

    on_screen(scene)


def test_older_messages_do_not_move_what_is_read() -> None:
    async def scene(screen: Screen) -> None:
        screen.view.action_oldest()
        screen.view.scroll_lines(4)
        before = await screen.rows()
        assert screen.app.older_wanted
        assert screen.known.add_page(page(21, 70, more=True), 71)
        await screen.follow()
        assert await screen.rows() == before
        screen.view.scroll_lines(-20)
        assert await screen.rows() != before

    on_screen(scene)


def test_scrolling_down_to_the_end_follows_again() -> None:
    async def scene(screen: Screen) -> None:
        screen.view.scroll_pages(-2)
        assert not screen.view.is_following
        screen.view.scroll_pages(3)
        await screen.rows()
        assert screen.view.is_following
        await screen.says("here I am")
        assert (await screen.rows())[-1] == "here I am"

    on_screen(scene)


def test_a_short_log_stands_at_the_bottom_and_cannot_be_scrolled() -> None:
    async def scene(screen: Screen) -> None:
        before = await screen.rows()
        assert before[0] == ""
        assert "the beginning" in before[-5]
        screen.view.scroll_lines(-3)
        assert await screen.rows() == before
        assert screen.view.is_following

    on_screen(scene, last=2, held=2)


def test_the_unread_line_stands_above_the_first_new_message() -> None:
    async def scene(screen: Screen) -> None:
        screen.room.interrupt()
        await screen.says("new one")
        rows = await screen.rows()
        line = next(y for y, row in enumerate(rows) if "─ new ─" in row)
        assert rows[line + 2] == "new one"

    on_screen(scene)


def test_a_jump_shows_the_message_and_chooses_it() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says("needle", *["straw"] * 30)
        screen.view.jump(101)
        assert "needle" in await screen.rows()
        assert screen.view.selected == screen.room.log.index_of(101)

    on_screen(scene)


HOLE = "loading what lies between …"


def around(first: int, last: int) -> Page:
    """Return a page around some message of a room of 500."""
    return replace(page(first, last, more=True), newer=True, last=500)


def test_a_jump_far_back_shows_the_message_and_below_it_the_hole() -> None:
    async def scene(screen: Screen) -> None:
        assert screen.known.add_page(around(200, 220), around=210)
        await screen.follow()
        assert (await screen.rows())[-1] == "message 500"
        screen.view.jump(210)
        assert "message 210" in await screen.rows()
        await screen.pilot.pause()
        assert screen.app.between_wanted[-1]
        screen.view.scroll_lines(8)
        rows = await screen.rows()
        line = next(y for y, row in enumerate(rows) if HOLE in row)
        assert (rows[line - 1], rows[line + 2]) == ("message 220", "message 471")
        assert screen.view.selected == screen.room.log.index_of(210)

    on_screen(scene, last=500)


def test_what_closes_the_hole_moves_nothing_that_is_read() -> None:
    async def scene(screen: Screen) -> None:
        assert screen.known.add_page(around(200, 220), around=210)
        await screen.follow()
        screen.view.jump(210)
        before = await screen.rows()
        assert screen.known.add_page(around(221, 260), after=220)
        await screen.follow()
        assert await screen.rows() == before
        assert screen.view.selected == screen.room.log.index_of(210)
        screen.view.action_newest()
        await screen.rows()
        screen.view.scroll_lines(-12)
        before = await screen.rows()
        await screen.pilot.pause()
        assert not screen.app.between_wanted[-1]
        assert screen.known.add_page(replace(page(261, 470, more=True), last=500), 471)
        await screen.follow()
        assert await screen.rows() == before
        await screen.says("news")
        assert (await screen.rows())[-1].endswith("1 new ↓")
        assert screen.room.log.hole_at is None

    on_screen(scene, last=500)


def test_choosing_goes_up_from_the_newest_and_scrolls_along() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says(*[f"m{number}" for number in range(30)])
        screen.view.can_focus = True
        screen.view.focus()
        for _ in range(20):
            screen.view.action_select(-1)
        assert screen.view.selected == screen.room.log.index_of(111)
        assert "m10" in await screen.rows()
        for _ in range(20):
            screen.view.action_select(1)
        assert screen.view.is_following
        assert screen.view.selected is None

    on_screen(scene)


def test_another_width_keeps_the_message_at_the_top() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says(*[f"m{number} " + "word " * 20 for number in range(20)])
        screen.view.scroll_lines(-30)
        first = next(row for row in await screen.rows() if row.startswith("m"))
        await screen.pilot.resize_terminal(70, 10)
        assert any(row.split()[-20:] and first.split()[0] in row for row in await screen.rows())

    on_screen(scene)


def test_a_mark_on_what_is_gone_from_the_log_waits_for_the_next_drawing() -> None:
    async def scene(screen: Screen) -> None:
        screen.room.log.pending.append(Pending("nonce", "one\ntwo\nthree", 0))
        screen.view.redraw()
        assert (await screen.rows())[-1] == "three …"
        await screen.pilot.mouse_down(screen.view, offset=(3, 9))
        await screen.pilot.hover(screen.view, offset=(4, 7))
        assert screen.view.marked == "e\ntwo\nth"
        screen.room.log.pending.clear()
        assert screen.view.marked == ""
        assert (await screen.rows())[-1] == "three …"
        await screen.pilot.mouse_up(screen.view, offset=(4, 7))
        screen.view.redraw()
        assert (await screen.rows())[-1] == "message 100"

    on_screen(scene)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["lines", "pages", "say", "older", "size", "choose"]),
            st.integers(-12, 12),
        ),
        max_size=15,
    )
)
def test_whatever_happens_every_row_fits_the_screen(steps: list[tuple[str, int]]) -> None:
    async def scene(screen: Screen) -> None:
        for step, count in steps:
            match step:
                case "lines":
                    screen.view.scroll_lines(count)
                case "pages":
                    screen.view.scroll_pages(count // 4)
                case "say":
                    await screen.says(*["something 漢字 👨\u200d👩\u200d👧 " * 4] * max(count, 0))
                case "older" if screen.known.start:
                    before = screen.known.start + 1
                    screen.known.add_page(page(max(before - 9, 1), before - 1, more=True), before)
                    await screen.follow()
                case "size":
                    await screen.pilot.resize_terminal(max(1, 20 + 4 * count), max(1, 8 + count))
                case "choose":
                    screen.view.action_select(1 if count > 0 else -1)
            await screen.rows()
            width, height = screen.view.size
            rows = [screen.view.render_line(y) for y in range(height)]
            assert [row.cell_length for row in rows] == [width] * height

    on_screen(scene)


@pytest.mark.usefixtures("in_utc")
def test_who_speaks_and_when_stays_visible_in_a_long_message() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says("\n".join(f"line {number}" for number in range(1, 60)))
        for lines in (-5, -10, -10):
            screen.view.scroll_lines(lines)
            first, second, *_ = await screen.rows()
            assert first.startswith(f"bob {STUCK_TIME} ┄")
            assert second.startswith("line ")

    on_screen(scene)


def test_who_speaks_stays_visible_in_a_long_run() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says(*[f"m{number}" for number in range(40)])
        for _ in range(10):
            screen.view.scroll_lines(-3)
            rows = await screen.rows()
            assert any(row.startswith("bob ") for row in rows[:2])

    on_screen(scene)


def test_the_line_that_tells_who_speaks_hides_nothing_that_cannot_be_reached() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says("\n".join(f"line {number}" for number in range(60)))
        seen: set[str] = set()
        for pages in (*[-1] * 12, *[1] * 12):
            seen.update(await screen.rows())
            screen.view.scroll_pages(pages)
        assert {f"line {number}" for number in range(60)} <= seen

    on_screen(scene)


def test_a_chosen_message_is_never_behind_that_line() -> None:
    async def scene(screen: Screen) -> None:
        await screen.says(*[f"m{number}" for number in range(30)])
        screen.view.can_focus = True
        screen.view.focus()
        for number in range(29, -1, -1):
            screen.view.action_select(-1)
            assert f"m{number}" in await screen.rows()

    on_screen(scene)
