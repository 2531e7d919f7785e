"""The candidates that fit into a line."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hubbub.desk.completion import Candidate
from hubbub.tui.composer.strip import Offer, parts


def offer(*labels: str, chosen: int | None = None, purpose: str = "") -> Offer:
    return Offer(tuple(Candidate(label, label, purpose) for label in labels), chosen)


def test_all_stand_beside_each_other_and_one_is_chosen() -> None:
    assert parts(offer("one", "two", chosen=1), 20) == [(" one ", "", 0), (" two ", "chosen", 1)]


def test_the_purpose_stands_beside_the_chosen_one_if_it_fits() -> None:
    asked = offer("/who", "/join", chosen=0, purpose="who is here")
    assert parts(asked, 40)[:2] == [(" /who ", "chosen", 0), (" who is here ", "purpose", 0)]
    assert parts(asked, 18) == [(" /who ", "chosen", 0), (" /join ", "", 1)]


labels = st.lists(st.text(max_size=8), min_size=1, max_size=12)


@given(labels, st.integers(0, 11), st.integers(1, 30), st.text(max_size=12))
def test_the_chosen_one_is_always_shown(
    found: list[str], chosen: int, width: int, purpose: str
) -> None:
    chosen %= len(found)
    shown = parts(offer(*found, chosen=chosen, purpose=purpose), width)
    assert [text for text, style, _ in shown if style == "chosen"] == [f" {found[chosen]} "]
    candidates = [text for text, style, _ in shown if style != "purpose"]
    assert sum(cell_len(text) for text, _, _ in shown) <= width or len(candidates) == 1
