"""How items look, in wide and in narrow windows."""

from datetime import date

import pytest
from msgspec.structs import replace
from rich.style import Style

from hubbub.chat.events import Message
from hubbub.desk.log import Item, Note, Pending, Said
from hubbub.tui.log.layout import Context, Layout
from hubbub.tui.looks import looks_of
from hubbub.tui.themes import THEMES
from tests.desk.rooms import message

PALETTE = looks_of(THEMES["dark"])


pytestmark = pytest.mark.usefixtures("in_utc")


def rows(
    item: Item, width: int = 80, context: Context | None = None, known: Message | None = None
) -> list[str]:
    layout = Layout(width, Style(), PALETTE, "ann", lambda _: known, longest=12)
    block = layout.block(item, context or Context())
    assert all(line.cell_length == width for line in block.lines)
    return [line.text.rstrip() for line in block.lines]


def test_a_wide_row_has_time_name_and_text() -> None:
    assert rows(Said(message(1, "hello"))) == ["00:00          bob  hello"]


def test_a_long_text_goes_on_under_itself() -> None:
    first, second = rows(Said(message(1, "word " * 15)), 80)
    assert first.index("word") == second.index("word")


def test_a_narrow_message_has_its_name_above() -> None:
    assert rows(Said(message(1, "hello")), 40) == ["bob 00:00", "  hello"]


def test_a_run_of_one_sender_names_them_once() -> None:
    again = Context(heads=False, tells_time=False)
    assert rows(Said(message(2, "again")), 80, again) == [" " * 20 + "again"]
    assert rows(Said(message(2, "again")), 40, again) == ["  again"]


def test_a_long_name_is_cut() -> None:
    (row,) = rows(Said(message(1, "hello", "Maximiliane-Charlotte")))
    assert row == "00:00 Maximiliane…  hello"


def test_an_answer_shows_what_it_answers() -> None:
    answer = replace(message(2, "yes"), reply_to=1)
    question = message(1, "really?\nreally?", "carl")
    assert rows(Said(answer), known=question) == [
        "00:00          bob  ↳ carl: really? really?",
        " " * 20 + "yes",
    ]
    assert "↳ an older message" in rows(Said(answer))[0]


def test_edits_deletions_and_reactions_are_shown() -> None:
    said = replace(message(1, "hi"), edited=5, reactions={"🎉": ["ann", "bob", "carl", "dora"]})
    assert rows(Said(said)) == [
        "00:00          bob  hi (edited)",
        " " * 20 + "🎉 ann, bob, carl +1",
    ]
    assert rows(Said(replace(message(1), text="", deleted=True))) == [
        "00:00          bob  (deleted)"
    ]


def test_an_own_message_on_its_way_says_so_and_a_failed_one_why() -> None:
    assert rows(Pending("n", "hello", 0)) == ["00:00          ann  hello …"]
    failed = rows(Pending("n", "hello", 0, failure="The room is closed."), 120)
    assert failed[1].strip() == (
        "✗ Not sent: The room is closed. /retry tries again, /drop gives up."
    )


def test_a_note_is_apart_from_messages() -> None:
    assert rows(Note("take care", 0)) == ["00:00            ·  take care"]


def test_lines_above_tell_the_day_the_beginning_and_what_is_new() -> None:
    context = Context(day=date(1970, 1, 1), unread=True, begins=True)
    shown = rows(Said(message(1)), 80, context)
    assert [row.strip("─ ") for row in shown[:3]] == [
        "the beginning",
        "Thursday 1 January 1970",
        "new",
    ]


def test_a_room_that_lost_its_beginning_says_so() -> None:
    shown = rows(Said(message(1)), 80, Context(begins=True, dropped=True))
    assert shown[0].strip("─ ") == "older messages are not kept here"


def test_who_said_something_elsewhere_is_marked_however_long_the_name_is() -> None:
    (row,) = rows(Said(replace(message(1, "hello", "Maximiliane"), imported="slack")))
    assert row == "00:00 [slack] Max…  hello"


def test_code_keeps_its_lines_and_spaces() -> None:
    shown = rows(Said(message(1, "look:\n```\nif x:\n    y\n```")))
    assert [row[20:] for row in shown] == ["look:", " if x:", "     y"]


def test_a_huge_message_is_shown_in_part() -> None:
    shown = rows(Said(message(1, "x\n" * 30_000)))
    assert len(shown) < 500
    assert "the rest is not shown" in shown[-1]


@pytest.mark.parametrize("width", range(1, 12))
def test_the_narrowest_window_shows_something(width: int) -> None:
    for item in (
        Said(message(1, "漢字 hello")),
        Note("note", 0),
        Pending("n", "x", 0, failure="no"),
    ):
        assert rows(item, width, Context(unread=True))


def test_what_goes_on_of_an_item_stands_under_its_text() -> None:
    text = "- one item that is too long for a row of the log, so that it goes on\n- two"
    shown = [row[2:] for row in rows(Said(message(1, text)), 40)[1:]]
    assert shown[0].startswith("• one item")
    assert shown[1].startswith("  ")
    assert shown[1].strip()
    assert shown[-1] == "• two"


def test_the_text_of_an_item_that_goes_on_is_copied_as_it_was_written() -> None:
    text = "1. one item that is too long for a row of the log, so that it goes on\n2. two"
    layout = Layout(40, Style(), PALETTE, "ann", lambda _: None, longest=12)
    block = layout.block(Said(message(1, text)), Context())
    assert block.text == text


def test_what_goes_on_of_a_quote_stands_under_its_text() -> None:
    text = "> a quote that is too long for a row of the log, so that it goes on"
    shown = [row[2:] for row in rows(Said(message(1, text)), 40)[1:]]
    assert shown[0].startswith("> a quote")
    assert all(row.startswith("  ") for row in shown[1:])
