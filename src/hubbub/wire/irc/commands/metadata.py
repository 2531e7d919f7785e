"""METADATA: what people say about themselves and rooms, and who wants to hear of which keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.wire.irc.asked import METADATA, Asked
from hubbub.wire.irc.line import BODY_BYTES_MAX, LINE_END_BYTES, Line, reply
from hubbub.wire.irc.names import channel_of, is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.metadata import about_oneself, no_value, valued

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hubbub.chat.heard import Filler, Heard, Reply
    from hubbub.wire.irc.client import Client

KEYS_MAX: Final = 20
VALUE_BYTES_MAX: Final = 300
SUBSCRIPTIONS_MAX: Final = 50

_KEY: Final = re.compile(r"[a-z0-9_./-]{1,64}")


def metadata(client: Client, line: Line) -> Iterator[Heard]:
    """Act on one METADATA with its target and its own command."""
    target, word, *keys = line.params
    target = client.nick if target == "*" else target
    act = _ACTS.get(word.upper())
    if act is None:
        yield fail(client, line, "SUBCOMMAND_INVALID", word, "There is no such METADATA command.")
    else:
        yield from act(client, line, target, keys)


def before(client: Client, line: Line) -> Iterator[Heard]:
    """Act on one METADATA of a client that is not welcomed yet: it is about itself alone."""
    target, word, *keys = line.params
    act = _BEFORE.get(word.upper())
    if client.coming is None or target not in ("*", client.coming.nick) or act is None:
        no = "Until you are welcomed, you can say and see what you say about yourself."
        yield fail(client, line, "INVALID_TARGET", target, no)
    else:
        yield from act(client, line, "*", keys)


def _get_before(client: Client, line: Line, target: str, keys: list[str]) -> Iterator[Heard]:
    said = {} if client.coming is None else client.coming.about
    lines = [valued(client, target, key, said) for key in keys[:KEYS_MAX] or said]
    yield client.at_once(line, *lines, batch=("metadata", target))


def _set_before(client: Client, line: Line, target: str, keys: list[str]) -> Iterator[Heard]:
    key, *value = keys or [""]
    said = {} if client.coming is None else client.coming.about
    if not _KEY.fullmatch(key.lower()):
        yield fail(client, line, "KEY_INVALID", key or "*", "A key has letters, digits and _./-.")
    elif value and (no := _why_not(value[0])):
        yield fail(client, line, *no_value(client, key), no)
    elif value and len({*said, key.lower()}) > KEYS_MAX:
        yield fail(client, line, "LIMIT_REACHED", target, f"There may be {KEYS_MAX} keys.")
    else:
        said.pop(key.lower(), None)
        if value:
            said[key.lower()] = value[0]
        yield client.at_once(line, valued(client, target, key, said))


def carried_over(client: Client, said: Mapping[str, str]) -> Iterator[Heard]:
    """Say what the client said about itself before it was welcomed, and tell it so."""
    for key, value in said.items():
        yield c.SetMetadata(key=key, value=value)
    if said:
        told = about_oneself(client, said)
        yield reply(*client.answer(told, None, batch=("metadata", client.nick)))


def fail(client: Client, line: Line, code: str, *context: str) -> Reply | Filler:
    """Return what refuses a line."""
    return client.at_once(line, Line("FAIL", ("METADATA", code, *context), client.host))


def _get(client: Client, line: Line, target: str, keys: list[str]) -> Iterator[Heard]:
    if not keys:
        yield client.at_once(line, client.too_few("METADATA"))
    else:
        some = list(dict.fromkeys(" ".join(keys).split()))[:KEYS_MAX]
        yield _asking(client, target, "GET", " ".join(some))


def _list(client: Client, _line: Line, target: str, _keys: list[str]) -> Iterator[Heard]:
    yield _asking(client, target, "LIST", "")


def _sync(client: Client, _line: Line, target: str, _keys: list[str]) -> Iterator[Heard]:
    yield _asking(client, target, "SYNC", "")


def _asking(client: Client, target: str, word: str, keys: str) -> c.AskMetadata:
    asked = Asked(METADATA, target, client.labelled, f"{word} {keys}".strip())
    ref = client.asking.ref(asked)
    if is_channel(target):
        return c.AskMetadata(room=room_of(target).lower(), with_people=word == "SYNC", ref=ref)
    return c.AskMetadata(name=name_of(target), ref=ref)


def synchronized(client: Client, room: str, target: str) -> Iterator[Heard]:
    """Ask what is said about a room that the client entered, and about those in it."""
    if client.subscribed:
        asked = Asked(METADATA, target, client.labelled, "JOIN")
        yield c.AskMetadata(room=room, with_people=True, ref=client.asking.ref(asked))


def _set(client: Client, line: Line, target: str, keys: list[str]) -> Iterator[Heard]:
    key, *value = keys or [""]
    if not _KEY.fullmatch(key.lower()):
        yield fail(client, line, "KEY_INVALID", key or "*", "A key has letters, digits and _./-.")
    elif not is_channel(target) and target.lower() != client.nick.lower():
        no = "You can say that about yourself alone."
        yield fail(client, line, "KEY_NO_PERMISSION", target, key, no)
    elif value and (no := _why_not(value[0])):
        yield fail(client, line, *no_value(client, key), no)
    else:
        yield from _setting(client, target, key.lower(), value[0] if value else None)


def _why_not(value: str) -> str:
    """Return why a value cannot be said; empty if it can."""
    is_one = value.isprintable() and len(value.encode()) <= VALUE_BYTES_MAX
    return "" if is_one else f"A value is one line of up to {VALUE_BYTES_MAX} bytes."


def _setting(client: Client, target: str, key: str, value: str | None) -> Iterator[Heard]:
    detail = f"SET {key}" if value is None else f"SET {key} {value}"
    ref = client.asking.ref(Asked(METADATA, target, client.labelled, detail))
    room = room_of(target).lower() if is_channel(target) else ""
    yield c.SetMetadata(key=key, value=value, room=room, ref=ref)


def _clear(client: Client, line: Line, target: str, _keys: list[str]) -> Iterator[Heard]:
    if not is_channel(target) and target.lower() != client.nick.lower():
        no = "You can clear what you say about yourself alone."
        yield fail(client, line, "KEY_NO_PERMISSION", target, "*", no)
    else:
        client.cleared = None
        yield _asking(client, target, "CLEAR", "")
        found, client.cleared = client.cleared, ()
        if found is None:
            return  # it was refused
        room = room_of(target).lower() if is_channel(target) else ""
        for key in found:
            asked = Asked(METADATA, target, None, f"CLEARED {key}")
            yield c.SetMetadata(key=key, value=None, room=room, ref=client.asking.ref(asked))
        if found and not client.cleared:
            no = "You do not look after that."
            yield fail(client, line, "KEY_NO_PERMISSION", target, "*", no)
        else:
            gone = [valued(client, target, key, {}) for key in client.cleared]
            yield client.at_once(line, *gone, batch=("metadata", target))


def _subscribe(client: Client, line: Line, _target: str, keys: list[str]) -> Iterator[Heard]:
    lines: list[Line] = []
    taken: list[str] = []
    for key in keys:
        if not _KEY.fullmatch(key.lower()):
            no = ("METADATA", "KEY_INVALID", key or "*", "That is no key.")
            lines.append(Line("FAIL", no, client.host))
        elif len(client.subscribed | {key.lower()}) > SUBSCRIPTIONS_MAX:
            no = ("METADATA", "TOO_MANY_SUBS", key, "You want to hear of too many keys.")
            lines.append(Line("FAIL", no, client.host))
            break
        else:
            client.subscribed |= {key.lower()}
            taken.append(key)
    if taken:
        lines[:0] = _keyed(client, N.METADATASUBOK, taken)
        if client.has_numbers_as_news:
            later = (channel_of(room) for room in sorted(client.rooms))
            lines += (client.numeric(N.METADATASYNCLATER, channel) for channel in later)
    yield client.at_once(line, *lines)


def _unsubscribe(client: Client, line: Line, _target: str, keys: list[str]) -> Iterator[Heard]:
    client.subscribed -= {key.lower() for key in keys}
    yield client.at_once(line, *_keyed(client, N.METADATAUNSUBOK, keys))


def _subscriptions(client: Client, line: Line, _target: str, _keys: list[str]) -> Iterator[Heard]:
    yield client.at_once(line, *_keyed(client, N.METADATASUBS, sorted(client.subscribed)))


def _keyed(client: Client, number: str, keys: list[str]) -> list[Line]:
    """Return as many lines as it takes to name keys."""
    room = BODY_BYTES_MAX - LINE_END_BYTES - len(client.numeric(number, "").encode())
    runs: list[list[str]] = [[]]
    for key in keys:
        if len(" ".join((*runs[-1], key)).encode()) > room:
            runs.append([])
        runs[-1].append(key)
    return [client.numeric(number, *run) for run in runs if run or number != N.METADATASUBS]


_BEFORE: Final[dict[str, Callable[[Client, Line, str, list[str]], Iterator[Heard]]]] = {
    "GET": _get_before,
    "LIST": _get_before,
    "SET": _set_before,
    "SUB": _subscribe,
    "SUBS": _subscriptions,
    "UNSUB": _unsubscribe,
}
"""What a client may do before it is welcomed."""

_ACTS: Final[dict[str, Callable[[Client, Line, str, list[str]], Iterator[Heard]]]] = {
    "CLEAR": _clear,
    "GET": _get,
    "LIST": _list,
    "SET": _set,
    "SUB": _subscribe,
    "SUBS": _subscriptions,
    "SYNC": _sync,
    "UNSUB": _unsubscribe,
}
