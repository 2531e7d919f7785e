"""Passwords that people choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import Refused
from hubbub.chat.passwords import (
    PASSWORD_CHARS_MAX,
    PASSWORD_CHARS_MIN,
    allowed_password,
    spelled,
)


@pytest.mark.parametrize(
    "raw",
    [
        "abcdefgh",
        "12345678",
        "four words of mine",
        "  spaces count  ",
        "grüne Bäume",
        "пароль, мой",
        "密码密码密码密码",
        "🐎🔋📎✅🐎🔋📎✅",
        "annannann",
        "x" * (PASSWORD_CHARS_MAX - 1) + "y",
    ],
)
def test_a_long_password_of_any_script_is_allowed(raw: str) -> None:
    assert allowed_password(raw, "ann") == raw


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        ("", "has 0 characters"),
        ("x", "has 1 character"),
        ("abcdefg", "has 7 characters"),
        ("a\u0308bcdefg", "has 7 characters"),
        ("x" * (PASSWORD_CHARS_MAX + 1), "has 1001 characters"),
        ("abcdefgh\n", "holds characters that are invisible"),
        ("abcdefgh\x00", "holds characters that are invisible"),
        ("abcdefg\u200bh", "holds characters that are invisible"),
        ("abcdefgh\ud800", "holds characters that are invisible"),
        ("annabelle", "is a name that everybody sees"),
        ("AnnaBelle ", "is a name that everybody sees"),
        ("aaaaaaaa", "is the same character"),
    ],
    ids=ascii,
)
def test_a_password_that_is_no_good_is_refused_with_cause_and_remedy(raw: str, cause: str) -> None:
    with pytest.raises(Refused, match=cause) as refusal:
        allowed_password(raw, "Annabelle")
    assert refusal.value.code == "password_not_allowed"
    assert "Choose 8 to 1000 characters" in str(refusal.value)
    assert not (len(raw) > 1 and raw in str(refusal.value)), "nobody reads it over a shoulder"


@pytest.mark.parametrize(
    ("raw", "same"),
    [
        ("gr\u00fcne B\u00e4ume", "gru\u0308ne Ba\u0308ume"),
        ("four words", "four\u00a0words"),
        ("four words", "four\u3000words"),
    ],
    ids=ascii,
)
def test_devices_that_spell_a_password_differently_mean_the_same(raw: str, same: str) -> None:
    assert spelled(raw) == spelled(same)


@pytest.mark.parametrize("other", ["Four words", "four  words", " four words", "four words "])
def test_capitals_and_each_space_count(other: str) -> None:
    assert spelled(other) == other


@given(raw=st.text(max_size=40))
def test_what_is_allowed_is_verified_as_it_was_hashed(raw: str) -> None:
    try:
        hashed = allowed_password(raw, "ann")
    except Refused:
        return
    assert spelled(raw) == spelled(hashed) == hashed
    assert PASSWORD_CHARS_MIN <= len(hashed) <= PASSWORD_CHARS_MAX
