"""What may stand in texts that people give: no control characters, and which numbers.

Control characters never reach a member (protocol, promise 7).
"""

_KEPT = "\n\t"
_CONTROLS = dict.fromkeys(
    code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _KEPT
)
_LINE_ENDS = {0x0A: " ", 0x09: " "}


def whole_number(text: str, most: int) -> int | None:
    """Return the number that `text` is, in ASCII digits; None if it is none, or above `most`."""
    digits = text.lstrip("0") or text[:1]
    # Python refuses to read very long numbers, and other scripts have digits too.
    if not (text.isascii() and text.isdigit() and len(digits) <= len(str(most))):
        return None
    number = int(digits)
    return number if number <= most else None


def inert(text: str) -> str:
    """Return `text` without control characters (C0, DEL, C1) other than newline and tab.

    A terminal that prints the result raw cannot be recoloured, and its cursor moves only forward.
    """
    # Nearly all text is printable, and isprintable() answers without looking at a table.
    return text if text.isprintable() else text.translate(_CONTROLS)


def inert_line(text: str) -> str:
    """Return `text` as one inert line, for names and other labels from an untrusted peer."""
    return text if text.isprintable() else text.translate(_CONTROLS | _LINE_ENDS)
