"""Compares what everybody was told with what is on the disk.

It reads the files themselves, without a line of hubbub's code: SQLite's tables, the JSON in them,
and the bytes of files.
"""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.promises.ledger import Json, Ledger, Reading, Said

_SEGMENTS: Final = """
SELECT name, segments.first, last, body FROM segments JOIN rooms ON rooms.id = room_id ORDER BY last
"""
COMPARED: Final = ("type", "room", "seq", "prev", "from", "at", "text", "nonce", "files")
SERVER: Final = "hubbub"


class Record:
    """The log in the folder `data`, which no server uses."""

    def __init__(self, data: Path) -> None:
        self.findings: list[str] = []
        self.rooms: dict[str, list[Json]] = defaultdict(list)
        self.messages: dict[str, list[Json]] = defaultdict(list)
        """By their texts: there should be one of each."""
        with closing(sqlite3.connect(data / "hubbub.db")) as log:
            (sound,) = log.execute("PRAGMA integrity_check").fetchone()
            if sound != "ok":
                self.findings.append(f"SQLite finds its file damaged: {sound}")
            if holes := log.execute("SELECT * FROM holes").fetchall():
                self.findings.append(f"The log says that events are missing: {holes}")
            for room, first, last, body in log.execute(_SEGMENTS):
                self._take(room, first, last, json.loads(body))

    def _take(self, room: str, first: int, last: int, events: list[Json]) -> None:
        if [event["seq"] for event in events] != list(range(first, last + 1)):
            self.findings.append(f"The segment from {first} to {last} does not hold these seqs.")
        for event in events:
            before = self.rooms[room][-1]["seq"] if self.rooms[room] else 0
            if event["prev"] != before or event["seq"] <= before or event["room"] != room:
                self.findings.append(f"In {room}, this event does not follow {before}: {event}")
            self.rooms[room].append(event)
            if event["type"] == "message":
                self.messages[event["text"]].append(event)


def audit(data: Path, ledger: Ledger) -> None:
    """Note in the ledger whatever was promised and is not so; no server uses the folder."""
    record = Record(data)
    for finding in record.findings:
        ledger.find(finding)
    for check in (_said, _in_order, _heard):
        for finding in check(record, ledger):
            ledger.find(finding)
    for reading in ledger.readings:
        for finding in _seen(record, reading):
            ledger.find(finding)
    for said in ledger.said.values():
        for finding in _files(data, record, said):
            ledger.find(finding)


def _said(record: Record, ledger: Ledger) -> Iterator[str]:
    """Every acknowledged message is there once, and nothing is there that nobody said."""
    for said in ledger.said.values():
        found = [event["seq"] for event in record.messages.get(said.text, ())]
        what = f"'{said.text[:40]}'"
        if len(found) > 1:
            yield f"{what} is in the log more than once: {found}"
        if said.seq is not None and found[:1] != [said.seq]:
            yield f"{what} was acknowledged with the seq {said.seq}, and is in the log at {found}."
        if said.withdrawn and found:
            yield f"{what} was refused for good, and is in the log at {found}."
    for text in record.messages.keys() - ledger.said.keys():
        yield f"Nobody said '{text[:40]}', which is in the log."


def _in_order(record: Record, ledger: Ledger) -> Iterator[str]:
    """Each sender's messages are in the order in which they were said."""
    newest: dict[tuple[str, str], int] = {}
    for room, events in record.rooms.items():
        for event in events:
            if (said := ledger.said.get(event.get("text", ""))) is None:
                continue
            if (event["from"], room) != (said.sender, said.room):
                yield f"'{said.text[:40]}' is in {room}, by {event['from']}."
            if said.number <= newest.get((said.sender, room), 0):
                yield f"'{said.text[:40]}' comes after one that was said later."
            newest[said.sender, room] = said.number


def _heard(record: Record, ledger: Ledger) -> Iterator[str]:
    """Whatever a classic member heard is in the log, in the order in which it was heard."""
    for heard in ledger.heard:
        before = 0
        for name, text in heard:
            said = text.partition("\n")[0]  # below it are the addresses of files
            if name == SERVER or said not in ledger.said:
                continue
            found = record.messages.get(said, ())
            if not found:
                yield f"'{said[:40]}' was heard, and is not in the log."
            elif found[0]["seq"] <= before:
                yield f"'{said[:40]}' was heard after one that is later in the log."
            else:
                before = found[0]["seq"]


def _seen(record: Record, reading: Reading) -> Iterator[str]:
    """A reader saw the room from its beginning up to its cursor, once and in order."""
    logged = [event for event in record.rooms[reading.room] if event["seq"] <= reading.cursor]
    for seen, event in zip(reading.events, logged, strict=False):
        for part in COMPARED:
            if seen.get(part) != event.get(part):
                yield (
                    f"{reading.reader} saw another {part} of the seq {seen['seq']} than the log "
                    f"has at {event['seq']}: {seen.get(part)!r:.80}, not {event.get(part)!r:.80}"
                )
                return
    if len(reading.events) != len(logged):
        yield (
            f"{reading.reader} saw {len(reading.events)} events of {reading.room} up to the seq "
            f"{reading.cursor}, where the log has {len(logged)}."
        )


def _files(data: Path, record: Record, said: Said) -> Iterator[str]:
    """The files of a message that was acknowledged are those that were sent, and whole."""
    for event in record.messages.get(said.text, ()):
        told = [file["sha256"] for file in event.get("files", ())]
        if told != list(said.files):
            yield f"'{said.text[:40]}' has other files than were sent."
        for digest in told:
            place = data / "files" / "objects" / digest[:2] / digest
            if not place.is_file():
                yield f"A file of '{said.text[:40]}' is gone."
            elif hashlib.sha256(place.read_bytes()).hexdigest() != digest:
                yield f"A file of '{said.text[:40]}' is not what was sent."
