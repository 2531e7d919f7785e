"""Emoji by their names, without the colons: those of hubbub/web/emoji.txt, as in the page."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

FOUND_MAX = 40

_NAMED = re.compile(r"(?<![\w:]):([\w+-]{1,64}):(?![\w:])")


class Emoji(NamedTuple):
    """An emoji, its names, and words by which it is found as well."""

    emoji: str
    names: tuple[str, ...]
    keywords: tuple[str, ...]


@cache
def every_emoji() -> list[Emoji]:
    """Return all of them in the order of Unicode; read on first use."""
    text = (files("hubbub") / "web/emoji.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("# "))
    return [
        Emoji(emoji, tuple(names.split()), tuple(words.split())) for emoji, names, words in rows
    ]


@cache
def _by_name() -> dict[str, str]:
    return {name: one.emoji for one in reversed(every_emoji()) for name in one.names}


def emoji_named(name: str) -> str | None:
    """Return the emoji of exactly this name, with or without colons; None if there is none."""
    return _by_name().get(name.strip().strip(":").casefold())


def with_emoji(text: str) -> str:
    """Return a text with each `:name:` as its emoji, but for what stands in code."""
    if ":" not in text or not _NAMED.search(text):
        return text
    # Between marks of code stands every second part; where a mark is missing, all the rest is code.
    parts = re.split(r"(`+)", text)
    for at in range(0, len(parts), 4):
        parts[at] = _NAMED.sub(lambda found: emoji_named(found[1]) or found[0], parts[at])
    return "".join(parts)


def emoji_matching(typed: str, found_max: int = FOUND_MAX) -> list[tuple[str, str]]:
    """Return emoji, each with the name that fits best.

    The name itself comes first, then what begins with it, then what has a word that does, then
    what has such a keyword; among these, short names before long ones.
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
    beginnings, words, keywords = [], [], []
    for emoji, names, others in every_emoji():
        for name in names:
            if name.startswith(query):
                beginnings.append((emoji, name))
            elif f"_{query}" in name or f"-{query}" in name:
                words.append((emoji, name))
        if any(word.startswith(query) for word in others):
            keywords.append((emoji, names[0]))
    return chain(*(sorted(found, key=_length) for found in (beginnings, words, keywords)))


def _length(found: tuple[str, str]) -> int:
    return len(found[1])
