"""What is noted of an exception: where it was raised, and nothing that anybody wrote.

The sentence of an exception may repeat what it is about, such as a text, a name or a secret. Only
ours is kept where it cannot: what an assertion says, and what the system says of a file or socket.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

from hubbub.chat.errors import HubbubError
from hubbub.server.notes import Note

FRAMES_MAX: Final = 12
"""Of one exception, the innermost."""

CHAIN_MAX: Final = 4
"""Exceptions that led to each other, from the last one on."""


def traced(note: Note) -> Note:
    """Replace the exception of a note by where it was raised: a step of the logger."""
    given = note.pop("exc_info", None)
    if isinstance(given, BaseException):
        note["raised"] = " < ".join(_chain(given))
    return note


def _chain(error: BaseException | None) -> Iterator[str]:
    for _ in range(CHAIN_MAX):
        if error is None:
            return
        yield f"{type(error).__name__}{_said(error)} at {' < '.join(_frames(error.__traceback__))}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said(error: BaseException) -> str:
    if isinstance(error, AssertionError):
        return f": {error}" if str(error) else ""
    if isinstance(error, OSError):
        return f": {error.strerror}" if error.strerror else ""
    return f": {error.code}" if isinstance(error, HubbubError) else ""


def _frames(trace: TracebackType | None) -> Iterator[str]:
    frames = list(traceback.walk_tb(trace))[-FRAMES_MAX:]
    for frame, line in reversed(frames):
        code = frame.f_code
        yield f"{Path(code.co_filename).name}:{line} {code.co_name}"
