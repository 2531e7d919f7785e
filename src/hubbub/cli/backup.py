"""`hubbub backup` and `hubbub restore`: copies of a server's folder, and what is whole of them."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hubbub.chat.files import size_words
from hubbub.cli.check import survey_lines
from hubbub.cli.output import reader_may_leave, show
from hubbub.log.sqlite.survey import Survey
from hubbub.server.backup.making import Made, make
from hubbub.server.backup.places import place_for, rotate
from hubbub.server.backup.restoring import restore as put_back

NICENESS = 10


def backup(folder: Path, place: Path, *, keep: int | None) -> None:
    """Make a copy, and say what is whole of it; end with 1 if something is not.

    Copies that are older than the newest `keep` are removed, but only if this one is whole.
    """
    _give_way()
    made = make(folder, place_for(place))
    with reader_may_leave():
        show(f"The copy is {made.path}.")
        _tell(made.survey, made.lost_wal, made.path)
        for line in _of_files(made):
            show(line)
    if not made.is_whole:
        sys.exit(1)
    if keep is not None and made.path.parent == place.absolute():
        for old in rotate(place.absolute(), keep):
            show(f"Removed the older copy {old}.")


def _give_way() -> None:
    """Let the server, and everybody else on this machine, go first; if told to end, tidy up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICENESS)


def restore(backup: Path, folder: Path, *, replace: bool) -> None:
    """Put a copy back, and say what is whole of it; end with 1 if something is not."""
    restored = put_back(backup, folder, replace=replace)
    with reader_may_leave():
        show(f"{backup} was put into {folder}.")
        if restored.replaced is not None:
            show(f"What was there is in {restored.replaced}; remove it if you do not need it.")
        _tell(restored.survey, restored.lost_wal, folder)
        for line in restored.wrong:
            show(line)
    if not restored.is_whole:
        sys.exit(1)


def _tell(survey: Survey, lost_wal: str, folder: Path) -> None:
    for line in survey_lines(survey, lost_wal, folder):
        show(line)


def _of_files(made: Made) -> Sequence[str]:
    if not made.files:
        return []
    held = "1 file is" if made.files == 1 else f"{made.files} files are"
    said = f"{held} in messages, {size_words(made.files_bytes)}"
    if not made.wrong:
        return [f"{said}: whole."]
    return [f"{said}; these are not whole where they were copied from:", *made.wrong]
