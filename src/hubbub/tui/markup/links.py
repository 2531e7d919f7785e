"""URLs in a message."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

from linkify_it import LinkifyIt  # type: ignore[import-untyped]

_URL_CHARS_MAX = 2000
_URLS_MAX = 500  # more is a flood, which nobody reads

_URL = re.compile(rf"(?<![A-Za-z0-9])(https?:)//[^\s`<>]{{1,{_URL_CHARS_MAX}}}", re.IGNORECASE)
_NOT_LAST = "*_~.,:;!?'\""
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})


def urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the URLs of a text begin and end."""
    at = 0
    for _ in range(_URLS_MAX):
        found = _URL.search(text, at)
        if found is None:
            break
        scheme = len(found[1])
        chars = _linkify().test_schema_at(found[0], "http:", scheme)
        at = found.start() + scheme + chars
        if chars:
            end = at
            while _ends_sentence(text[end - 1]):
                end -= 1
            yield found.start(), end


def _ends_sentence(char: str) -> bool:
    if char.isascii():
        return char in _NOT_LAST
    return unicodedata.category(char).startswith("P")


def address(url: str) -> str | None:
    """Return a URL as a terminal may be told it, in printable ASCII; None if it is too long."""
    quoted = quote(url, safe=_PRINTABLE)
    return quoted if len(quoted) <= _URL_CHARS_MAX else None
