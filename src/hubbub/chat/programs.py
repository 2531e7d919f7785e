"""What programs say to others of their kind, beside what people say: tags, as IRC has them."""

from collections.abc import Mapping
from typing import Final

from hubbub.chat.errors import Refused

TAGS_BYTES_MAX: Final = 8192
"""Of what a program adds to one message: a line of IRC has room for 4,096, and ours come on top."""


def allowed_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a program says besides; raise Refused `too_long` if that is too much."""
    if (size := size_of(tags)) > TAGS_BYTES_MAX:
        raise Refused(
            f"What your program adds has {size} bytes; the limit is {TAGS_BYTES_MAX}.",
            code="too_long",
        )
    return tags


def size_of(tags: Mapping[str, str]) -> int:
    """Return how many bytes tags have, with what stands between them."""
    return sum(len(f"{name}={value};".encode()) for name, value in tags.items())
