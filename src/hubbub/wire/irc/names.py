"""How rooms and people are called in IRC, and back: every name has one form there, its own.

Names of people may hold what no nick can. Each such character is shown as its wide form, which is
plain to read, and which no name of ours can hold: they are all brought to the narrow form (RFC 8266
has names normalised by NFKC). A space becomes a space that does not break, for the same reason.
"""

from functools import lru_cache
from typing import Final

HOST: Final = "irc.hubbub"
"""Stands for the server, and for everybody's host: where people come from is nobody's business."""

USER: Final = "~u"
"""Everybody's user name: IRC shows it to all, and hubbub knows none."""

CHANNEL: Final = "#"

_NOT_IN_NICKS: Final = " !\"#$%&'()*+,./:;<=>?@~"
_NOT_FIRST: Final = "-0123456789"


def _wide(char: str) -> str:
    return "\u00a0" if char == " " else chr(ord(char) + 0xFEE0)


_CONTROLS: Final = {chr(code): "" for code in (*range(0x20), 0x7F)}
"""No name of ours has any, but one that was said elsewhere may."""

_TO_NICK: Final = str.maketrans({char: _wide(char) for char in _NOT_IN_NICKS} | _CONTROLS)
_TO_NAME: Final = str.maketrans({_wide(char): char for char in _NOT_IN_NICKS + _NOT_FIRST})


@lru_cache(maxsize=4096)
def nick_of(name: str) -> str:
    """Return the nick of somebody of this name."""
    nick = name.translate(_TO_NICK)
    if nick == name and name[:1] not in _NOT_FIRST:
        return name  # not a copy: most names are nicks, and kept anyway
    return _wide(nick[0]) + nick[1:] if nick and nick[0] in _NOT_FIRST else nick


def name_of(nick: str) -> str:
    """Return the name of whoever has this nick."""
    return nick.translate(_TO_NAME)


@lru_cache(maxsize=4096)
def source_of(name: str) -> str:
    """Return what stands before whatever somebody of this name says or does."""
    return f"{nick_of(name)}!{USER}@{HOST}"


def channel_of(room: str) -> str:
    """Return the channel that a public room is."""
    return CHANNEL + room


def room_of(channel: str) -> str:
    """Return the room that a channel is; the name of a room may be given as well."""
    return channel.removeprefix(CHANNEL)


def is_nick(text: str) -> bool:
    """Return whether a text may be given as a nick: others have characters that IRC uses itself."""
    return not any(char in text for char in _NOT_IN_NICKS)


def is_channel(target: str) -> bool:
    """Return whether a target is a channel, and no nick."""
    return target.startswith(CHANNEL)
