"""What a search found, in its context, and where the user is in it."""

import pytest

from hubbub.desk.hits import Hits, context_of

from .rooms import message


@pytest.mark.parametrize(
    ("text", "found", "shown"),
    [
        ("dinner is ready", [(0, 6)], "[dinner] is ready"),
        ("dinner\n\nis  ready", [(12, 17)], "dinner is [ready]"),
        ("x" * 50 + " dinner", [(51, 57)], "…[dinner]"),
        ("word " * 20 + "dinner", [(100, 106)], "…word word word word word [dinner]"),
        ("天" * 100, [(90, 92)], "…" + "天" * 30 + "[天天]" + "天" * 8),
        ("a " * 200, [(0, 1), (2, 3), (398, 399)], "[a] [a] " + "a " * 118 + "…"),
        ("nothing marked", [], "nothing marked"),
        ("", [], ""),
    ],
)
def test_the_context_of_what_was_found(text: str, found: list[tuple[int, int]], shown: str) -> None:
    pieces = context_of(text, found)
    assert "".join(f"[{piece}]" if is_found else piece for piece, is_found in pieces) == shown


def test_hits_are_walked_through_to_both_ends() -> None:
    hits = Hits()
    assert hits.step(1) is None
    messages = [message(seq) for seq in (9, 5, 2)]
    hits.found("dinner", messages)
    hits.choose(messages[1])
    assert hits.place == "2 of 3 for dinner"
    assert hits.step(1) is messages[2]
    assert hits.step(1) is None
    assert hits.place == "3 of 3 for dinner"
    assert hits.step(-1) is messages[1]
    assert hits.step(-1) is messages[0]
    assert hits.step(-1) is None
