"""The chat as lines of text, each of which says whose it is.

A line is `NAME > TEXT`. Before the text there may be a mark of ours: `(private)`, `[room]` for
another room than the reader's, `(edited 12)`, `[room, deleted 12]`. None of this can be forged:

- Every line of a text has the name and the mark.
- No server of ours lets in a name that reads like a line. A tutorial's server may, and an old log
  may hold one: such names are shown in quotes.
- A text that begins like a mark gets the mark of its room, even in the reader's own. So the first
  mark of a line is always ours, and what follows it is what somebody said.
"""

import re
from functools import lru_cache
from unicodedata import category, normalize

from hubbub.chat.errors import Refused
from hubbub.chat.events import Deleted, Edited, Error, Message, Notice, Room
from hubbub.chat.lookalikes import skeletons
from hubbub.chat.names import SERVER_NAME, allowed_name, is_direct
from hubbub.chat.text import inert, inert_line
from hubbub.client import AnyClientEvent, ClassicMessage

EVERYBODY = "everybody"
"""What the only room of a tutorial's server is called in a mark."""

_LIKE_A_MARK = re.compile(r"\W*(\((private|edited|deleted)|\[[\w.-]+[],])")


def transcript(event: AnyClientEvent, here: str) -> list[str]:
    """Return the lines that tell of an event to somebody in the room `here`; often none."""
    match event:
        case Message(sender=sender, room=room, deleted=True):
            lines = _lines(sender, "", _mark(room, here, "deleted"))
        case Message(sender=sender, room=room, text=text):
            lines = _lines(sender, text, _mark(room, here), room)
        case Edited(sender=sender, room=room, target=target, text=text):
            # Without a text if it was deleted since, of which another event tells.
            lines = _lines(sender, text, _mark(room, here, f"edited {target}")) if text else []
        case Deleted(sender=sender, room=room, target=target):
            lines = _lines(sender, "", _mark(room, here, f"deleted {target}"))
        case ClassicMessage(sender=sender, text=text):
            lines = _lines(sender, text, "", EVERYBODY)
        case Notice(text=text) | Error(message=text):
            lines = server_lines(text)
        case Room(ref=None, direct=[], room=room):
            lines = server_lines(f"You are in {room} now.")
        case _:
            lines = []
    return lines


def server_lines(text: str) -> list[str]:
    """Return the lines for something that the server says, or the program on its behalf."""
    return [f"{SERVER_NAME} > {line}" for line in inert(text).splitlines()]


def _mark(room: str, here: str, change: str = "") -> str:
    """Return the mark that says where a line belongs, and what was done; empty if there is none."""
    where = "private" if is_direct(room) else room if room != here else ""
    words = ", ".join(filter(None, (where, change)))
    if where == room:
        return f"[{words}] "
    return f"({words}) " if words else ""


def _lines(sender: str, text: str, mark: str, room: str = "") -> list[str]:
    label = shown_name(sender)
    lines = inert(text).splitlines()
    if not mark and any(map(_is_like_a_mark, lines)):
        mark = f"[{room}] "
    return [f"{label} > {mark}{line}" for line in lines] or [f"{label} > {mark}".rstrip()]


def _is_like_a_mark(line: str) -> bool:
    if line.isascii():
        return _LIKE_A_MARK.match(line.lower()) is not None
    # What cannot be seen must not hide a mark from us.
    seen = "".join(
        char for char in normalize("NFKD", line) if char.isprintable() and category(char) != "Mn"
    )
    return any(_LIKE_A_MARK.match(skeleton) for skeleton in skeletons(seen))


@lru_cache(maxsize=1024)
def shown_name(name: str) -> str:
    """Return the name as a line begins with it: in quotes if it is none that we would let in."""
    try:
        is_allowed = allowed_name(name) == name
    except Refused:
        is_allowed = False
    return name if is_allowed else f"'{ascii(inert_line(name))[1:-1]}'"
