"""Notes of libraries, such as asyncio and aiohttp, among ours; and those of faults of ours.

Their sentences may show the objects that they are about, with what these hold: of each, only the
beginning is kept.
"""

import logging
import re
from typing import Final

from hubbub import faults
from hubbub.server.notes import logger

CHARS_MAX: Final = 200
_OURS: Final = "hubbub"
_SHOWN: Final = re.compile(r"[<({\[\n]")
"""Where an object may begin."""


class Libraries(logging.Handler):
    """Passes warnings and errors on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Note it in our form."""
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # its values do not fit
            said = "a library noted something that cannot be read"
        if not record.name.startswith(_OURS):
            said = _SHOWN.split(said, maxsplit=1)[0].strip()[:CHARS_MAX]
        raised = record.exc_info[1] if record.exc_info else None
        if record.name == faults.__name__:
            logger.error(said, **getattr(record, "values", {}), exc_info=raised)
            return
        note = logger.error if record.levelno >= logging.ERROR else logger.warning
        note(said or "a library noted something", library=record.name, exc_info=raised)
