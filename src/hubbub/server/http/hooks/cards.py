"""Cards as Microsoft Teams takes them: the older MessageCard, and adaptive cards."""

from hubbub.server.http.hooks.fields import (
    Body,
    joined,
    lines,
    linked,
    object_in,
    objects_in,
    text_in,
)

_INNER = ("items", "columns", "inlines")
_NESTED_MAX = 5
"""How deep containers and columns of a card are looked into."""


def section(body: Body) -> str:
    """Return what a section of a MessageCard says."""
    return lines(
        [
            text_in(body, "title"),
            text_in(body, "activityTitle"),
            text_in(body, "activitySubtitle"),
            text_in(body, "activityText"),
            text_in(body, "text"),
            *(_fact(one) for one in objects_in(body, "facts")),
        ]
    )


def adaptive(attachment: Body) -> str:
    """Return what an attachment says if it is an adaptive card."""
    card = object_in(attachment, "content")
    return lines(
        [
            *(_element(one, _NESTED_MAX) for one in objects_in(card, "body")),
            *(linked(text_in(one, "title"), text_in(one, "url")) for one in _links(card)),
        ]
    )


def _links(card: Body) -> list[Body]:
    return [one for one in objects_in(card, "actions") if text_in(one, "url")]


def _element(body: Body, levels: int) -> str:
    inner = [one for key in _INNER for one in objects_in(body, key)] if levels else []
    return lines(
        [
            text_in(body, "text"),
            *(_fact(one) for one in objects_in(body, "facts")),
            *(_element(one, levels - 1) for one in inner),
        ]
    )


def _fact(body: Body) -> str:
    return joined(text_in(body, "name", "title").removesuffix(":"), text_in(body, "value"))
