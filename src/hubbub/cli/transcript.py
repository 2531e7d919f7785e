"""The chat as lines of text, each of which says whose it is.

A line is `NAME > TEXT`, or `* NAME TEXT` where the text says what somebody does: `* ann waves`.
Before the text there may be a mark of ours: `(private)`, `[room]` for another room than the
reader's, `(edited 12)`, `[room, deleted 12]`, `(from slack)`. None of this can be forged:

- Every line of a text has the name and the mark.
- No server of ours lets in a name that reads like a line. A tutorial's server may, and an old log
  may hold one: such names are shown in quotes, as are those that begin with a star.
- Only behind a name of one word does its deed follow without a mark: else `ann` could do what
  reads like the deed of `ann lee`. Others are shown as `ann lee > * waves`.
- A text that begins like a mark gets the mark of its room, even in the reader's own. So the first
  mark of a line is always ours, and what follows it is what somebody said.
"""

import re
from functools import lru_cache
from itertools import islice
from unicodedata import category, normalize

from hubbub.chat.errors import Refused
from hubbub.chat.events import (
    Added,
    Away,
    Deleted,
    Edited,
    Error,
    Message,
    Missing,
    Notice,
    Presence,
    Removed,
    RoleChanged,
    Room,
    RoomRules,
)
from hubbub.chat.lookalikes import skeletons
from hubbub.chat.names import SERVER_NAME, allowed_name, is_direct
from hubbub.chat.roles import Role
from hubbub.chat.text import inert, inert_line
from hubbub.client import AnyClientEvent, ClassicMessage
from hubbub.desk.standing import rules_told

EVERYBODY = "everybody"
"""What the only room of a tutorial's server is called in a mark."""

_BEGINNING_CHARS = 200
"""Visible ones of a line, in which it may look as if it began with a mark."""

_LIKE_A_MARK = re.compile(
    r"\W*(\((private|edited|deleted|from (hubbub|slack|discord|irc))|\[[\w.-]+[],])"
)

_ONE_WORD = re.compile(r"[\w.-]+")


def transcript(event: AnyClientEvent, here: str, server: str = "") -> list[str]:
    """Return the lines that tell of an event to somebody in the room `here`; often none.

    `server`: as in HOST:PORT, where files are.
    """
    match event:
        case Message(sender=sender, room=room, deleted=True):
            lines = _lines(_saying(sender), "", _mark(room, here, "deleted"))
        case Message(sender=sender, room=room, text=text, me=me):
            label = _doing(sender) if me else _saying(sender)
            if event.files:
                named = [file.line(f"http://{server}") for file in event.files]
                text = "\n".join([text, *named] if text else named)
            mark = f"from {event.imported}" if event.imported else ""
            lines = _lines(label, text, _mark(room, here, mark), room)
        case Edited(sender=sender, room=room, target=target, text=text):
            # Without a text if it was deleted since, of which another event tells.
            mark = _mark(room, here, f"edited {target}")
            lines = _lines(_saying(sender), text, mark) if text else []
        case Deleted(sender=sender, room=room, target=target):
            lines = _lines(_saying(sender), "", _mark(room, here, f"deleted {target}"))
        case ClassicMessage(sender=sender, text=text):
            lines = _lines(_saying(sender), text, "", EVERYBODY)
        case Missing(room=room, after=after, upto=upto):
            lines = server_lines(lost(room, after, upto))
        case Notice(text=text) | Error(message=text):
            lines = server_lines(text)
        case _:
            lines = server_lines(_told(event, here))
    return lines


def _told(event: AnyClientEvent, here: str) -> str:
    """Return the sentence about people and rooms; "" where nothing is told."""
    match event:
        case Room(ref=None, direct=[], brought=False):
            told = f"You are in {event.title or event.room} now."
        case Presence(state="joined", room=room) if event.formerly and room == here:
            told = f"{event.formerly} is now {event.name}."
        case Away(name=name, room=room) if room == here:
            said = f": {event.text}" if event.text else "."
            told = f"{name} is away{said}" if event.on else f"{name} is back."
        case Removed(reason=reason):
            told = reason
        case Added(by=by, room=room):
            told = f"{by} invites you to {room}; /join {room} goes there."
        case RoleChanged(room=None, role=role):
            runs = role == Role.OPERATOR.word
            told = f"You run the server {'now' if runs else 'no longer'}."
        case RoleChanged(room=room, role=role):
            power = _POWERS.get(role)
            told = f"You are {power} in {room} now." if power else _POWERLESS.format(room)
        case RoomRules():
            called = "your conversation" if is_direct(event.room) else event.title or event.room
            told = rules_told(called, event)
        case _:
            told = ""
    return told


_POWERS = {"moderator": "a moderator", "owner": "the owner", "operator": "an operator"}
_POWERLESS = "You have no role in {} any more."


def lost(room: str, after: int, upto: int) -> str:
    """Return the sentence that says which part of a room's log the server cannot read any more."""
    where = "This private room" if is_direct(room) else f"The room {room}"
    had = f"the seq {upto}" if upto == after + 1 else f"a seq from {after + 1} to {upto}"
    return f"{where} lacks what had {had}: the server's log is damaged."


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


def _saying(sender: str) -> str:
    return f"{shown_name(sender)} >"


def _doing(sender: str) -> str:
    return f"* {sender}" if _ONE_WORD.fullmatch(sender) else f"{_saying(sender)} *"


def _lines(label: str, text: str, mark: str, room: str = "") -> list[str]:
    lines = inert(text).splitlines()
    if not mark and any(map(_is_like_a_mark, lines)):
        mark = f"[{room}] "
    return [f"{label} {mark}{line}" for line in lines] or [f"{label} {mark}".rstrip()]


def _is_seen(char: str) -> bool:
    return char.isprintable() and category(char) != "Mn"


def _is_like_a_mark(line: str) -> bool:
    if line.isascii():
        return _LIKE_A_MARK.match(line.lower()) is not None
    # What cannot be seen must not hide a mark from us. A long run of marks takes long to normalize.
    begins = "".join(islice(filter(_is_seen, line.lstrip()), _BEGINNING_CHARS))
    seen = "".join(filter(_is_seen, normalize("NFKD", begins)))
    return any(_LIKE_A_MARK.match(skeleton) for skeleton in skeletons(seen))


@lru_cache(maxsize=1024)
def shown_name(name: str) -> str:
    """Return the name as a line begins with it: in quotes if it is none that we would let in."""
    try:
        is_allowed = allowed_name(name) == name and not name.startswith("*")
    except Refused:
        is_allowed = False
    return name if is_allowed else f"'{ascii(inert_line(name))[1:-1]}'"
