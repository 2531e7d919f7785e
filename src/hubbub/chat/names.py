"""Which names members and rooms may bear, and when two names are the same.

Members: the Nickname profile of RFC 8266. Rooms: the UsernameCaseMapped profile of RFC 8265,
narrowed to letters, digits and a few joiners. Both come from the precis-i18n library.
"""

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from hubbub.chat.errors import Refused

if TYPE_CHECKING:
    from precis_i18n.profile import Profile

SERVER_NAME = "hubbub"
"""The name under which the server itself speaks; nobody else may bear it."""

DEFAULT_ROOM = "lobby"
NAME_CHARS_MAX = 32
ROOM_CHARS_MAX = 64
MUCH_TOO_LONG = 8
"""Times the limit. Normalising may shorten a name, but takes long for what is longer than this."""

_ROOM_JOINERS = "-_."
_DIRECT = "@"


@cache
def _profile(name: str) -> "Profile":
    # Imported on first use: its Unicode tables would slow the start of commands that need no name.
    from precis_i18n import get_profile  # noqa: PLC0415

    return get_profile(name)


def allowed_name(raw: str) -> str:
    """Return `raw` as a member's name, trimmed and normalised; raise Refused `name_not_allowed`."""
    remedy = f"Choose 1 to {NAME_CHARS_MAX} visible characters; spaces inside are fine."
    raw = raw.strip()  # people type line ends after their names, and programs send them
    if len(raw) > MUCH_TOO_LONG * NAME_CHARS_MAX:
        raise Refused(f"The name has {len(raw)} characters. " + remedy, code="name_not_allowed")
    try:
        name = _profile("NicknameCasePreserved").enforce(raw) if raw else ""
    except UnicodeEncodeError:
        raise Refused(
            f"The name {raw[:NAME_CHARS_MAX]!r} holds characters that names may not have. "
            + remedy,
            code="name_not_allowed",
        ) from None
    if not name:
        raise Refused("The name is empty. " + remedy, code="name_not_allowed")
    if len(name) > NAME_CHARS_MAX:
        raise Refused(f"The name has {len(name)} characters. " + remedy, code="name_not_allowed")
    if name_key(name) == SERVER_NAME:
        raise Refused(
            f"The name '{name}' is reserved for the server. Choose another one.",
            code="name_not_allowed",
        )
    return name


def name_key(name: str) -> str:
    """Return what two spellings of one allowed name have in common (RFC 8266, comparison)."""
    if name.isascii():  # the profile would do the same to an ASCII name, forty times slower
        return " ".join(name.lower().split(" "))
    return _profile("NicknameCaseMapped").enforce(name)


def same_name(name: str, other: str) -> bool:
    """Tell whether two names are the same person's; what no one can be called is only itself."""
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
    """Tell whether `room` is a private room of two (see `direct_room`)."""
    return room.startswith(_DIRECT)
