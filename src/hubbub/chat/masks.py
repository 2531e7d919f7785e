"""Masks: `*` stands for any characters, `?` for one. To look for one takes no long."""

import re
from fnmatch import translate
from functools import lru_cache


@lru_cache(maxsize=256)
def _pattern(mask: str) -> re.Pattern[str]:
    return re.compile(translate(mask.lower().replace("[", "[[]")))


def fits(mask: str, text: str) -> bool:
    """Return whether a text is one that a mask means; capitals make no difference."""
    return _pattern(mask).match(text.lower()) is not None


def is_mask(text: str) -> bool:
    """Return whether a text may mean several."""
    return "*" in text or "?" in text
