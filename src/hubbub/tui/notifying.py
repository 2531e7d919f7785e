"""Telling a user who looks elsewhere: the bell, and the terminal's own notifications."""

from collections.abc import Mapping

from hubbub.chat.text import inert_line

TEXT_CHARS_MAX = 200


def notification(title: str, text: str, environment: Mapping[str, str]) -> str:
    """Return what makes the terminal show a desktop notification; empty where none would.

    OSC 777 (title and text) where it is known to be understood, else OSC 9 (text alone); terminals
    ignore what they do not know. Nothing that others wrote can end the sequence early.
    """
    title = inert_line(title).replace(";", ",")
    text = inert_line(text).replace(";", ",")[:TEXT_CHARS_MAX]
    term = environment.get("TERM", "")
    if term in ("linux", "dumb", ""):
        return ""
    if "VTE_VERSION" in environment or term.startswith(("foot", "rxvt")):
        sequence = f"\x1b]777;notify;{title};{text}\x1b\\"
    else:
        sequence = f"\x1b]9;{title}: {text}\x1b\\"
    if "TMUX" in environment:  # tmux hands on only what is wrapped, if it is allowed to
        sequence = "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence
