"""What stands in the JSON that services send: objects whose fields may be anything, or missing."""

from collections.abc import Iterable, Mapping

Body = Mapping[str, object]
"""A JSON object."""


def text_in(body: Body, *keys: str) -> str:
    """Return the first text, or number as text, that stands under one of the keys; else ''."""
    for key in keys:
        value = body.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = f"{value}"
        if isinstance(value, str) and value.strip():
            return value.strip("\r\n")  # spaces may be meant, as before code
    return ""


def object_in(body: Body, key: str) -> Body:
    """Return the object under a key; an empty one if there is none."""
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def objects_in(body: Body, key: str) -> list[Body]:
    """Return the objects of the list under a key."""
    value = body.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def lines(parts: Iterable[str]) -> str:
    """Return the parts that say something, each on lines of its own."""
    return "\n".join(part for part in parts if part)


def joined(*parts: str, by: str = ": ") -> str:
    """Return the parts that say something, on one line."""
    return by.join(part for part in parts if part)


def linked(label: str, url: str) -> str:
    """Return a label with the address it leads to, or the one that there is."""
    if not (label and url) or label in (url, url.partition("://")[2]):
        return url or label
    return f"{label} ({url})"
