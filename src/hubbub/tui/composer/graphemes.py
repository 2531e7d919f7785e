"""Places in a line of text, by grapheme clusters: what a person takes for one character.

A place is an offset in code points, as Textual counts its columns.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from wcwidth import iter_graphemes


@lru_cache(maxsize=64)
def boundaries(line: str) -> Sequence[int]:
    """Return all places between clusters, from 0 to the length of `line`."""
    if line.isascii() and "\r" not in line:  # \r\n is the one cluster of ASCII
        return range(len(line) + 1)
    return list(accumulate(map(len, iter_graphemes(line)), initial=0))


def snapped(line: str, place: int) -> int:
    """Return the start of the cluster that `place` is within, or `place` if between clusters."""
    known = boundaries(line)
    return known[max(0, bisect_right(known, place) - 1)]


def snapped_right(line: str, place: int) -> int:
    """Return the end of the cluster that `place` is within, or `place` if between clusters."""
    known = boundaries(line)
    return known[min(len(known) - 1, bisect_left(known, place))]


def left_of(line: str, place: int) -> int:
    """Return the place one cluster to the left, or 0."""
    return snapped(line, max(0, place - 1))


def right_of(line: str, place: int) -> int:
    """Return the place one cluster to the right, or the end of `line`."""
    return snapped_right(line, min(len(line), place + 1))


def word_left(line: str, place: int) -> int:
    """Return where the word to the left of `place` begins."""
    while place and line[left_of(line, place)].isspace():
        place = left_of(line, place)
    if place:
        in_word = _is_word(line[left_of(line, place)])
        while place and _is_word(first := line[left_of(line, place)]) == in_word:
            if first.isspace():
                break
            place = left_of(line, place)
    return place


def word_right(line: str, place: int) -> int:
    """Return where the word to the right of `place` ends."""
    while place < len(line) and line[place].isspace():
        place = right_of(line, place)
    if place < len(line):
        in_word = _is_word(line[place])
        while place < len(line) and _is_word(line[place]) == in_word:
            if line[place].isspace():
                break
            place = right_of(line, place)
    return place


def _is_word(first: str) -> bool:
    """Tell by its first code point whether a cluster belongs to a word: marks follow a letter."""
    return first.isalnum() or first == "_"
