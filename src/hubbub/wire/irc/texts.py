"""Texts of messages, in IRC's lines and back.

A text may have many lines and any length, while an IRC message has one line of 512 bytes at most.
So a text becomes several messages, cut at line ends, then at spaces, and never within what people
see as one character.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from hubbub.markup.links import links

_ACTION: Final = re.compile("\x01ACTION(?: ([^\x01]*))?\x01?")
_REQUEST: Final = re.compile("\x01[^\x01]*\x01?")

_MARKS: Final = {"\x02": "**", "\x1d": "*", "\x11": "`", "\x1e": "~~"}
"""Bold, italic, monospace and struck through: what our texts have marks for."""

_COLORS: Final = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?"
)
_CODES: Final = {"strong": "\x02", "em": "\x1d", "s": "~~"}
"""The same the other way, by what Markdown calls them. WeeChat and irssi show rubbish for the codes
of monospace and struck through; so these stay as people write them."""

_MARKED: Final = re.compile(r"[`*_~]")

UTF8_BYTES_MAX: Final = 4
"""Of one character."""

SEEN_AS_ONE_MAX: Final = 64
"""Characters that are looked at to find where one ends that people see."""

_RESET: Final = "\x0f"
_FORMATTED: Final = re.compile("[\x02\x1d\x11\x1e\x0f]")
_DROPPED: Final = str.maketrans("", "", "\x1f\x16")
"""Underlined and reversed: our texts have no marks for these."""


class Piece(NamedTuple):
    """One line of a text, or a part of a line. `goes_on`: of the same line as the one before."""

    text: str
    goes_on: bool = False


def lines_of(text: str, bytes_max: int) -> Iterator[str]:
    """Yield the lines of a text, none of which has more than `bytes_max` bytes, nor is empty."""
    return (piece.text for piece in pieces_of(text, bytes_max) if piece.text)


def pieces_of(text: str, bytes_max: int, parted: Sequence[int] = ()) -> Iterator[Piece]:
    """Yield the pieces of a text, none of which has more than `bytes_max` bytes; some are empty.

    `parted`: places in the text, in order, at which its sender parted lines that were too long.
    """
    if text and not parted and len(text) * UTF8_BYTES_MAX <= bytes_max and text.isprintable():
        yield Piece(text)  # as nearly always
        return
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        places = [start, *(place for place in parted if start < place < end), end]
        goes_on = False
        for low, high in pairwise(places):
            part = text[low:high].replace("\r", "").replace("\t", "    ")
            for piece in _pieces(part, bytes_max):
                yield Piece(piece, goes_on)
                goes_on = True
        if not goes_on:
            yield Piece("")
        start = end + 1


def _pieces(line: str, bytes_max: int) -> Iterator[str]:
    start = 0
    while start < len(line):
        window = line[start : start + bytes_max + 1]
        if len(window) <= bytes_max and len(window.encode()) <= bytes_max:
            yield window
            return
        end = _end_of_piece(window, bytes_max)
        yield window[:end]
        start += end


def _end_of_piece(window: str, bytes_max: int) -> int:
    """Return where to cut text that is too long: behind the last space, or after a character.

    What people see as one may be many marks on a letter, so that it has to be cut.
    """
    fitting = len(window.encode()[:bytes_max].decode(errors="ignore"))
    space = window.rfind(" ", 0, fitting)
    if space >= 0:
        return space + 1
    # Imported here: it has tables, which few lines need.
    from wcwidth import grapheme_boundary_before  # noqa: PLC0415

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


def is_plain(text: str) -> bool:
    """Return whether a text is one line without any marks of ours, and not empty."""
    return _MARKED.search(text) is None and text.isprintable() and text != ""


def marks_in(line: str) -> int:
    """Return how many signs of a line may be marks of ours, each of which has to be looked at."""
    return len(_MARKED.findall(line))


@lru_cache(maxsize=128)  # a message is told in several formats, one right after the other
def to_irc(line: str) -> str:
    """Return a line with IRC's codes in place of our marks for bold and italic."""
    if _MARKED.search(line) is None:
        return line
    # Imported here, with the library that reads Markdown: few lines have marks.
    from hubbub.markup.emphasis import parser  # noqa: PLC0415

    markdown = parser()
    pieces: list[str] = []
    for token in markdown.inline.parse(line, markdown, {"links": deque(links(line))}, []):
        if token.nesting:
            pieces.append(_CODES[token.tag])
        elif token.type == "link":
            pieces.append(token.meta["link"].written)
        elif token.tag == "code":
            pieces += (token.markup, token.content, token.markup)
        else:
            pieces.append(token.content)
    return "".join(pieces)
