"""Which known word a mistyped one was meant to be."""

from collections.abc import Iterable
from typing import Final

LENGTHS_APART: Final = 2


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest of the known words that begin like `word` and are about as long.

    To compare it with all of them would take ten times as long as to act on a right one.
    """
    import difflib  # noqa: PLC0415 (most words are right)

    alike = [
        one for one in known if one[:1] == word[:1] and abs(len(one) - len(word)) <= LENGTHS_APART
    ]
    return next(iter(difflib.get_close_matches(word, alike, 1)), None)
