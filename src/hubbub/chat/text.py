"""What may stand in a message: control characters never reach a member (protocol, promise 7)."""

_KEPT = "\n\t"
_CONTROLS = dict.fromkeys(
    code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _KEPT
)
_LINE_ENDS = {0x0A: " ", 0x09: " "}


def inert(text: str) -> str:
    """Return `text` without control characters (C0, DEL, C1) other than newline and tab.

    A terminal that prints the result raw cannot be recoloured, and its cursor moves only forward.
    """
    # Nearly all text is printable, and isprintable() answers without looking at a table.
    return text if text.isprintable() else text.translate(_CONTROLS)


def inert_line(text: str) -> str:
    """Return `text` as one inert line, for names and other labels from an untrusted peer."""
    return text if text.isprintable() else text.translate(_CONTROLS | _LINE_ENDS)
