"""How commands print: without control characters and encoding errors."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from hubbub.chat.text import inert, inert_line
from hubbub.cli import flush


def complain(sentence: str) -> None:
    """Print a sentence for people on stderr."""
    _print(sys.stderr, inert_line(sentence))


def show(line: str) -> None:
    """Print one line on stdout, at once."""
    _print(sys.stdout, inert_line(line))


def show_text(text: str) -> None:
    """Print lines on stdout in one piece, at once."""
    _print(sys.stdout, inert(text))


def show_lines(lines: Iterable[str]) -> None:
    """Print lines on stdout in one piece, at once; no lines print nothing."""
    if text := "\n".join(map(inert_line, lines)):
        _print(sys.stdout, text)


def _print(stream: TextIO, line: str) -> None:
    stream.write(_encodable(stream, line) + "\n")
    stream.flush()


def _encodable(stream: TextIO, text: str) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def printable(line: str) -> str:
    """Return a line as `show` prints it on stdout."""
    return _encodable(sys.stdout, inert_line(line))


def can_show(text: str) -> bool:
    """Return whether stdout is a terminal with all the characters of `text`."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return sys.stdout.isatty()


def is_pipe(stream: TextIO) -> bool:
    """Return whether `stream` is the writing end of a pipe."""
    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End the command cleanly when the reader of its output has gone, as in `| head`."""
    try:
        with suppress(BrokenPipeError):
            yield
    finally:
        with suppress(BrokenPipeError):
            flush()
