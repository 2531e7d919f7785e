"""What can be shown at all: text that no terminal is disturbed by."""

import re
import unicodedata

from hubbub.chat.text import inert

_MARKS_IN_A_ROW_MAX = 4
_TAB_CHARS = 4

_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_REPLACED = {
    # Bidirectional overrides, embeddings and isolates: they put characters where they are not.
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # surrogates, which cannot be encoded
}
# Combining marks are neither letters nor ASCII; little else is, and seldom five in a row.
_PILE = re.compile(rf"[^\x00-\x7f\w]{{{_MARKS_IN_A_ROW_MAX + 1},}}")


def visible(text: str) -> str:
    """Return `text` without what could disturb a terminal; its only line ends are newlines."""
    if _UNSAFE.search(text):
        text = inert(_LINE_END.sub("\n", text)).translate(_REPLACED).expandtabs(_TAB_CHARS)
    return text if text.isascii() else _PILE.sub(_lowered, text)


def _lowered(pile: re.Match[str]) -> str:
    """Return a pile of combining marks, no higher than is sensible."""
    kept = []
    height = 0
    for char in pile[0]:
        category = unicodedata.category(char)
        if category == "Cf" or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000":
            kept.append(char)  # joiners and variation selectors: a pile goes on above them
            continue
        height = height + 1 if category in {"Mn", "Me"} else 0
        if height <= _MARKS_IN_A_ROW_MAX:
            kept.append(char)
    return "".join(kept)


def is_mark(char: str) -> bool:
    """Return whether a character belongs to the letter before it, as vowels of many scripts do."""
    return not char.isascii() and unicodedata.category(char).startswith("M")
