"""Which names members and rooms may have, and when two names are the same.

Members: the Nickname profile of RFC 8266, without names that cannot be seen, or that would read
like a line of somebody else's. Rooms: the UsernameCaseMapped profile of RFC 8265, narrowed to
letters, digits and a few joiners. Both profiles come from the precis-i18n library.
"""

import hashlib
import re
from functools import lru_cache
from unicodedata import category, combining, normalize

from hubbub.chat.errors import Refused
from hubbub.chat.lookalikes import begins_like, look_alike, plain_looks, skeletons

SERVER_NAME = "hubbub"
"""The name under which the server itself speaks; nobody else may have it."""

HTTP_NAMES = ("api", "webhook")
"""The names under which posts over HTTP stand that give none; no session may have them."""

SERVICES = ("NickServ", "ChanServ")
"""Names under which the server answers those who speak IRC."""

DELETED = "deleted account"
"""The beginning of the names that deleted accounts get."""

DEFAULT_ROOM = "lobby"
NAME_CHARS_MAX = 32
ROOM_CHARS_MAX = 64
MUCH_TOO_LONG = 4
"""Times the limit. Normalising makes names shorter, but not that much: this is not looked at."""

MARKS_MAX = 4
"""Marks on one letter. More would reach into the lines above and below (UTS 39, section 5.4)."""

_BLANK = frozenset("\u2800\u303f\ufffc\U00013441\U00013442\U00016fe4\U0001d159")
"""What RFC 8266 allows though it draws nothing: the empty Braille cell, fillers, and their like."""

_PRIVATE = re.compile(r"[(\[]private")

_ASCII_ROOM = re.compile(rf"[A-Za-z0-9_.-]{{1,{ROOM_CHARS_MAX}}}")
_ROOM_JOINERS = "-_."
_FOLDERS = (".", "..")  # whoever asks for /api/rooms/../messages gets /api/messages
_DIRECT = "@"

SYSTEM_ROOM = "$"
"""The room of the facts (see events.py), in which nobody is: no room of people is called so."""

AUDIT = "$audit"
"""The room in which every act of power is written down, for operators."""

REPORTS = "$reports"
"""The room of all reports, for operators; with `/` and a room's name those of its moderators."""


def load_tables() -> None:
    """Read what names outside ASCII are judged by; else the first of them waits for it."""
    look_alike(allowed_name("é"), SERVER_NAME)


def allowed_name(raw: str) -> str:
    """Return `raw` as a member's name, trimmed and normalised; raise Refused `name_not_allowed`."""
    raw = raw.strip()  # people type line ends after their names, and programs send them
    if not raw:
        raise _not_allowed("The name is empty.")
    if len(raw) > MUCH_TOO_LONG * NAME_CHARS_MAX:
        raise _not_allowed(f"The name has {len(raw)} characters.")
    try:
        name = _nickname(raw)
    except ValueError as error:
        raise _not_allowed(f"The name {raw[:NAME_CHARS_MAX]!r} {error}.") from None
    if not (name.isascii() or _is_visible(name)):
        raise _not_allowed(f"The name {name!a} holds characters that are invisible or pile up.")
    if _imitates_a_line(name):
        raise Refused(
            f"The name '{name}' could be mistaken for the beginning of a line. Choose one without "
            "'<' and '>', without ': ', and with no bracket at the beginning.",
            code="name_not_allowed",
        )
    if look_alike(name, SERVER_NAME):
        raise Refused(
            f"The name '{name}' is reserved for the server. Choose another one.",
            code="name_not_allowed",
        )
    if len(name) >= len(DELETED) and begins_like(name, DELETED):
        raise Refused(
            f"The name '{name}' is kept for accounts that are deleted. Choose another one.",
            code="name_not_allowed",
        )
    return name


def deleted_name(person: str) -> str:
    """Return the name that a deleted account gets, by its person's id; nobody else can have it."""
    number = int(hashlib.sha256(f"deleted {person}".encode()).hexdigest(), 16)
    return f"{DELETED} {number % 1_000_000:06d}"


def check_is_no_program(name: str) -> None:
    """Raise Refused `name_not_allowed` if people could take `name` for a program's."""
    for kept, whose in ((HTTP_NAMES, "programs that post over HTTP"), (SERVICES, "the server")):
        if any(look_alike(name, one) for one in kept):
            raise Refused(
                f"The name '{name}' is kept for {whose}. Choose another one.",
                code="name_not_allowed",
            )


def _nickname(raw: str) -> str:
    if raw.isascii() and raw.isprintable():  # the profile would do no more
        name = " ".join(raw.split())
        if len(name) > NAME_CHARS_MAX:
            raise ValueError(f"has {len(name)} characters")
        return name
    if _piles_up(raw):
        raise ValueError("holds characters that are invisible or pile up")
    from hubbub.chat.profiles import nickname  # noqa: PLC0415 (loads tables that few names need)

    return nickname(raw, NAME_CHARS_MAX)


def _piles_up(text: str) -> bool:
    """Return whether marks pile up: to sort them takes the square of how many there are."""
    marks = 0
    for char in text:
        marks = marks + 1 if combining(char) else 0
        if marks > MARKS_MAX:
            return True
    return False


def _not_allowed(cause: str) -> Refused:
    return Refused(
        f"{cause} Choose 1 to {NAME_CHARS_MAX} visible characters; spaces inside are fine.",
        code="name_not_allowed",
    )


