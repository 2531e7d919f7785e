"""Finding emoji by name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.desk.emoji_names import emoji_matching, emoji_named, with_emoji

TABLE = json.loads(
    (Path(__file__).parents[1] / "golden/tables/emoji.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", ["tada", ":tada:", "Party_Popper", " tada "])
def test_an_emoji_has_names_and_aliases(name: str) -> None:
    assert emoji_named(name) == "🎉"


@pytest.mark.parametrize("name", ["", "tad", "🎉", "no such thing"])
def test_what_is_no_name_is_no_emoji(name: str) -> None:
    assert emoji_named(name) is None


def test_the_name_itself_comes_first_then_beginnings_then_words() -> None:
    found = emoji_matching("heart", found_max=400)
    assert found[0] == ("❤️", "heart")
    names = [name for _, name in found]
    begins = [name.startswith("heart") for name in names]
    assert begins == sorted(begins, reverse=True)
    assert "blue_heart" in names
    assert not any("sweetheart" in name for name in names)


def test_short_names_come_first() -> None:
    lengths = [len(name) for _, name in emoji_matching("smi") if name.startswith("smi")]
    assert len(lengths) > 3
    assert lengths == sorted(lengths)


def test_an_emoji_is_listed_once() -> None:
    found = [emoji for emoji, _ in emoji_matching("s")]
    assert len(found) == len(set(found)) == 40


def test_spaces_are_as_good_as_underscores() -> None:
    assert emoji_matching("Party pop")[0] == ("🎉", "party_popper")


def test_nothing_typed_matches_nothing() -> None:
    assert emoji_matching(" ") == []


def test_keywords_come_last() -> None:
    assert "😀" in [emoji for emoji, _ in emoji_matching("cheerful")]
    assert emoji_matching("party")[0][0] == "🎉"


@pytest.mark.parametrize(("text", "shown"), TABLE["said"])
def test_what_is_said_has_emoji_for_their_names_but_not_in_code(text: str, shown: str) -> None:
    assert with_emoji(text) == shown


@pytest.mark.parametrize(("typed", "first"), TABLE["found"].items())
def test_names_are_found_as_in_the_page(typed: str, first: list[list[str]]) -> None:
    found = [list(one) for one in emoji_matching(typed)]
    assert found[: len(first)] == first


def test_the_table_is_read_on_first_use() -> None:
    source = (
        "import hubbub.tui.composer; from hubbub.desk.emoji_names import every_emoji; "
        "assert every_emoji.cache_info().currsize == 0"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False, timeout=60).returncode == 0
