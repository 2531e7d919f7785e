"""The names under which services post. They cannot choose another one, so it is mended for them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from unicodedata import category, normalize

from hubbub.chat.errors import Refused
from hubbub.chat.names import (
    HTTP_NAMES,
    MUCH_TOO_LONG,
    NAME_CHARS_MAX,
    allowed_name,
    check_is_no_program,
    same_name,
)

WEBHOOK_NAME = HTTP_NAMES[1]
"""Under which a webhook posts whose sender gives no name that could be mended."""

_MARK = f" ({WEBHOOK_NAME})"
_LINE_LIKE = re.compile(r"[<>]|:(?=\s|$)")
_IN_BRACKETS = re.compile(r"^[\s(\[]+([^)\]]*)[)\]]?")


def mended_name(raw: str) -> str:
    """Return the allowed name that is most like `raw`; the webhooks' own if there is none."""
    for name in _attempts(raw[: MUCH_TOO_LONG * NAME_CHARS_MAX]):
        with suppress(Refused):
            allowed = allowed_name(name)
            if not any(same_name(allowed, own) for own in HTTP_NAMES):
                check_is_no_program(allowed)
            return allowed
    return WEBHOOK_NAME


def marked_name(name: str) -> str:
    """Return an allowed name that says that a webhook uses it, for one that somebody has."""
    return mended_name(name[: NAME_CHARS_MAX - len(_MARK)].rstrip() + _MARK)


def _attempts(raw: str) -> Iterator[str]:
    yield raw
    visible = "".join(" " if char.isspace() else char for char in raw if _is_drawn(char))
    yield _shortened(_IN_BRACKETS.sub(r"\1", _LINE_LIKE.sub("", visible)))
    yield _shortened("".join(char for char in visible if char.isalnum() or char in " -_."))


def _is_drawn(char: str) -> bool:
    return char.isspace() or (category(char)[0] != "C" and not "\ufe00" <= char <= "\ufe0f")


def _shortened(name: str) -> str:
    return " ".join(normalize("NFKC", name).split())[:NAME_CHARS_MAX].rstrip()
