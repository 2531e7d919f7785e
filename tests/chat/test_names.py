"""Names: RFC 8266 for members, letters and digits for rooms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import Refused
from hubbub.chat.names import (
    NAME_CHARS_MAX,
    allowed_name,
    allowed_room,
    direct_room,
    is_direct,
    name_key,
    same_name,
)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("ann", "ann"),
        ("  Ann   B \t", "Ann B"),
        ("Ａｎｎ", "Ann"),
        ("名無し", "名無し"),
        ("Zoë 🎉", "Zoë 🎉"),
        ("x" * NAME_CHARS_MAX, "x" * NAME_CHARS_MAX),
    ],
)
def test_allowed_names_are_normalised(raw: str, name: str) -> None:
    assert allowed_name(raw) == name


@pytest.mark.parametrize(
    "raw",
    [
        *("", "   ", "\n", "a\x00b", "a\x1b[31m", "a\nb", "ann\u202ebob", "a\u200bb", "x" * 33),
        *("hubbub", "HUBBUB", " Hubbub ", "Ｈubbub"),
    ],
)
def test_other_names_are_refused_with_a_remedy(raw: str) -> None:
    with pytest.raises(Refused, match="Choose") as refusal:
        allowed_name(raw)
    assert refusal.value.code == "name_not_allowed"
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "\u2800",
            "ann\u2800",
            "\u303f",
            "\U0001d159",
            "\ufffc",
            "\u3164",
            "\uffa0",
            "\u115f",
            "\ufe0f",
        ),
        *("\u0301", "\u20dd", "ann \u0301", "\u0301ann", "ann\ufe0f", "\U000e0061", "\u034f"),
        *("a\u0301\u0301", "q\u0301\u0302\u0303\u0304\u0305"),
    ],
    ids=ascii,
)
def test_invisible_names_are_refused(raw: str) -> None:
    with pytest.raises(Refused, match="Choose 1 to 32 visible") as refusal:
        allowed_name(raw)
    assert refusal.value.code == "name_not_allowed"


@pytest.mark.parametrize("raw", ["Việt", "שָׁלוֹם", "नमस्ते", "क्\u200dष", "กำ", "👍🏽", "q\u0301"])
def test_marks_on_letters_are_fine(raw: str) -> None:
    assert allowed_name(raw)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "ann > yes, I agree",
            "ann>",
            "ann ＞ yes",
            "ann › yes",
            "ann ᐳ yes",
            "< ann",
            "ann: yes",
        ),
        *(
            "ann꞉ yes",
            "ann ː yes",
            "ann ꓽ yes",
            "(private) ann",
            "（private） ann",
            "❨private❩ ann",
            "ann (PRIVATE)",
        ),
        *("ann [рrivate]", "[lobby] ann", "[2026-11-26 10:00 UTC] ann"),
    ],
)
def test_names_that_read_like_a_line_or_a_mark_are_refused(raw: str) -> None:
    with pytest.raises(Refused, match="mistaken for the beginning of a line") as refusal:
        allowed_name(raw)
    assert refusal.value.code == "name_not_allowed"


@pytest.mark.parametrize(
    "raw",
    ["ᐸᐅᓗᓯ", "ᐳᐃᑦ", "github[bot]", "Ann (work)", "a:b", "ann:", "रामः देव", "O'Brien", "»ann«"],
)
def test_names_with_such_characters_elsewhere_are_fine(raw: str) -> None:
    assert allowed_name(raw) == raw


@pytest.mark.parametrize("raw", ["hυbbub", "Ηubbub", "HUВBUB", "ꓧubbub"])
def test_nobody_can_look_like_the_server(raw: str) -> None:
    with pytest.raises(Refused, match="reserved for the server"):
        allowed_name(raw)


@given(st.text(max_size=40))
def test_an_allowed_name_stays_as_it_is(raw: str) -> None:
    try:
        name = allowed_name(raw)
    except Refused:
        return
    assert 1 <= len(name) <= NAME_CHARS_MAX
    assert name.isprintable()
    assert allowed_name(name) == name
    assert name_key(name_key(name)) == name_key(name)


def test_names_are_compared_without_case() -> None:
    assert same_name("Zoë B", "ZOË b")
    assert not same_name("ann", "bob")
    assert not same_name("é\u202e", "É\u202e"), "no names at all"
    assert name_key("Ann B") == name_key("ann b") == "ann b"
    assert name_key("ÉLAN") == name_key("élan")


@pytest.mark.parametrize(
    ("raw", "room"), [("Dev", "dev"), ("dev-2.0_x", "dev-2.0_x"), ("日本", "日本"), ("É", "é")]
)
def test_rooms_are_in_lower_case(raw: str, room: str) -> None:
    assert allowed_room(raw) == room


@pytest.mark.parametrize(
    "raw", ["", "a b", "#dev", "@ann", "a/b", "a\n", "x" * 65, "🎉", "\x1b", ".", "..", "．．"]
)
def test_other_rooms_are_refused_with_a_remedy(raw: str) -> None:
    with pytest.raises(Refused, match="letters, digits") as refusal:
        allowed_room(raw)
    assert refusal.value.code == "room_not_allowed"
    assert str(refusal.value).isprintable()


def test_a_private_room_belongs_to_two_names_in_any_order_and_case() -> None:
    room = direct_room("Ann", "bob")
    assert room == direct_room("BOB", "ann")
    assert is_direct(room)
    assert not is_direct("lobby")
    assert len({room, direct_room("ann", "cat"), direct_room("ann, bob", "cat")}) == 3
