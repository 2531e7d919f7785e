"""The profiles of names and passwords: the same as the library's own, which take longer."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from precis_i18n import get_profile

from hubbub.chat.errors import Refused
from hubbub.chat.names import (
    MUCH_TOO_LONG,
    NAME_CHARS_MAX,
    ROOM_CHARS_MAX,
    allowed_name,
    allowed_room,
    name_key,
)
from hubbub.chat.profiles import nickname, nickname_key, opaque_string, username

CHARS_MAX = 10_000
# Characters with rules of their own, and some that the rules speak of.
SPECIAL = (
    "\u00b7l\u0375α\u05f3\u05f4א\u30fbア漢\u0660\u0669\u06f0\u06f9\u200c\u200dब\u094d\u0628\u064e"
)
texts = st.text(max_size=20) | st.text(
    SPECIAL + "aA \u3000Ａﷺİ\u0307\u0323\u1100\u1161", max_size=20
)


def outcome(profile: Callable[[str], str], text: str) -> str | None:
    try:
        return profile(text)
    except ValueError:
        return None


@given(texts)
def test_nicknames_are_those_of_the_library(text: str) -> None:
    assert outcome(lambda raw: nickname(raw, CHARS_MAX), text) == outcome(
        get_profile("NicknameCasePreserved").enforce, text
    )
    assert outcome(lambda raw: nickname_key(raw, CHARS_MAX), text) == outcome(
        get_profile("NicknameCaseMapped").enforce, text
    )


@given(texts)
def test_rooms_are_those_of_the_library(text: str) -> None:
    assert outcome(lambda raw: username(raw, CHARS_MAX), text) == outcome(
        get_profile("UsernameCaseMapped").enforce, text
    )


@given(texts)
def test_passwords_are_those_of_the_library(text: str) -> None:
    assert outcome(lambda raw: opaque_string(raw, CHARS_MAX), text) == outcome(
        get_profile("OpaqueString").enforce, text
    )


@given(texts | st.text(st.characters(max_codepoint=127), max_size=20))
def test_ascii_takes_a_shorter_way_to_the_same_names(text: str) -> None:
    try:
        name = allowed_name(text)
    except Refused:
        return
    assert name == outcome(get_profile("NicknameCasePreserved").enforce, text.strip())
    assert name_key(name) == outcome(get_profile("NicknameCaseMapped").enforce, name)


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_ascii_takes_a_shorter_way_to_the_same_rooms(text: str) -> None:
    try:
        room = allowed_room(text)
    except Refused:
        return
    assert room == outcome(get_profile("UsernameCaseMapped").enforce, text)


@pytest.mark.parametrize("char", ["ﷺ", "\u30fb", "漢", "\u0301", "\u0344"])
def test_much_too_long_names_are_refused_before_anything_is_made_of_them(
    char: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def normalized(form: str, text: str) -> str:
        raise AssertionError(f"{len(text)} characters to be made {form}")

    monkeypatch.setattr("hubbub.chat.profiles.normalize", normalized)
    for allowed, limit in ((allowed_name, NAME_CHARS_MAX), (allowed_room, ROOM_CHARS_MAX)):
        with pytest.raises(Refused):
            allowed(char * (MUCH_TOO_LONG * limit + 1))
    with pytest.raises(ValueError, match="is no name"):
        name_key(char * (MUCH_TOO_LONG * NAME_CHARS_MAX + 1))


def test_a_name_that_swells_is_refused_once_it_does() -> None:
    with pytest.raises(Refused, match="has 576 characters"):
        allowed_name("ﷺ" * NAME_CHARS_MAX)
