"""Codes that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.codes import (
    ALPHABET,
    BITS_PER_CHAR,
    LINK_CHARS,
    new_code,
    shown_code,
    typed_code,
)
from hubbub.chat.errors import Refused

codes = st.text(ALPHABET, min_size=LINK_CHARS, max_size=LINK_CHARS)


def test_codes_have_the_bits_that_they_are_said_to_have() -> None:
    assert len(set(ALPHABET)) == 2**BITS_PER_CHAR
    assert LINK_CHARS * BITS_PER_CHAR >= 40


def test_every_character_of_a_code_depends_on_its_secret() -> None:
    seen = [new_code(f"{number}", 2 * LINK_CHARS) for number in range(2000)]
    assert len(set(seen)) == len(seen)
    for place in zip(*seen, strict=True):
        assert set(place) == set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "7KQ2-M9XD",
        "7kq2-m9xd",
        "7KQ2M9XD",
        " 7kq2 m9xd\n",
        "7 k q 2 – m.9_x—d",
        "７ＫＱ２－Ｍ９ＸＤ",
        "7kq2\u00a0m9xd",
    ],
    ids=ascii,
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert typed_code(typed, LINK_CHARS) == "7KQ2M9XD"


def test_what_looks_alike_is_the_same() -> None:
    assert typed_code("oO00-iIlL", LINK_CHARS) == "00001111"
    assert typed_code("0000-1111", LINK_CHARS) == "00001111"
    assert not set("OIL") & set(ALPHABET)


@given(code=codes)
def test_a_code_that_is_shown_can_be_typed(code: str) -> None:
    shown = shown_code(code)
    assert len(shown) == LINK_CHARS + 1
    assert typed_code(shown, LINK_CHARS) == typed_code(shown.lower(), LINK_CHARS) == code


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("", "This has 0 letters"),
        ("7", "This has 1 letter or digit"),
        ("7KQ2-M9X", "This has 7 letters and digits, and the code 8"),
        ("7KQ2-M9XD-7KQ2", "This has 12"),
        ("7KQ2-M9XU", "'U' stands in no code"),
        ("7KQ2+M9XD", r"'\+' stands in no code"),
        ("7KQ2-M9XD" * 100_000, "This has"),
        ("ﷺ" * 100_000, "stands in no code"),
    ],
)
def test_what_can_be_no_code_is_refused_with_cause_and_remedy(typed: str, cause: str) -> None:
    with pytest.raises(Refused, match=cause) as refusal:
        typed_code(typed, LINK_CHARS)
    assert refusal.value.code == "wrong_code"
    assert "it looks like 7KQ2-M9XD." in str(refusal.value)
