"""CHATHISTORY: what was said in a room, by the ids of its messages or by times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.text import whole_number
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.format import time_of
from hubbub.wire.irc.isupport import MESSAGES_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import channel_of, is_channel, name_of, nick_of, room_of
from hubbub.wire.irc.places import Place, Window, place_in, time_in

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client

LIMIT_MAX: Final = 1_000_000
"""Of messages that may be asked for; fewer may come."""

TARGETS_MAX: Final = 100
"""Rooms and talks that are looked at for what is new in them."""


def history(client: Client, line: Line) -> Iterator[Heard]:
    """Ask for the page that a line wants of a room, or for where something was said."""
    word, target, *rest = line.params
    word = word.upper()
    if word == "TARGETS":
        yield from _targets(client, line)
        return
    room = yield from room_read(client, target)
    window = None if room is None else _window(word, room, rest)
    if room is None:
        yield refusal(client, line, "INVALID_TARGET", word, target, "You may not read that.")
    elif window is None:
        sentence = "Ask like this: CHATHISTORY LATEST #room * 50, or BEFORE #room msgid=ID 50."
        yield refusal(client, line, "INVALID_PARAMS", word, sentence)
    else:
        asked = Asked(line.command, target, client.labelled, word, window=window)
        yield _page(client, room, window, asked)


def refusal(client: Client, line: Line, code: str, *context: str) -> Heard:
    """Return what refuses a line: a code for programs, what it is about, and a sentence."""
    return client.at_once(line, Line("FAIL", (line.command, code, *context), client.host))


def room_read(client: Client, target: str) -> Generator[Heard, None, str | None]:
    """Return the room that a target is, if the client may ask for what was said there.

    A talk of two may be from long ago.
    """
    if is_channel(target):
        room = room_of(target).lower()
        return room if room in client.rooms else None
    if (found := client.conversation(target)) is not None:
        return found
    talks = yield from talks_of(client)
    wanted = nick_of(name_of(target)).lower()
    return next((room for room, nick in talks.items() if nick.lower() == wanted), None)


def talks_of(client: Client) -> Generator[Heard, None, dict[str, str]]:
    """Return the newest talks of the client's person, with the nicks of the others, by room."""
    yield c.Conversations(ref=client.asking.ref(Asked("TALKS")))
    talks, client.talks = client.talks, None
    return talks or {}


def _window(word: str, room: str, rest: Sequence[str]) -> Window | None:
    """Return what is wanted, None if that cannot be read."""
    *words, last = rest or [""]
    limit = min(whole_number(last, LIMIT_MAX) or 0, MESSAGES_MAX)
    match word, [place_in(one, room) for one in words] if limit else ():
        case "LATEST", [place] if place is not None or words == ["*"]:
            return Window(limit, low=place)
        case "BEFORE", [Place() as place]:
            return Window(limit, high=place)
        case "AFTER", [Place() as place]:
            return Window(limit, low=place, is_forward=True)
        case "AROUND", [Place() as place]:
            return Window(limit, around=place)
        case "BETWEEN", [Place() as first, Place() as second]:
            is_forward = first.at <= second.at or first.is_time != second.is_time
            low, high = (first, second) if is_forward else (second, first)
            return Window(limit, low=low, high=high, is_forward=is_forward)
    return None


def _page(client: Client, room: str, window: Window, asked: Asked) -> c.History:
    """Return what asks for a page that holds what is wanted; the rest of it will be left out."""
    command = c.History(room=room, limit=window.limit, ref=client.asking.ref(asked))
    command.events = "draft/event-playback" in client.caps
    place = window.around
    if window.is_forward:
        place = window.low
    elif place is None:
        place = window.high
    if place is None:
        return command
    command.by_time = place.is_time
    if window.around is not None:
        command.around = place.at
    elif window.is_forward:
        command.after = place.at
    else:
        command.before = place.at
    return command


def _targets(client: Client, line: Line) -> Iterator[Heard]:
    """Tell in which rooms and talks the newest message came between two times, in their order."""
    first, second, last = (*line.params[1:], "", "")[:3]
    begin, end, limit = time_in(first), time_in(second), whole_number(last, LIMIT_MAX)
    if begin is None or end is None or not limit:
        sentence = "Ask like this: CHATHISTORY TARGETS timestamp=TIME timestamp=TIME 50."
        yield refusal(client, line, "INVALID_PARAMS", "TARGETS", sentence)
        return
    targets = {room: channel_of(room) for room in sorted(client.rooms)}
    targets |= yield from talks_of(client)
    found: list[tuple[int, str]] = []
    for room, target in list(targets.items())[:TARGETS_MAX]:
        client.newest_at = 0
        yield c.History(room=room, limit=1, ref=client.asking.ref(Asked("NEWEST")))
        if min(begin, end) < client.newest_at < max(begin, end):
            found.append((client.newest_at, target))
    found.sort(reverse=begin > end)
    told = [
        Line("CHATHISTORY", ("TARGETS", target, time_of(at)), client.host)
        for at, target in found[: min(limit, MESSAGES_MAX)]
    ]
    yield client.at_once(line, *told, batch=("draft/chathistory-targets",))
