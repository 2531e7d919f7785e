"""CHATHISTORY: what was said in a room, by the ids of its messages."""

from collections.abc import Iterator
from typing import Final

from hubbub.chat.commands import History
from hubbub.chat.heard import Heard, Reply
from hubbub.chat.text import whole_number
from hubbub.wire.irc.client import Client
from hubbub.wire.irc.format import seq_in
from hubbub.wire.irc.isupport import MESSAGES_MAX
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.names import HOST, is_channel, room_of

LIMIT_MAX: Final = 1_000_000
"""Of messages that may be asked for; fewer may come."""


def history(client: Client, line: Line) -> Iterator[Heard]:
    """Yield what asks for the page that a line wants of a room."""
    word, target, *rest = line.params
    word = word.upper()
    if word == "TARGETS":
        label = line.tags.get("label", "")
        yield reply(*client.answer((), label, ("draft/chathistory-targets",)))
        return
    room = room_of(target).lower() if is_channel(target) else client.conversation(target)
    command = None if room is None else _asked(word, room, rest)
    if room is None:
        yield _fail(client, line, "INVALID_TARGET", word, target, "You may not read that.")
    elif command is None:
        sentence = "Ask like this: CHATHISTORY LATEST #room * 50, or BEFORE #room msgid=ID 50."
        yield _fail(client, line, "INVALID_PARAMS", word, sentence)
    else:
        # What came after a message, but only the last of it, is the last of the room that is newer.
        after = str(_seq(rest[0], room) or "") if word == "LATEST" else ""
        command.ref = client.ref(line, target, after)
        yield command


def _fail(client: Client, line: Line, code: str, *context: str) -> Reply:
    return client.at_once(line, Line("FAIL", ("CHATHISTORY", code, *context), HOST))


def _asked(word: str, room: str, rest: list[str]) -> History | None:
    *places, last = rest or [""]
    limit = whole_number(last, LIMIT_MAX)
    if limit is None or not places:
        return None
    limit = max(1, min(limit, MESSAGES_MAX))
    seqs = [_seq(place, room) for place in places]
    first = seqs[0]
    match [word, *seqs]:
        case ["LATEST", seq] if seq is not None or places == ["*"]:
            return History(room=room, limit=limit)
        case ["AFTER", int()]:
            return History(room=room, after=first, limit=limit)
        case ["BEFORE", int()]:
            return History(room=room, before=first, limit=limit)
        case ["AROUND", int()]:
            return History(room=room, around=first, limit=limit)
    return None


def _seq(place: str, room: str) -> int | None:
    """Return the seq that a place in a room names, as in `msgid=lobby/1042`; None if none."""
    kind, _, id_ = place.partition("=")
    return seq_in(id_, room) if kind == "msgid" else None
