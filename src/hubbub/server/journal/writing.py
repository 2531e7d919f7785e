"""Where the server notes what its operator should know: on stderr or in a file, a line each.

For people, on a terminal, a line is text; for programs it is a JSON object. Notes of libraries come
the same way. None has texts or secrets in it: of an exception it says where it was raised, and not
what it says, which may be what somebody wrote (`traces.py`).
"""

from __future__ import annotations

import json
import logging
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from hubbub.server.control.reloading import Part, keys_of
from hubbub.server.journal.bounds import Bounds, shortened
from hubbub.server.journal.libraries import Libraries
from hubbub.server.journal.traces import traced
from hubbub.server.notes import Note, as_text, logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubbub.server.config import Config

Form = Literal["auto", "text", "json"]
Level = Literal["info", "debug"]

FILE_BYTES_MAX: Final = 4_000_000
"""Of a file of notes; then it is put aside, in the place of the one before."""


class _Stderr:
    """Whatever stderr is at the time. A note that cannot be written must not end the server."""

    def write(self, text: str) -> None:
        """Write, if that is possible."""
        with suppress(OSError, ValueError):
            sys.stderr.write(text)


class _File:
    """The end of a file. It is opened for each note: these are few, and it may be moved away."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, text: str) -> None:
        """Append, if that is possible."""
        with suppress(OSError):
            if self._path.exists() and self._path.stat().st_size > FILE_BYTES_MAX:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(text)


def note_on_stderr(form: Form = "auto", level: Level = "info") -> None:
    """Have all notes from now on printed on stderr."""
    is_text = _is_terminal() if form == "auto" else form == "text"
    _note_on(_Stderr(), level, is_text=is_text)


def journal_part() -> Part:
    """Return what of the configuration can change while notes go to stderr."""

    def prepare(config: Config) -> Callable[[], None]:
        return lambda: note_on_stderr(config.journal.form, config.journal.level)

    return Part(keys_of("journal", ("level", "form")), prepare)


def note_in_file(path: Path) -> None:
    """Have all notes from now on appended to a file, or dropped if there can be none."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _note_on(_File(path), "info", is_text=False)


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (OSError, ValueError):
        return False


def _note_on(stream: _Stderr | _File, level: Level, *, is_text: bool) -> None:
    form = _as_text if is_text else _as_json

    def write(note: Note) -> None:
        stream.write(f"{form(note)}\n")

    logger.pass_through((Bounds(time.monotonic), traced, shortened, write), level)
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, Libraries)]:
        root.removeHandler(handler)
    root.addHandler(Libraries())


def _as_text(note: Note) -> str:
    return f"{datetime.now():%Y-%m-%d %H:%M:%S} {as_text(note)}"  # noqa: DTZ005 (the user's own)


def _as_json(note: Note) -> str:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(note | {"time": now}, ensure_ascii=False, default=repr)