def _is_visible(name: str) -> bool:
    """Return whether all of the name draws something: no blanks, no marks beside or on marks."""
    if not _BLANK.isdisjoint(name):
        return False
    if any(category(word[0]).startswith("M") for word in name.split(" ")):
        return False
    marks = ""
    for char in normalize("NFD", name):
        marks = marks + char if category(char) in ("Mn", "Me") else ""
        if len(marks) > MARKS_MAX or marks[-2:-1] == char:
            return False
    return True


def _imitates_a_line(name: str) -> bool:
    """Return whether the name would read like somebody else's line, or like a private one.

    Programs show `ann > hello`, `[12:00] ann: hello`, and `(private)` or `[room]` as marks.
    """
    words = name.split(" ")
    # Letters may look like `>`, as in names of the Inuit, or like `:`: they matter on their own.
    symbols = "".join(char for char in name if not char.isalpha())
    looks = plain_looks(symbols)
    return (
        "<" in looks
        or ">" in looks
        or any(plain_looks(word) in ("<", ">", ":") for word in words)
        or any(_is_colon(word[-1]) for word in words[:-1])
        or plain_looks(name[0]) in ("(", "[")
        or any(_PRIVATE.search(skeleton) for skeleton in skeletons(name))
    )


def _is_colon(char: str) -> bool:
    return plain_looks(char) == ":" and category(char)[0] not in "LM"


def name_key(name: str) -> str:
    """Return what two spellings of one allowed name have in common (RFC 8266, comparison).

    Raises ValueError if it is no name.
    """
    if name.isascii():  # the profile would do the same to an ASCII name, forty times slower
        key = name.lower()
        return name if key == name else key  # one text in memory for both, as for most people
    return _name_key(name)


@lru_cache(maxsize=4096)  # the names of a room are compared again and again
def _name_key(name: str) -> str:
    if len(name) > MUCH_TOO_LONG * NAME_CHARS_MAX or _piles_up(name):
        raise ValueError("is no name")
    from hubbub.chat.profiles import nickname_key  # noqa: PLC0415 (as above)

    return nickname_key(name, MUCH_TOO_LONG * NAME_CHARS_MAX)


def same_name(name: str, other: str) -> bool:
    """Return whether two names are the same one; what cannot be a name only equals itself."""
    try:
        return name == other or name_key(name) == name_key(other)
    except ValueError:
        return False


def allowed_room(raw: str) -> str:
    """Return `raw` as a public room's name, in lower case; raise Refused `room_not_allowed`."""
    if _ASCII_ROOM.fullmatch(raw):  # the profile would do no more
        room = raw.lower()
    else:
        room = "" if len(raw) > MUCH_TOO_LONG * ROOM_CHARS_MAX else _room(raw)
    if room in _FOLDERS:
        raise Refused(
            f"A room cannot be called '{room}', which means a folder in addresses. "
            "Choose a name with letters, digits, '-', '_' or more dots.",
            code="room_not_allowed",
        )
    if not room:
        raise Refused(
            f"A room cannot be called {raw[:ROOM_CHARS_MAX]!r}. "
            f"Choose 1 to {ROOM_CHARS_MAX} letters, digits, '-', '_' or '.', without spaces.",
            code="room_not_allowed",
        )
    return room


@lru_cache(maxsize=4096)  # each command has the name of a room
def _room(raw: str) -> str:
    """Return the room's name, empty if there can be none."""
    if raw.isascii() or _piles_up(raw):
        return ""
    from hubbub.chat.profiles import username  # noqa: PLC0415 (as above)

    try:
        room = username(raw, ROOM_CHARS_MAX)
    except ValueError:
        return ""
    return room if all(char.isalnum() or char in _ROOM_JOINERS for char in room) else ""


def handle_of(id_: str) -> str:
    """Return what stands for somebody who is known where for others their name's key does."""
    return f"\x01{id_}"  # no control character can stand in a name


def sender_handle(name: str, id_: str) -> str:
    """Return what stands for the sender of an event: by their id, if they are known."""
    if id_:
        return handle_of(id_)
    try:
        return name_key(name)
    except ValueError:
        return name  # an old log may hold it, or a tutorial's server send it


def known_by(handle: str) -> str:
    """Return the id of somebody who is known from what stands for them, else nothing."""
    return handle[1:] if handle[:1] == "\x01" else ""


def private_room(handle: str, other: str) -> str:
    """Return the name of the private room that two people share, each given by their handle.

    A digest, because names may hold any separator one could put between them.
    """
    handles = "\n".join(sorted((handle, other)))
    return _DIRECT + hashlib.sha256(handles.encode()).hexdigest()[:24]


def direct_room(name: str, other: str) -> str:
    """Return the name of the private room that two people share of whom only names are known."""
    return private_room(name_key(name), name_key(other))


def is_direct(room: str) -> bool:
    """Return whether `room` is a private room of two, as named by `private_room`."""
    return room.startswith(_DIRECT)


def is_system(room: str) -> bool:
    """Return whether `room` is one that the server keeps by itself, for those whom it concerns."""
    return room.startswith(SYSTEM_ROOM)


def is_public(room: str) -> bool:
    """Return whether `room` is one that everybody may find in lists and in searches."""
    return not (is_direct(room) or is_system(room))
