"""What the server notes while a test goes on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hubbub import faults
from hubbub.server.journal.libraries import Libraries
from hubbub.server.notes import Note, logger


@contextmanager
def noted() -> Iterator[list[Note]]:
    """Yield the notes that are made from now on; they go nowhere else."""
    notes: list[Note] = []
    of_faults, handler = logging.getLogger(faults.__name__), Libraries()
    of_faults.addHandler(handler)
    try:
        with notes_as_before():
            logger.pass_through((notes.append,))
            yield notes
    finally:
        of_faults.removeHandler(handler)


@contextmanager
def notes_as_before() -> Iterator[None]:
    """Have notes go at the end where they went before, and those of libraries, too."""
    steps, levels, handlers = logger.steps, logger.levels, logging.root.handlers[:]
    try:
        yield
    finally:
        logger.steps, logger.levels, logging.root.handlers = steps, levels, handlers
