"""Pictures for tests: a red, a green and a blue stripe, and a clear one."""

import io

from PIL import Image

STRIPES = [(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)]


def stripes(width: int, height: int, form: str = "WEBP") -> bytes:
    """Return a picture of vertical stripes."""
    picture = Image.new("RGBA", (width, height))
    step = max(width // len(STRIPES), 1)
    for at, color in enumerate(STRIPES):
        end = width if at == len(STRIPES) - 1 else (at + 1) * step
        picture.paste(color, (at * step, 0, end, height))
    written = io.BytesIO()
    picture.save(written, form, **({"lossless": True, "exact": True} if form == "WEBP" else {}))
    return written.getvalue()
