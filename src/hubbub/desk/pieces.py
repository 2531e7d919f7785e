"""Divides a text that is too long for one message, as the page does."""

from collections.abc import Iterator

_ENDS = ("\n\n", "\n", ". ", " ")
"""At which ends a text is divided, the best first."""


def pieces_of(text: str, bytes_max: int) -> list[str]:
    """Return pieces of up to `bytes_max` that together have every visible character of a text."""
    return [piece for part in _parts(text, bytes_max) if (piece := part.strip())]


def _parts(text: str, bytes_max: int) -> Iterator[str]:
    at = 0
    while at < len(text):
        chars = text[at : at + bytes_max]
        whole = chars.encode()[:bytes_max].decode(errors="ignore")
        if at + len(whole) < len(text):
            ends = ((whole.rfind(end), len(end)) for end in _ENDS)
            # In the second half: pieces shall be few.
            place = next((end + size for end, size in ends if end >= len(whole) / 2), len(whole))
            whole = whole[:place]
        yield whole
        at += len(whole)
