"""Finds the argument, and the name, in what was typed behind a slash command."""

from collections.abc import Iterable

from hubbub.chat.errors import Refused
from hubbub.chat.names import NAME_CHARS_MAX, same_name


def needed(argument: str, usage: str) -> str:
    """Return what was typed; raise Refused with the usage if that is nothing."""
    if not argument:
        raise Refused(f"Usage: {usage}")
    return argument


def split_name(known: Iterable[str], argument: str) -> tuple[str, str]:
    """Split `NAME TEXT`; names may hold spaces, so the longest one that is known wins."""
    names = list(known)
    for end in range(min(len(argument), NAME_CHARS_MAX), 0, -1):
        name, rest = argument[:end], argument[end:]
        if rest[:1] in ("", " ") and any(same_name(name, one) for one in names):
            return name, rest.strip()
    name, _, text = argument.partition(" ")
    return name.removeprefix("@"), text.strip()
