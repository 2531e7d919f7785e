"""Messages as Slack takes them, and so Mattermost, Rocket.Chat and many others.

A text has marks of its own: `&amp;`, `&lt;` and `&gt;` stand for characters, and what is between
`<` and `>` is an address, with or without a label, or somebody who is mentioned.
"""

import re

from hubbub.server.http.hooks.fields import (
    Body,
    joined,
    lines,
    linked,
    object_in,
    objects_in,
    text_in,
)

_REFERENCE = re.compile(r"<([@#!]|[A-Za-z][A-Za-z0-9+.-]{1,30}:)([^<>|\n]*)(?:\|([^<>\n]*))?>")
_CHARACTERS = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPE = re.compile("|".join(_CHARACTERS))

_NESTED_MAX = 5
"""How deep elements of rich text are looked into; Slack's own have three levels."""


def unescaped(text: str) -> str:
    """Return what a text means that is in Slack's notation."""
    return plain(_REFERENCE.sub(_reference, text))


def plain(text: str) -> str:
    """Return a text with the characters for which its escapes stand, each escape once."""
    return _ESCAPE.sub(lambda found: _CHARACTERS[found[0]], text)


def _reference(found: re.Match[str]) -> str:
    kind, target, label = found[1], found[2], found[3] or ""
    if kind in ("@", "#"):
        return f"{kind}{(label or target).removeprefix(kind)}"
    if kind != "!":
        return linked(label, target if kind.lower() == "mailto:" else f"{kind}{target}")
    if target.startswith("date^"):
        return label or (target.split("^") + [""] * 2)[2] or target
    name = (label or target.removeprefix("subteam^")).removeprefix("@")
    return f"@{name}"


def message(body: Body) -> str:
    """Return what the fields `text`, `blocks` and `attachments` say.

    If there are blocks, `text` often is a short form of them for notifications.
    """
    text = unescaped(text_in(body, "text"))
    shown = lines(block(one) for one in objects_in(body, "blocks"))
    if shown and _letters(text) in _letters(shown):
        text = ""
    attached = (attachment(one) for one in objects_in(body, "attachments"))
    return lines([text, shown, *attached])


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).lower()


def attachment(body: Body) -> str:
    """Return what an attachment says; its `fallback` only if it says nothing else."""
    said = lines(
        [
            unescaped(text_in(body, "pretext")),
            linked(plain(text_in(body, "author_name")), text_in(body, "author_link")),
            linked(unescaped(text_in(body, "title")), text_in(body, "title_link")),
            unescaped(text_in(body, "text")),
            *(block(one) for one in objects_in(body, "blocks")),
            *(_field(one) for one in objects_in(body, "fields")),
            text_in(body, "image_url"),
            *(_button(one) for one in objects_in(body, "actions")),
            unescaped(text_in(body, "footer")),
        ]
    )
    return said or unescaped(text_in(body, "fallback"))


def _field(body: Body) -> str:
    return joined(unescaped(text_in(body, "title")), unescaped(text_in(body, "value")))


def _button(body: Body) -> str:
    label = text_in(body, "text") or _text(object_in(body, "text"))
    url = text_in(body, "url")
    return linked(plain(label), url) if url else ""


def block(body: Body) -> str:
    """Return what a block says, whatever its type: texts, fields, elements, images."""
    text = _text(body) if isinstance(body.get("text"), str) else _text(object_in(body, "text"))
    return lines(
        [
            text,
            *(_text(one) for one in objects_in(body, "fields")),
            _rich(body, _NESTED_MAX) if body.get("type") == "rich_text" else _elements(body),
            _button(object_in(body, "accessory")),
            linked(
                _text(object_in(body, "title")) or plain(text_in(body, "alt_text")),
                text_in(body, "image_url"),
            ),
        ]
    )


def _elements(body: Body) -> str:
    elements = objects_in(body, "elements")
    said = (
        _button(one) or _text(one) or linked(text_in(one, "alt_text"), text_in(one, "image_url"))
        for one in elements
    )
    return joined(*said, by=" · ")


def _text(body: Body) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        return ""
    return plain(text) if body.get("type") == "plain_text" else unescaped(text)


def _rich(body: Body, levels: int) -> str:
    """Return what an element of rich text says: a line, a list of them, or a part of one."""
    kind = text_in(body, "type")
    elements = objects_in(body, "elements")
    if not elements:
        return _rich_part(kind, body)
    inner = (_rich(one, levels - 1) for one in elements) if levels else iter(())
    match kind:
        case "rich_text":
            return lines(inner)
        case "rich_text_list":
            return lines(f"- {one}" for one in inner)
        case "rich_text_preformatted":
            return f"```\n{''.join(inner)}\n```"
        case "rich_text_quote":
            return lines(f"> {line}" for line in "".join(inner).splitlines())
        case _:
            return "".join(inner)


def _rich_part(kind: str, body: Body) -> str:
    text = body.get("text")
    said = text if isinstance(text, str) else ""
    match kind:
        case "link":
            return linked(said, text_in(body, "url"))
        case "emoji":
            return f":{text_in(body, 'name')}:"
        case "broadcast":
            return f"@{text_in(body, 'range')}"
        case "user" | "usergroup":
            return f"@{text_in(body, f'{kind}_id')}"
        case "channel":
            return f"#{text_in(body, 'channel_id')}"
        case _:
            return said
