"""Texts of messages, in IRC's lines and back.

A text may have many lines and any length, while an IRC message has one line of 512 bytes at most.
So a text becomes several messages, cut at line ends, then at spaces, and never within what people
see as one character.
"""

import re
from collections.abc import Iterator
from typing import Final

from wcwidth import grapheme_boundary_before

_ACTION: Final = re.compile("\x01ACTION(?: ([^\x01]*))?\x01?")
_REQUEST: Final = re.compile("\x01[^\x01]*\x01?")

_MARKS: Final = {"\x02": "**", "\x1d": "*", "\x11": "`", "\x1e": "~~"}
"""Bold, italic, monospace and struck through: what our texts have marks for."""

_COLORS: Final = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?"
)
SEEN_AS_ONE_MAX: Final = 64
"""Characters that are looked at to find where one ends that people see."""

_RESET: Final = "\x0f"
_FORMATTED: Final = re.compile("[\x02\x1d\x11\x1e\x0f]")
_DROPPED: Final = str.maketrans("", "", "\x1f\x16")
"""Underlined and reversed: our texts have no marks for these."""


def lines_of(text: str, bytes_max: int) -> Iterator[str]:
    """Yield the lines of a text, none of which has more than `bytes_max` bytes, nor is empty."""
    for line in text.replace("\r", "").replace("\t", "    ").split("\n"):
        if line:
            yield from _pieces(line, bytes_max)


def _pieces(line: str, bytes_max: int) -> Iterator[str]:
    start = 0
    while start < len(line):
        window = line[start : start + bytes_max + 1]
        if len(window) <= bytes_max and len(window.encode()) <= bytes_max:
            yield window
            return
        end = _end_of_piece(window, bytes_max)
        yield window[:end]
        start += end + (window[end] == " ")


def _end_of_piece(window: str, bytes_max: int) -> int:
    """Return where to cut text that is too long: at the last space, or after a character.

    What people see as one may be many marks on a letter, so that it has to be cut.
    """
    fitting = len(window.encode()[:bytes_max].decode(errors="ignore"))
    space = window.rfind(" ", 1, fitting + 1)
    if space > 0:
        return space
    start = max(0, fitting - SEEN_AS_ONE_MAX)
    end = grapheme_boundary_before(window[start : fitting + 1], fitting + 1 - start)
    return start + end if end else fitting


def action_of(text: str) -> str | None:
    """Return what somebody does, if that is what a text says, as with `/me`; else None."""
    found = _ACTION.fullmatch(text)
    return None if found is None else found[1] or ""


def is_request(text: str) -> bool:
    """Return whether a text is a question to a program (CTCP), which no person would read."""
    return _REQUEST.fullmatch(text) is not None


def from_irc(text: str) -> str:
    """Return a text with our marks in place of IRC's codes for bold, italic and the like."""
    text = _COLORS.sub("", text).translate(_DROPPED)
    if _FORMATTED.search(text) is None:
        return text
    pieces: list[str] = []
    open_marks: list[str] = []
    for char in text:
        if (mark := _MARKS.get(char)) is not None:
            if mark in open_marks:
                while (last := open_marks.pop()) != mark:
                    pieces.append(last)
            else:
                open_marks.append(mark)
            pieces.append(mark)
        elif char == _RESET:
            pieces += open_marks[::-1]
            open_marks.clear()
        else:
            pieces.append(char)
    pieces += open_marks[::-1]
    return "".join(pieces)
