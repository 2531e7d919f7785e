"""Points in time, as they are logged and told."""

from typing import Annotated

from msgspec import Meta

Milliseconds = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
"""Since the Unix epoch, UTC, up to the end of the year 9999."""
