"""Rows that hang under the text of an item fit their width and lose nothing."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from hubbub.tui.log.wrap import HANGING_CELLS_MIN, hung

from .test_wrap import texts


@given(texts, st.integers(HANGING_CELLS_MIN, 60), st.integers(1, 8))
def test_all_rows_fit_and_say_what_was_written(text: str, width: int, hang: int) -> None:
    lines = text.count("\n") + 1
    found = list(hung(Text(text), width, dict.fromkeys(range(lines), hang)))
    said = ""
    for row, begins, indent in found:
        assert cell_len(row.plain.rstrip()) + indent <= width
        assert indent == (0 if begins else hang)
        said += ("\n" if begins and row is not found[0][0] else "") + row.plain
    assert said == text


def test_where_there_is_no_room_nothing_hangs() -> None:
    found = list(hung(Text("one two three four five six seven"), HANGING_CELLS_MIN - 1, {0: 4}))
    assert [indent for _, _, indent in found] == [0, 0]
