"""Links in a message: bare addresses, and `[names](of them)`."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from linkify_it import LinkifyIt  # type: ignore[import-untyped]

_URL_CHARS_MAX = 2000
_URLS_MAX = 500  # more is a flood, which nobody reads

_URL = re.compile(
    rf"(?<![A-Za-z0-9])((?:https?|hubbubs?):)//[^\s`<>]{{1,{_URL_CHARS_MAX}}}", re.IGNORECASE
)
_NOT_LAST = "*_~.,:;!?'\""
_LABEL = re.compile(r"\[([^\[\]\n]{1,200})\]\(\Z")
_LABEL_REACH = 203
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})


class Link(NamedTuple):
    """Where it stands in a text and as what; `to`: where it leads, None if that is too long.

    `label`: what somebody calls the address; else it is empty.
    """

    start: int
    end: int
    written: str
    url: str
    to: str | None
    label: str = ""


def links(text: str) -> Iterator[Link]:
    """Yield the links of a text, in order; none overlap."""
    done = 0
    for start, end in _urls(text):
        label = None
        if start > 2 and text.startswith("](", start - 2) and text.startswith(")", end):
            label = _LABEL.search(text[max(done, start - _LABEL_REACH) : start])
        url, name = text[start:end], ""
        if label is not None and label[1].strip():
            name = label[1]
            start, end = start - len(label[0]), end + 1  # noqa: PLW2901
        yield Link(start, end, text[start:end], url, _address(url), name)
        done = end


def _urls(text: str) -> Iterator[tuple[int, int]]:
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


def _address(url: str) -> str | None:
    """Return a URL as a terminal may be told it, in printable ASCII; None if it is too long."""
    scheme, colon, rest = url.partition(":")
    quoted = scheme.lower() + colon + quote(rest, safe=_PRINTABLE)
    return quoted if len(quoted) <= _URL_CHARS_MAX else None
