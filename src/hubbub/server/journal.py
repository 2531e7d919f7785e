"""Where the server notes what its operator should know: on stderr or in a file, a line each."""

import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

import structlog


class _Stderr:
    """Whatever stderr is at the time. A note that cannot be written must not end the server."""

    def write(self, text: str) -> None:
        """Write, if that is possible."""
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush, if that is possible."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


class _File:
    """The end of a file. It is opened for each note: these are few, and it may be moved away."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, text: str) -> None:
        """Append, if that is possible."""
        with suppress(OSError), self._path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)

    def flush(self) -> None:
        """Do nothing: a note is written at once."""


def note_on_stderr() -> None:
    """Have all notes from now on printed on stderr."""
    _note_on(_Stderr())


def note_in_file(path: Path) -> None:
    """Have all notes from now on appended to a file, or dropped if there can be none.

    Those of asyncio and aiohttp as well, so that none gets on the screen.
    """
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = _File(path)
    _note_on(file)
    logging.basicConfig(
        stream=cast("TextIO", file), format="%(asctime)s [%(levelname)s] %(name)s: %(message)s"
    )


def _note_on(stream: _Stderr | _File) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            # The usual tracebacks show what variables hold, and so what people wrote.
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=lambda *_: structlog.WriteLogger(cast("TextIO", stream)),
    )
