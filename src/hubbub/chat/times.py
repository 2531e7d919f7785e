"""Points in time, as they are logged and told."""

from typing import Annotated, Final

from msgspec import Meta

MILLISECONDS_MAX: Final = 253_402_300_799_999
"""The end of the year 9999."""

Milliseconds = Annotated[int, Meta(ge=0, le=MILLISECONDS_MAX)]
"""Since the Unix epoch, UTC."""
