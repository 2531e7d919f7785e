"""Which part of a file a request asks for (RFC 9110, section 14); of several parts, the whole."""

import re
from collections.abc import Mapping
from typing import Final

_ONE: Final = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")

UNSATISFIABLE: Final = (-1, -1)
"""No byte of the file is in what was asked for."""


def asked_range(headers: Mapping[str, str], size: int, etag: str) -> tuple[int, int] | None:
    """Return where the part begins and ends that is asked for; None if it is the whole."""
    if (condition := headers.get("If-Range")) is not None and condition != etag:
        return None
    found = _ONE.fullmatch(headers.get("Range", ""))
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2] or size) + 1)
        if found[2] and int(found[2]) < int(found[1]):
            return None
    return (start, end) if start < end else UNSATISFIABLE
