"""Rows of the input: whole clusters, and never wider than the box."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.document._document import Document
from textual.geometry import Offset

from hubbub.tui.breaking import breaks
from hubbub.tui.composer.graphemes import boundaries
from hubbub.tui.composer.wrapping import ClusterDocument
from tests.desk.texts import lines, texts

FAMILY = "👨\u200d👩\u200d👧"


def document(text: str, width: int) -> ClusterDocument:
    return ClusterDocument(Document(text), width)


def rows(text: str, width: int) -> list[str]:
    view = document(text, width)
    return [row for index in range(view.document.line_count) for row in view.get_sections(index)]


def cells(row: str) -> int:
    return cell_len(row.expandtabs(4))


def test_lines_break_between_words() -> None:
    assert rows("one two three", 8) == ["one two ", "three"]


def test_a_long_word_breaks_between_clusters() -> None:
    assert rows(FAMILY * 3, 5) == [FAMILY * 2, FAMILY]


def test_a_tab_goes_to_the_next_stop_of_its_row() -> None:
    assert breaks("abcdef\tx", 9, tab_width=4) == ([], [2])
    assert breaks("abcdef\tx", 7, tab_width=4) == ([6], [4])


def test_no_width_means_no_break() -> None:
    assert rows("one two three", 0) == ["one two three"]


@given(lines, st.integers(1, 12))
def test_rows_are_whole_clusters_and_fit(line: str, width: int) -> None:
    found = rows(line, width)
    assert "".join(found) == line
    at = 0
    for row in found:
        assert at in boundaries(line)
        at += len(row)
        fits = "\t" in row or cells(row) <= width
        assert fits or len(boundaries(row)) == 2


@settings(deadline=None)
@given(texts, st.integers(1, 12))
def test_a_click_lands_between_clusters_of_its_row(text: str, width: int) -> None:
    view = document(text, width)
    for y in range(view.height):
        for x in range(width + 2):
            row, column = view.offset_to_location(Offset(x, y))
            assert column in boundaries(view.document.get_line(row))
            assert view.location_to_offset((row, column)).y == y


@given(texts, st.integers(1, 12))
def test_every_place_is_found_again_where_it_is_drawn(text: str, width: int) -> None:
    view = document(text, width)
    for row, line in enumerate(view.document.lines):
        for place in boundaries(line)[:-1]:
            drawn = view.location_to_offset((row, place))
            found = view.offset_to_location(drawn)
            # Clusters without a width of their own are drawn at the same cell as the next one.
            assert view.location_to_offset(found) == drawn
            assert found[1] >= place


@given(texts, texts, st.integers(0, 8))
def test_wrapping_after_an_edit_is_wrapping_anew(old: str, new: str, width: int) -> None:
    view = document(old, width)
    view.document.replace_range((0, 0), view.document.end, new)
    view.wrap_range((0, 0), (0, 0), (0, 0))
    assert view.lines == document(new, width).lines
    assert view.height == document(new, width).height
