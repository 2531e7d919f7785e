"""What a search found, as lines: the words marked on a terminal, and what stands around it."""

import os
import re
import sys
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.cli.output import printable
from hubbub.client import Chat

CONTEXT_MAX = 10
BETWEEN = "--"
"""Stands between stretches of messages."""

# Characters that Unicode keeps for programs: no text means anything by them.
_BEGINS, _ENDS = "\ufdd0", "\ufdd1"
_SHOWN = {_BEGINS: "\x1b[1;7m", _ENDS: "\x1b[0m"}
_MARKS = re.compile("[\ufdd0\ufdd1]")


def marks_words() -> bool:
    """Return whether stdout is a terminal whose user wants what was found to stand out."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_plain


def marked(message: Message) -> Message:
    """Return a message in whose text what was found stands between marks; see `show_marked`."""
    pieces, at = [], 0
    for start, end in message.found:
        inside = _within_lines(_bare(message.text[start:end]))
        pieces += [_bare(message.text[at:start]), inside]
        at = end
    return replace(message, text="".join([*pieces, _bare(message.text[at:])]))


def _bare(text: str) -> str:
    return _MARKS.sub("\ufffd", text)


def _within_lines(text: str) -> str:
    """Return a text between marks, line by line: each line is printed by itself."""
    return "\n".join(f"{_BEGINS}{line}{_ENDS}" for line in text.split("\n"))


def show_marked(lines: Iterable[str]) -> None:
    """Print lines in which what stands between marks is bold and inverse, and all else inert."""
    for line in lines:
        print(_MARKS.sub(lambda mark: _SHOWN[mark[0]], printable(line)), flush=True)


async def around(chat: Chat, found: Sequence[Message], count: int) -> list[list[Message]]:
    """Return what was found with up to `count` messages before and after each in its room.

    What overlaps is one stretch; those of a room stand together.
    """
    stretches: list[list[Message]] = []
    for hit in sorted(found, key=lambda one: (one.room, one.seq)):
        page = await chat.history(hit.room, around=hit.seq, limit=2 * count + 1)
        shown = page.messages
        at = next((at for at, one in enumerate(shown) if one.seq == hit.seq), None)
        near = [hit] if at is None else [*shown[max(0, at - count) : at], hit]
        near += [] if at is None else shown[at + 1 : at + count + 1]
        latest = stretches[-1] if stretches else []
        if latest and latest[0].room == hit.room and near[0].seq <= latest[-1].seq:
            _join(latest, near, hit)
        else:
            stretches.append(near)
    return stretches


def _join(latest: list[Message], near: Sequence[Message], hit: Message) -> None:
    """Add what is new of `near` to a stretch, which may have its hit without the marks."""
    latest[:] = [hit if one.seq == hit.seq else one for one in latest]
    latest += [one for one in near if one.seq > latest[-1].seq]
