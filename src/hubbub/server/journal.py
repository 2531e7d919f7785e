"""Where the server notes what its operator should know: on stderr, a line each."""

import sys
from contextlib import suppress
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


def note_on_stderr() -> None:
    """Have all notes from now on printed on stderr."""
    structlog.configure(logger_factory=lambda *_: structlog.WriteLogger(cast("TextIO", _Stderr())))
