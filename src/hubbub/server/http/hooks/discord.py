"""Messages as Discord takes them: `content` and `embeds`."""

import re
from datetime import UTC, datetime

from hubbub.server.http.hooks.fields import (
    Body,
    joined,
    lines,
    linked,
    object_in,
    objects_in,
    text_in,
)

_REFERENCE = re.compile(r"<(?:(@)[!&]?|(#)|a?(:\w{1,32}:)|t:)(-?\d{1,20})(?::[tTdDfFR])?>")


def unmarked(text: str) -> str:
    """Return a text without Discord's notation for people, rooms, emoji and times."""
    return _REFERENCE.sub(_reference, text)


def _reference(found: re.Match[str]) -> str:
    person, room, emoji, number = found.groups()
    if emoji or person or room:
        return emoji or f"{person or room}{number}"
    try:
        return f"{datetime.fromtimestamp(int(number), UTC):%Y-%m-%d %H:%M UTC}"
    except (ValueError, OverflowError, OSError):
        return found[0]


def embed(body: Body) -> str:
    """Return what an embed says."""
    author = object_in(body, "author")
    return lines(
        [
            linked(text_in(author, "name"), text_in(author, "url")),
            linked(unmarked(text_in(body, "title")), text_in(body, "url")),
            unmarked(text_in(body, "description")),
            *(
                joined(unmarked(text_in(one, "name")), unmarked(text_in(one, "value")))
                for one in objects_in(body, "fields")
            ),
            text_in(object_in(body, "image"), "url"),
            text_in(object_in(body, "footer"), "text"),
        ]
    )
