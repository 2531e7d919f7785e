"""Names that look alike: the skeletons of UTS 39, Unicode's standard on confusable characters.

Two texts look alike if their skeletons are the same. A skeleton is a key and never shown. Its table
comes from the library confusable-homoglyphs, which keeps Unicode's data; it is read when the
first name needs it that is not ASCII. For ASCII a handful of entries will do.
"""

from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from unicodedata import normalize

import msgspec

_LIBRARY = "confusable_homoglyphs"

_ASCII = (
    *(("0", "O"), ("1", "l"), ("I", "l"), ("|", "l")),
    *(("m", "rn"), ("`", "'"), ('"', "''"), ("%", "º/₀")),
)
"""What of the table concerns ASCII. Nothing is made of one entry that another one changes."""

_JOINERS = "\u200c\u200d"
"""Of what UTS 39 ignores, names may hold only these, within words of Indic scripts."""

_DIRECTION_MARK = "\u200e"
"""Stands in the table around letters that are written from right to left."""


class _LookAlike(msgspec.Struct):
    c: str


_neighbours = msgspec.json.Decoder(list[_LookAlike])


@lru_cache(maxsize=4096)  # a name is asked for as it comes, while it stays, and as it goes
def skeletons(name: str) -> tuple[str, ...]:
    """Return one or two skeletons of an allowed name; names look alike if they share one.

    Names that differ in capitals are the same name, but `ANNI` looks like `ANNl`, and `anni` does
    not. So a name has the skeleton of how it is written, and that of its small letters.
    """
    written, small = _skeleton(name), _skeleton(name.lower())
    if small != written:
        return written, small
    return (name if written == name else written,)  # as most names are: one text in memory


def table_version() -> str:
    """Return which table it is: with another one, names may have other skeletons."""
    return str(import_module(_LIBRARY).__version__)


def look_alike(name: str, other: str) -> bool:
    """Return whether people could take one name for the other."""
    others = skeletons(other)
    return any(skeleton in others for skeleton in skeletons(name))


def begins_like(name: str, beginning: str) -> bool:
    """Return whether people could take the beginning of a name for this one."""
    beginnings = skeletons(beginning)
    return any(skeleton.startswith(beginnings) for skeleton in skeletons(name))


def plain_looks(text: str) -> str:
    """Return `text` with each character replaced by the plainest one that looks like it."""
    if not text.isascii():
        return text.translate(_table())
    for char, plain in _ASCII:
        text = text.replace(char, plain)
    return text


def _skeleton(text: str) -> str:
    # Small letters at the end are our own: `0` looks like `O`, which in a name is the same as `o`.
    if text.isascii():
        return plain_looks(text).lower()
    return normalize("NFD", plain_looks(normalize("NFD", text))).lower()


@cache
def _table() -> dict[int, str]:
    """Return the prototype of each character that has one."""
    file = Path(*import_module(_LIBRARY).__path__) / "confusables.json"
    # One entry after the other is decoded: all at once would take three times the memory.
    entries = msgspec.json.decode(file.read_bytes(), type=dict[str, msgspec.Raw])
    only_neighbours = {
        text.strip(_DIRECTION_MARK): _only_neighbour(others) for text, others in entries.items()
    }
    del entries
    # The data tells each pair both ways round. In Unicode's own, many characters point to one
    # prototype, which points to none: it is the one with several neighbours. In a pair that stands
    # alone, it does not matter which is taken, as long as it is the same for both.
    prototypes: dict[int, str] = {}
    for text, other in only_neighbours.items():
        if len(text) == 1 and other:
            is_prototype = only_neighbours[other] and len(other) == 1 and text < other
            if not is_prototype:
                prototypes[ord(text)] = other
    # What stands for a character in several others must be made of prototypes as well.
    table = {code: other.translate(prototypes) for code, other in prototypes.items()}
    return table | dict.fromkeys(map(ord, _JOINERS), "")


def _only_neighbour(others: msgspec.Raw) -> str:
    """Return the only text that the library says looks like another one; "" if it says several."""
    neighbours = {one.c.strip(_DIRECTION_MARK) for one in _neighbours.decode(others)}
    return neighbours.pop() if len(neighbours) == 1 else ""
