"""Where the server notes what its operator should know: on stderr, a line each."""

import sys

import structlog


def note_on_stderr() -> None:
    """Have all notes from now on printed on stderr, whatever that is at the time."""
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
