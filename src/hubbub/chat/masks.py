"""Masks: `*` stands for any characters, `?` for one.

Others choose them, and a room has many, so nothing is compiled: that takes longer than hundreds of
looks. What stands between stars is found one after the other, each as early as it can be.
"""

from itertools import groupby


def fits(mask: str, text: str) -> bool:
    """Return whether a text is one that a mask means; capitals make no difference."""
    text = text.lower()
    first, *others = mask.lower().split("*")
    if not others:
        return len(first) == len(text) and _find(first, text, 0, len(text)) == 0
    *between, last = others
    at, end = len(first), len(text) - len(last)
    if at > end or _find(first, text, 0, at) or _find(last, text, end, len(text)) != end:
        return False
    for piece in between:
        if (found := _find(piece, text, at, end)) < 0:
            return False
        at = found + len(piece)
    return True


def _find(piece: str, text: str, start: int, end: int) -> int:
    """Return where a piece without stars stands first between two places; -1 if nowhere."""
    if "?" not in piece:
        return text.find(piece, start, end)
    if end - start < len(piece):
        return -1
    if not (runs := _runs(piece)):
        return start
    ahead, rarest = max(runs, key=lambda one: len(one[1]))
    first, last = start + ahead, end - (len(piece) - ahead - len(rarest))
    while (at := text.find(rarest, first, last)) >= 0:
        if all(text.startswith(run, at - ahead + offset) for offset, run in runs):
            return at - ahead
        first = at + 1
    return -1


def _runs(piece: str) -> list[tuple[int, str]]:
    """Return what stands between question marks, and how far from the beginning of the piece."""
    found: list[tuple[int, str]] = []
    at = 0
    for is_any, chars in groupby(piece, "?".__eq__):
        run = "".join(chars)
        if not is_any:
            found.append((at, run))
        at += len(run)
    return found


def is_mask(text: str) -> bool:
    """Return whether a text may mean several."""
    return "*" in text or "?" in text
