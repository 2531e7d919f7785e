"""Reads a preview, which is small: the server has made it of whatever picture there is.

The library for pictures is loaded with the first one. Only the format of previews is read, and
nothing that says it is larger than they are.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hubbub.chat.errors import HubbubError

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS_MAX = 4_000_000
FORMATS = ("WEBP",)


def decoded(raw: bytes) -> Image:
    """Return a picture with the transparency of each pixel; raise HubbubError if it is none."""
    from PIL import Image  # noqa: PLC0415 (only for those who see pictures)

    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
            if picture.width * picture.height <= PIXELS_MAX:
                return picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        pass
    raise HubbubError("This picture cannot be shown.")
