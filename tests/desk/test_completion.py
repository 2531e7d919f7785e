"""What the word before the cursor can become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.desk.completion import complete, offered
from tests.desk.known import Known
from tests.desk.texts import lines


def become(line: str, *, is_first: bool = True) -> list[str]:
    """Return what the line can become, the cursor being at `|` or at the end."""
    before, _, after = line.partition("|")
    found = complete(before + after, len(before), Known(), is_first=is_first)
    if found is None:
        return []
    return [before[: found.start] + one.text + after for one in found.candidates]


@pytest.mark.parametrize(
    ("line", "results"),
    [
        ("/wo", ["/wonder "]),
        ("/W", ["/who ", "/wonder "]),
        ("/", ["/who ", "/join ", "/wonder "]),
        ("say /wo", []),
        ("/join ki", ["/join kitchen ", "/join kiosk "]),
        ("/join #ki", ["/join #kitchen ", "/join #kiosk "]),
        ("/leave ", ["/leave kitchen ", "/leave lobby ", "/leave kiosk "]),
        ("/msg an", ["/msg Anna ", "/msg Ann Lee "]),
        ("/msg ann l", ["/msg Ann Lee "]),
        ("/msg bob hi an", ["/msg bob hi Anna ", "/msg bob hi Ann Lee "]),
        ("@an", ["@Anna ", "@Ann Lee "]),
        ("so, @ANN L", ["so, @Ann Lee "]),
        ("mail@an", []),
        ("an", ["Anna: ", "Ann Lee: "]),
        ("ann l", ["Ann Lee: "]),
        ("see ann l", ["see Ann Lee "]),
        ("see an| there", ["see Anna there", "see Ann Lee there"]),
        ("éM", ["Émile: "]),
        ("ban", []),
        ("in #ki", ["in #kitchen ", "in #kiosk "]),
        ("in #an", []),
        (":tad", ["🎉"]),
        ("so :tad", ["so 🎉"]),
        (":t", []),
        ("12:30", []),
        ("", []),
        ("see ", []),
    ],
)
def test_completion(line: str, results: list[str]) -> None:
    assert become(line) == results


def test_only_the_first_line_holds_commands_and_whom_one_speaks_to() -> None:
    assert become("/wo", is_first=False) == []
    assert become("bo", is_first=False) == ["bob "]


@pytest.mark.parametrize(
    ("line", "count"),
    [("/w", 2), ("/", 0), ("@a", 2), ("@", 0), (":tada", 1), (":t", 0), ("an", 0), ("#ki", 2)],
)
def test_what_is_shown_unasked(line: str, count: int) -> None:
    found = offered(line, len(line), Known(), is_first=True)
    assert len(found.candidates if found else ()) == count


def test_commands_come_with_their_purpose() -> None:
    found = complete("/who", 4, Known(), is_first=True)
    assert found is not None
    assert found.candidates[0].label == "/who"
    assert found.candidates[0].purpose == "who is here"


def test_a_name_cannot_control_the_terminal() -> None:
    class Rude(Known):
        def names(self) -> list[str]:
            return ["ann\x1b[31m\n"]

    found = complete("@a", 2, Rude(), is_first=True)
    assert found is not None
    assert found.candidates[0].text == "ann[31m  "


@given(lines, st.integers(0, 60), st.booleans())
def test_a_completion_begins_before_the_cursor_and_offers_something(
    line: str, column: int, is_first: bool
) -> None:
    column = min(column, len(line))
    for found in (
        complete(line, column, Known(), is_first=is_first),
        offered(line, column, Known(), is_first=is_first),
    ):
        if found is not None:
            assert 0 <= found.start <= column
            assert found.candidates
