"""Emoji by their English names and aliases, without the colons."""

from collections.abc import Iterator
from functools import cache
from itertools import chain

FOUND_MAX = 40


@cache
def _named() -> list[tuple[str, str]]:
    """Return every name with its emoji, short names first."""
    # Imported on first use: its table of all emoji would slow the start.
    from emoji import EMOJI_DATA, STATUS  # noqa: PLC0415

    named = {
        name.strip(":").casefold(): emoji
        for emoji, entry in EMOJI_DATA.items()
        if entry["status"] == STATUS["fully_qualified"]
        for name in (entry["en"], *entry.get("alias", ()))
    }
    return sorted(named.items(), key=lambda pair: (len(pair[0]), pair[0]))


def emoji_named(name: str) -> str | None:
    """Return the emoji of exactly this name, with or without colons; None if there is none."""
    return dict(_named()).get(name.strip().strip(":").casefold())


def emoji_matching(typed: str, found_max: int = FOUND_MAX) -> list[tuple[str, str]]:
    """Return emoji, each with the name that fits best.

    The name itself comes first, then what begins with it, then what has a word that does; among
    these, short names before long ones.
    """
    query = "_".join(typed.casefold().split())
    if not query:
        return []
    found: dict[str, str] = {}
    for emoji, name in _ranked(query):
        found.setdefault(emoji, name)
        if len(found) == found_max:
            break
    return list(found.items())


def _ranked(query: str) -> Iterator[tuple[str, str]]:
    beginnings, words = [], []
    for name, emoji in _named():  # a name that is the query is the shortest that begins with it
        if name.startswith(query):
            beginnings.append((emoji, name))
        elif f"_{query}" in name or f"-{query}" in name:
            words.append((emoji, name))
    return chain(beginnings, words)
