"""The column of names follows the longest name, and text has room beside it."""

import pytest
from rich.style import Style

from hubbub.desk.log import RoomLog
from hubbub.desk.room import RoomState
from hubbub.tui.log.layout import TEXT_CELLS_MIN, Layout
from hubbub.tui.log.longest import LongestName
from hubbub.tui.log.shape import Shape
from hubbub.tui.looks import looks_of
from hubbub.tui.themes import THEMES
from tests.desk.rooms import message, page, replica

PALETTE = looks_of(THEMES["dark"])


def column(width: int, longest: int, shape: Shape | None = None) -> int:
    """Return how wide the column of names is."""
    style = Style()
    return Layout(
        width, style, PALETTE, "ann", lambda _: None, longest, shape or Shape()
    ).name_cells


def log_of(*senders: str) -> RoomLog:
    log = RoomLog()
    for seq, sender in enumerate(senders, start=1):
        log.add(message(seq, sender=sender))
    return log


def test_short_names_take_no_more_than_they_need() -> None:
    assert column(78, 3) == 3


def test_names_are_not_cut_where_there_is_room() -> None:
    assert column(162, 32) == 32
    assert column(162, 64) == 54, "a third of the width"


def test_eighty_columns_leave_room_for_text() -> None:
    for width in range(78, 200):
        assert width - column(width, 64) - len("00:00 ") - len("  ") >= TEXT_CELLS_MIN


def test_the_user_can_say_how_wide_names_may_be() -> None:
    assert column(162, 32, Shape(names_max=10)) == 10


def test_times_take_no_room_where_there_are_none() -> None:
    assert column(78, 64, Shape(clock="none")) == column(78, 64) + len("00:00 ")


def test_the_longest_name_is_that_of_all_who_spoke_and_of_the_user() -> None:
    longest = LongestName()
    assert longest.cells(log_of("bob"), "ann-marie") == 9
    assert LongestName().cells(log_of("佐藤花子さん"), "ann") == 12


def test_older_and_newer_messages_are_looked_at_once() -> None:
    known, room = replica(100, held=10), RoomState("lobby", seen=100)
    room.follow(known, lambda _: False, lambda _: False, attentive=True)
    longest = LongestName()
    assert longest.cells(room.log, "ann") == 3
    assert known.add_page(page(81, 90, more=True), 91)
    known.apply(message(101, sender="a-newcomer"))
    room.follow(known, lambda _: False, lambda _: False, attentive=True)
    assert longest.cells(room.log, "ann") == 10
    room.log.clear()
    room.log.add(message(200, sender="another-newcomer"))
    assert longest.cells(room.log, "ann") == 16


@pytest.mark.parametrize(("clock", "cells"), [("24h", 5), ("12h", 8), ("seconds", 8), ("none", 0)])
def test_each_kind_of_time_has_its_width(clock: str, cells: int) -> None:
    assert Shape(clock=clock).time_cells == cells  # type: ignore[arg-type]
