"""Compares what was decided about rooms with the files, and with what is shown."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.promises.ledger import Json, Ledger
from bench.promises.standing import DEFAULTS, RoomLook, Standing

_TOPIC: Final = "SELECT topic FROM rooms WHERE name = ?"
_PINS: Final = "SELECT target FROM pins JOIN rooms ON rooms.id = room_id WHERE name = ?"
_FACTS: Final = "SELECT key, body FROM facts WHERE key IS NOT NULL"
_TEXTS: Final = (
    "SELECT count(*) FROM segments WHERE instr(body, ?)",
    "SELECT count(*) FROM facts WHERE instr(body, ?)",
)


def audit_rooms(data: Path, ledger: Ledger) -> None:
    """Note in the ledger whatever does not stand as it was decided; no server uses the folder."""
    with closing(sqlite3.connect(data / "hubbub.db")) as log:
        looks = [_in_the_file(log, standing) for standing in ledger.standings.values()]
    for look in (*looks, *ledger.room_looks):
        for finding in _differences(look, ledger.standings[look.room]):
            ledger.find(finding)
    for finding in still_there(data, ledger):
        ledger.find(finding)


def _in_the_file(log: sqlite3.Connection, standing: Standing) -> RoomLook:
    room = standing.room
    (topic,) = log.execute(_TOPIC, (room,)).fetchone() or ("",)
    pins = {target for (target,) in log.execute(_PINS, (room,))}
    facts: dict[str, Json] = {key: json.loads(body)["value"] for key, body in log.execute(_FACTS)}
    told = facts.get(f"room/{room}", {})
    rules = {name: told.get(name, value) for name, value in DEFAULTS.items()}
    banned = {
        ban["whom"].partition("!")[0]
        for key, ban in facts.items()
        if key.startswith("ban/") and ban.get("room") == room and not ban.get("kick")
    }
    return RoomLook("SQLite", room, topic, pins, rules, banned)


def _differences(look: RoomLook, standing: Standing) -> Iterator[str]:
    if look.topic not in (None, standing.topic):
        yield f"{look.by} sees {look.room} with the topic '{look.topic}', not '{standing.topic}'."
    if look.pins not in (None, standing.pins):
        yield f"{look.by} sees {look.pins} pinned in {standing.room}, not {standing.pins}."
    if look.banned not in (None, standing.banned):
        yield f"{look.by} sees {look.banned} banned from {standing.room}, not {standing.banned}."
    for name, shown in (look.rules or {}).items():
        value = standing.rules.get(name, DEFAULTS[name])
        if shown != value:
            yield f"{look.by} sees in {standing.room} the rule {name} as {shown!r}, not {value!r}."


def still_there(data: Path, ledger: Ledger) -> Iterator[str]:
    """Yield what there still is of rooms that were deleted; a server may use the folder."""
    raw = b"".join(path.read_bytes() for path in data.glob("hubbub.db*"))
    with closing(sqlite3.connect(f"file:{data}/hubbub.db?mode=ro", uri=True)) as log:
        for said in ledger.said.values():
            if not said.is_gone:
                continue
            text = json.dumps(said.text)
            if any(log.execute(query, (text,)).fetchone() != (0,) for query in _TEXTS):
                yield f"SQLite still has '{said.text}', whose room {said.room} was deleted."
            elif text.encode() in raw:
                yield f"A file still holds '{said.text}', whose room {said.room} was deleted."
            for digest in said.files:
                if (data / "files" / "objects" / digest[:2] / digest).exists():
                    yield f"A file of '{said.text}' is still there; {said.room} was deleted."
