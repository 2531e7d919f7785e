"""A QR code for phones to scan. Slow to import."""

import io

import segno

BORDER_MODULES = 2


def drawn_code(url: str) -> str:
    """Return the QR code of `url`, two rows of it to a line of text."""
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, border=BORDER_MODULES, compact=True)
    return drawn.getvalue().rstrip("\n")
