"""Links that are opened on another device: as a QR code, where a terminal can show one."""

import sys

from hubbub.cli.output import can_show, show_text


def draw(url: str) -> None:
    """Draw a link on a terminal, for phones to scan."""
    if not sys.stdout.isatty():
        return
    # Imported here: this takes time, and scripts do not need it.
    from hubbub.lan.qr_code import drawn_code

    if can_show(code := drawn_code(url)):
        show_text(code)
