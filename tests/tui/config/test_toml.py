"""A setting is changed in the user's own file, and nothing else in it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import Refused
from hubbub.tui.config.printed import printed
from hubbub.tui.config.toml import changed, line_of, written_path

HAND_WRITTEN = """\
# mine
time = "12h"  # like at home

[colors]
text = "#ffffff"

[ keys ]
unread = [
    "alt+u",  # as before
    "f7",
]
"page up" = "f8"
"""


def test_another_value_takes_the_place_of_the_old_one() -> None:
    assert changed(HAND_WRITTEN, ("time",), "24h").split("\n")[:2] == ["# mine", 'time = "24h"']
    after = changed(HAND_WRITTEN, ("keys", "unread"), ("alt+x",))
    assert 'unread = ["alt+x"]\n"page up" = "f8"' in after
    assert "# mine" in after


def test_a_new_setting_comes_to_the_end_of_its_table() -> None:
    after = changed(HAND_WRITTEN, ("colors", "dim"), "#888888")
    assert '[colors]\ntext = "#ffffff"\ndim = "#888888"\n' in after
    assert changed(HAND_WRITTEN, ("theme",), "dark").startswith("# mine\ntime")
    assert changed("", ("colors", "dim"), "#888888").strip() == '[colors]\ndim = "#888888"'


def test_in_the_printed_file_it_stands_below_its_default() -> None:
    text = printed("client.toml")
    assert '#time = "24h"\ntime = "12h"\n' in changed(text, ("time",), "12h")
    after = changed(text, ("keys", "page up"), "f8")
    assert '#"page up" = "pageup"\n"page up" = "f8"\n' in after


def test_a_default_takes_the_line_away() -> None:
    assert "unread" not in (after := changed(HAND_WRITTEN, ("keys", "unread"), None))
    assert tomllib.loads(after)["keys"] == {"page up": "f8"}


@pytest.mark.parametrize("text", ['colors = { text = "#ffffff" }\n', "time = \n", "[[keys]]\n"])
def test_what_is_written_in_another_way_is_left_alone(text: str) -> None:
    with pytest.raises(Refused):
        changed(text, ("colors", "text") if "colors" in text else ("keys", "help"), "x")


def test_lines_are_found() -> None:
    assert line_of(HAND_WRITTEN, ("keys", "page up")) == 12
    assert line_of(HAND_WRITTEN, ("colors",)) == 4
    assert line_of(HAND_WRITTEN, ("nowhere",)) is None
    assert written_path(("rooms", "a room", "bell")) == 'rooms."a room".bell'


PATHS = st.sampled_from([("time",), ("theme",), ("colors", "dim"), ("keys", "page up")])


@given(st.lists(st.tuples(PATHS, st.none() | st.text() | st.lists(st.text()))), st.booleans())
def test_whatever_is_changed_the_file_says_it(
    changes: list[tuple[tuple[str, ...], object]], hand_written: bool
) -> None:
    text = HAND_WRITTEN if hand_written else printed("client.toml")
    for path, value in changes:
        text = changed(text, path, value)
        found: object = tomllib.loads(text)
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        assert found == value
