"""What all commands have in common."""

from typing import Annotated

import msgspec
from msgspec import Meta

REF_CHARS_MAX = 64


class Command(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    """Anything that a client sends after `welcome`."""

    ref: Annotated[str, Meta(max_length=REF_CHARS_MAX)] | None = None
