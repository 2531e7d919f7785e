"""Who is mentioned, and where it stands out."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.markup.mentions import mentions
from tests.tui.markup.texts import PALETTE, TEXTS, shown

TABLE = json.loads(
    (Path(__file__).parents[2] / "golden/tables/mentions.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['name']}: {row['text'][:40]}")
def test_a_mention_is_found_and_stands_out(row: dict[str, object]) -> None:
    text, name = str(row["text"]), str(row["name"])
    assert mentions(text, name) == row["calls"]
    styles = [span.style for part in shown(text, name) for span in part.text.spans]
    assert (PALETTE.mention in styles) == row["calls"]


def test_a_mention_is_marked_with_its_at_and_nothing_else() -> None:
    [paragraph] = shown("hi @ann, and ann")
    marked = [paragraph.text.plain[span.start : span.end] for span in paragraph.text.spans]
    assert marked == ["@ann", "ann"]


@given(TEXTS, st.sampled_from(["ann", "x_y", "2", "", "李", "é", ".", "a nn"]))
def test_what_stands_out_is_what_counts(text: str, name: str) -> None:
    stands_out = any(
        span.style == PALETTE.mention for part in shown(text, name) for span in part.text.spans
    )
    assert mentions(text, name) == stands_out
