"""How commands print: without control characters and encoding errors."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from hubbub.chat.events import Room
from hubbub.chat.names import is_direct
from hubbub.chat.text import inert, inert_line
from hubbub.cli import flush
from hubbub.client import AnyClientEvent, Delayed, NewCertificate, Offline, Online


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


def report(event: AnyClientEvent) -> None:
    """Print on stderr what becomes of the connection, of messages that wait, and of a history."""
    match event:
        case Online(events=True):
            complain(f"connected to {event.address} ({event.server})")
        case Online():
            complain(f"connected to {event.address}, which relays messages and keeps none")
        case Offline():
            complain(f"{event.reason}; trying again in {event.retry_seconds:.2g} s")
        case Delayed(room=None):
            complain("the server cannot read its log just now; trying again")
        case Delayed():
            complain("the server cannot store messages just now; what you say is sent when it can")
        case NewCertificate(text=text):
            complain(text)
        case Room(replaced=True):
            where = "a private room" if is_direct(event.room) else event.room
            complain(
                f"the history of {where} was replaced, perhaps by a backup: messages shown before "
                "may be gone, and what it holds instead follows"
            )
        case _:
            pass


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
