"""What commands print: without control characters, encoding errors or forged lines."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from hubbub.chat.events import Error, Event, Message, Notice, Room
from hubbub.chat.names import SERVER_NAME, is_direct
from hubbub.chat.text import inert, inert_line
from hubbub.cli import flush
from hubbub.client import AnyClientEvent, ClassicMessage, Offline, Online


def complain(sentence: str) -> None:
    """Print a sentence for people on stderr."""
    _print(sys.stderr, inert_line(sentence))


def show(line: str) -> None:
    """Print one line on stdout, at once."""
    _print(sys.stdout, inert_line(line))


def show_text(text: str) -> None:
    """Print lines on stdout in one piece, at once."""
    _print(sys.stdout, inert(text))


def show_said(name: str, text: str) -> None:
    """Print who said what; every line bears the name, so that nobody can forge another's."""
    label = " ".join(inert_line(name).splitlines())
    _print(sys.stdout, "\n".join(f"{label} > {line}" for line in inert(text).splitlines()))


def show_event(event: AnyClientEvent, here: str) -> None:
    """Print what a chat in plain lines shows of an event to someone in the room `here`."""
    match event:
        case Message(room=room) if is_direct(room):
            show_said(event.sender, f"(private) {event.text}")
        case Message(room=room) if room != here:
            show_said(event.sender, f"[{room}] {event.text}")
        case Message():
            show_said(event.sender, event.text)
        case ClassicMessage():
            show_said(event.sender, event.text)
        case Notice():
            show_said(SERVER_NAME, event.text)
        case Error():
            show_said(SERVER_NAME, event.message)
        case Room(ref=None, direct=[]):
            show_said(SERVER_NAME, f"You are in {event.room} now.")
        case Event():
            pass
        case _:
            report(event)


def report(event: AnyClientEvent) -> None:
    """Print on stderr that the connection came or went."""
    match event:
        case Online(events=True):
            complain(f"connected to {event.address} ({event.server})")
        case Online():
            complain(f"connected to {event.address}, which relays messages and keeps none")
        case Offline():
            complain(f"{event.reason}; trying again in {event.retry_seconds:.2g} s")
        case _:
            pass


def _print(stream: TextIO, line: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def can_show(text: str) -> bool:
    """Tell whether stdout is a terminal with all the characters of `text`."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return sys.stdout.isatty()


def is_pipe(stream: TextIO) -> bool:
    """Tell whether `stream` is the writing end of a pipe."""
    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End the command cleanly when whoever read its output has gone, as in `| head`."""
    try:
        with suppress(BrokenPipeError):
            yield
    finally:
        with suppress(BrokenPipeError):
            flush()
