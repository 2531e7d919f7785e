"""Look-alikes: the skeletons of UTS 39, quick for ASCII and right for the rest."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat import lookalikes
from hubbub.chat.lookalikes import look_alike, plain_looks, skeletons

ASCII = [chr(code) for code in range(128)]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *(("ann", "аnn"), ("Αnn", "ann"), ("paypal", "раураl"), ("二", "ニ"), ("bob", "ЬоЬ")),
        *(("paypal", "paypaI"), ("ann1", "annl"), ("b0b", "bob"), ("tom", "torn"), ("al|", "all")),
        *(("ANNI", "ANNl"), ("АNNI", "anni"), ("O'Brien", "O’Brien"), ("a-b", "a‐b")),
        ("क्ष", "क्\u200dष"),
    ],
)
def test_names_that_look_alike(name: str, other: str) -> None:
    assert look_alike(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [("ann", "bob"), ("ann", "án"), ("Zoë", "Zoe"), ("Kai", "Kal"), ("ann1", "ann2"), ("ø", "o")],
)
def test_names_that_people_can_tell_apart(name: str, other: str) -> None:
    assert not look_alike(name, other)


@pytest.mark.parametrize("char", ASCII)
def test_the_entries_for_ascii_are_those_of_unicode(char: str) -> None:
    assert plain_looks(char) == char.translate(lookalikes._table())


def test_a_prototype_stands_for_itself() -> None:
    table = lookalikes._table()
    assert all(prototype.translate(table) == prototype for prototype in table.values())


@given(st.text(max_size=8), st.text(max_size=8))
def test_whoever_looks_like_somebody_is_looked_like_by_them(name: str, other: str) -> None:
    assert look_alike(name, name)
    assert look_alike(name, name.lower())
    assert look_alike(name, other) == look_alike(other, name)


@given(st.text("IlOo0|1mrn", max_size=8))
def test_ascii_takes_the_short_way_to_the_same_skeletons(name: str) -> None:
    table = lookalikes._table()
    assert set(skeletons(name)) == {
        name.translate(table).lower(),
        name.lower().translate(table).lower(),
    }


def test_classes_of_ascii_look_alikes() -> None:
    alike = {
        frozenset((one, other))
        for one, other in product(ASCII, repeat=2)
        if one.lower() != other.lower() and look_alike(one, other)
    }
    assert alike == set(
        map(
            frozenset,
            [
                ("0", "O"),
                ("0", "o"),
                ("1", "I"),
                ("1", "l"),
                ("1", "L"),
                ("1", "|"),
                ("I", "l"),
                ("I", "L"),
                ("I", "|"),
                ("l", "|"),
                ("L", "|"),
                ("'", "`"),
            ],
        )
    )
