"""Forms that scripts post, in both of their encodings."""

import re
from urllib.parse import parse_qsl

from hubbub.chat.errors import Refused

FORM: str = "application/x-www-form-urlencoded"
"""What curl calls whatever it posts, unless it is told otherwise."""

MULTIPART: str = "multipart/form-data"

FIELDS_MAX = 100

_ENCODED = re.compile(r"[^\s=&]+=\S*")
_BOUNDARY = re.compile(r'boundary="?([^\s";,]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(r'\bname="([^"\r\n]{1,100})"')


def is_encoded(text: str) -> bool:
    """Return whether a text may be a form. What people write has spaces, or no `=`."""
    return _ENCODED.fullmatch(text) is not None


def fields(form: str) -> dict[str, str]:
    """Return the fields of an encoded form, the last ones of their names; may raise Refused."""
    try:
        return dict(parse_qsl(form, max_num_fields=FIELDS_MAX))
    except ValueError:
        raise _too_many() from None


def multipart_fields(text: str, content_type: str) -> dict[str, str]:
    """Return the fields of a form in parts (RFC 7578) that are no files; may raise Refused."""
    found = _BOUNDARY.search(content_type)
    parts = text.split(f"--{found[1]}", FIELDS_MAX + 3)[1:] if found else []
    if len(parts) > FIELDS_MAX + 1:  # one more follows the last boundary
        raise _too_many()
    named: dict[str, str] = {}
    for part in parts:
        head, _, value = part.partition("\r\n\r\n")
        if (name := _NAME.search(head)) and "filename" not in head:
            named[name[1]] = value.removesuffix("\r\n")
    return named


def _too_many() -> Refused:
    return Refused(f"A form may have {FIELDS_MAX} fields at the most.")
