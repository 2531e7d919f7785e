"""Whom a message calls."""

import re
from collections.abc import Iterator
from functools import lru_cache

from hubbub.markup.blocks import blocks_of
from hubbub.markup.runs import Run, prose_of, runs
from hubbub.markup.visible import is_mark, visible

_NAMES_CACHED_MAX = 64
_EVERYBODY = "@(?:everyone|here|all)"
_BARE = str.maketrans("", "", "`*_~")


@lru_cache(_NAMES_CACHED_MAX)
def _called(name: str) -> re.Pattern[str]:
    name = visible(name).strip()
    called = f"@?{re.escape(name)}|{_EVERYBODY}" if name else _EVERYBODY
    return re.compile(rf"(?<![\w@])(?:{called})(?!\w)", re.IGNORECASE)


@lru_cache(_NAMES_CACHED_MAX)
def _roughly(bare_name: str) -> re.Pattern[str]:
    """Return what finds every mention and more, in a text without marks: it is quick."""
    return re.compile(f"{re.escape(bare_name)}|{_EVERYBODY}", re.IGNORECASE)


def _bare(text: str) -> str:
    return visible(text).strip().translate(_BARE)


def calls(prose: list[Run], name: str) -> Iterator[tuple[int, int]]:
    """Yield where the member or everybody is mentioned: neither in code nor in a link."""
    text = prose_of(prose)
    for call in _called(name).finditer(text):
        if not is_mark(text[call.end() : call.end() + 1]):
            yield call.span()


def mentions(text: str, name: str) -> bool:
    """Return whether a message calls the member `name`, or everybody."""
    shown = visible(text)
    if not _roughly(_bare(name)).search(_bare(shown)):
        return False
    prose = [block.text for block in blocks_of(shown) if not block.is_code]
    return any(list(calls(list(runs(part)), name)) for part in prose)
