"""Which names members and rooms may have, and when two names are the same.

Members: the Nickname profile of RFC 8266, without names that cannot be seen, or that would read
like a line of somebody else's. Rooms: the UsernameCaseMapped profile of RFC 8265, narrowed to
letters, digits and a few joiners. Both profiles come from the precis-i18n library.
"""

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from hubbub.chat.errors import Refused
from hubbub.chat.lookalikes import look_alike, plain_looks, skeletons

if TYPE_CHECKING:
    from precis_i18n.profile import Profile

SERVER_NAME = "hubbub"
"""The name under which the server itself speaks; nobody else may have it."""

DEFAULT_ROOM = "lobby"
NAME_CHARS_MAX = 32
ROOM_CHARS_MAX = 64
MUCH_TOO_LONG = 8
"""Times the limit. Normalising may shorten a name, but takes long for what is longer than this."""

MARKS_MAX = 4
"""Marks on one letter. More would reach into the lines above and below (UTS 39, section 5.4)."""

_BLANK = frozenset("\u2800\u303f\ufffc\U00013441\U00013442\U00016fe4\U0001d159")
"""What RFC 8266 allows though it draws nothing: the empty Braille cell, fillers, and their like."""

_PRIVATE = re.compile(r"[(\[]private")

_ROOM_JOINERS = "-_."
_DIRECT = "@"


@cache
def _profile(name: str) -> "Profile":
    # Imported on first use: its Unicode tables would slow the start of commands that need no name.
    from precis_i18n import get_profile  # noqa: PLC0415

    return get_profile(name)


def allowed_name(raw: str) -> str:
    """Return `raw` as a member's name, trimmed and normalised; raise Refused `name_not_allowed`."""
    raw = raw.strip()  # people type line ends after their names, and programs send them
    if not raw:
        raise _not_allowed("The name is empty.")
    if len(raw) > MUCH_TOO_LONG * NAME_CHARS_MAX:
        raise _not_allowed(f"The name has {len(raw)} characters.")
    try:
        name = _profile("NicknameCasePreserved").enforce(raw)
    except UnicodeEncodeError:
        shown = raw[:NAME_CHARS_MAX]
        raise _not_allowed(
            f"The name {shown!r} holds characters that names may not have."
        ) from None
    if len(name) > NAME_CHARS_MAX:
        raise _not_allowed(f"The name has {len(name)} characters.")
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
    return name


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
    """Return what two spellings of one allowed name have in common (RFC 8266, comparison)."""
    if name.isascii():  # the profile would do the same to an ASCII name, forty times slower
        return " ".join(name.lower().split(" "))
    return _profile("NicknameCaseMapped").enforce(name)


def same_name(name: str, other: str) -> bool:
    """Return whether two names are the same one; what cannot be a name only equals itself."""
    try:
        return name == other or name_key(name) == name_key(other)
    except UnicodeEncodeError:
        return False


def allowed_room(raw: str) -> str:
    """Return `raw` as a public room's name, in lower case; raise Refused `room_not_allowed`."""
    much_too_long = len(raw) > MUCH_TOO_LONG * ROOM_CHARS_MAX
    try:
        room = _profile("UsernameCaseMapped").enforce(raw) if raw and not much_too_long else ""
    except UnicodeEncodeError:
        room = ""
    if (
        not room
        or len(room) > ROOM_CHARS_MAX
        or not all(char.isalnum() or char in _ROOM_JOINERS for char in room)
    ):
        raise Refused(
            f"A room cannot be called {raw[:ROOM_CHARS_MAX]!r}. "
            f"Choose 1 to {ROOM_CHARS_MAX} letters, digits, '-', '_' or '.', without spaces.",
            code="room_not_allowed",
        )
    return room


def direct_room(name: str, other: str) -> str:
    """Return the name of the private room that the holders of two names share.

    A digest, because names may hold any separator one could put between them.
    """
    keys = sorted((name_key(name), name_key(other)))
    # Neither newline nor any other control character can stand in a name.
    return _DIRECT + hashlib.sha256("\n".join(keys).encode()).hexdigest()[:24]


def is_direct(room: str) -> bool:
    """Return whether `room` is a private room of two, as named by `direct_room`."""
    return room.startswith(_DIRECT)
