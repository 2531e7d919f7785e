"""Compares what everybody was told with what is on the disk.

It reads the files themselves, without a line of hubbub's code: SQLite's tables, the JSON in them,
and the bytes of files.
"""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.promises.ledger import HUSH, Json, Ledger, Look, Reading, Said
from bench.promises.looks import folded

_SEGMENTS: Final = """
SELECT name, segments.first, last, body FROM segments JOIN rooms ON rooms.id = room_id ORDER BY last
"""
COMPARED: Final = (
    *("type", "room", "seq", "prev", "from", "at", "text", "nonce", "files"),
    *("target", "emoji", "on"),
)
SERVER: Final = "hubbub"
OF_THE_SERVER: Final = "$"
"""Begins the names of rooms in which the server speaks: it notes there what has power."""


class Record:
    """The log in the folder `data`, which no server uses."""

    def __init__(self, data: Path) -> None:
        self.findings: list[str] = []
        self.rooms: dict[str, list[Json]] = defaultdict(list)
        self.messages: dict[str, list[Json]] = defaultdict(list)
        """By their nonces, or else their texts: there should be one of each."""
        self.deleted: set[int] = set()
        """The messages that were taken back."""
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
                self.messages[event["nonce"] if "nonce" in event else event["text"]].append(event)
            elif event["type"] == "deleted":
                self.deleted.add(event["target"])

    def of(self, said: Said) -> list[Json]:
        """Return the messages that are this one: it should be one, or none."""
        return [*self.messages.get(said.nonce, ()), *self.messages.get(said.text, ())]


def audit(data: Path, ledger: Ledger, *others: Path) -> None:
    """Note in the ledger whatever was promised and is not so; no server uses the folder.

    Files may be in the folders of `others` instead.
    """
    record = Record(data)
    for finding in record.findings:
        ledger.find(finding)
    for check in (_said, _in_order, _heard):
        for finding in check(record, ledger):
            ledger.find(finding)
    for reading in ledger.readings:
        for finding in _seen(record, reading, ledger):
            ledger.find(finding)
    looks = [Look("SQLite", room, folded(events)) for room, events in record.rooms.items()]
    for one in (*looks, *ledger.looks):
        for finding in _reads(one, ledger):
            ledger.find(finding)
    for said in ledger.said.values():
        for finding in _files((data, *others), record, said):
            ledger.find(finding)


def _said(record: Record, ledger: Ledger) -> Iterator[str]:
    """Every acknowledged message is there once, and none that was refused."""
    for said in ledger.said.values():
        found = [event["seq"] for event in record.of(said)]
        what = f"'{said.text[:40]}'"
        if len(found) > 1:
            yield f"{what} is in the log more than once: {found}"
        if said.is_gone and found:
            yield f"{what} is in the log at {found}, though its room {said.room} was deleted."
        if not said.is_gone and said.seq is not None and found[:1] != [said.seq]:
            yield f"{what} was acknowledged with the seq {said.seq}, and is in the log at {found}."
        if said.withdrawn and found and not ledger.may_come_late:
            yield f"{what} was refused, and is in the log at {found}."


def _in_order(record: Record, ledger: Ledger) -> Iterator[str]:
    """Nothing is there that nobody said, and each sender's messages are in their order."""
    newest: dict[tuple[str, str], int] = {}
    for room, events in record.rooms.items():
        for event in events:
            if event["type"] != "message" or room.startswith(OF_THE_SERVER):
                continue
            if (said := ledger.meant(event)) is None:
                yield f"Nobody said this, which is in {room}: {event}"
                continue
            if event["from"] not in said.names or room != said.room:
                yield f"'{said.text[:40]}' is in {room}, by {event['from']}, not {said.names}."
            if said.withdrawn:
                continue
            if said.number <= newest.get((said.sender, room), 0):
                yield f"'{said.text[:40]}' comes after one that was said later."
            newest[said.sender, room] = said.number


def _heard(record: Record, ledger: Ledger) -> Iterator[str]:
    """Whatever a classic member heard is in the log, in the order in which it was heard."""
    for heard in ledger.heard:
        before = 0
        for name, text in heard:
            if HUSH in text:
                yield f"Classic members heard '{text[:40]}', which was said in private."
            said = text.partition("\n")[0]  # below it are the addresses of files
            if name == SERVER or said not in ledger.said:
                continue
            found = record.of(ledger.said[said])
            if ledger.said[said].is_gone:
                continue
            if not found:
                yield f"'{said[:40]}' was heard, and is not in the log."
            elif found[0]["seq"] <= before:
                yield f"'{said[:40]}' was heard after one that is later in the log."
            else:
                before = found[0]["seq"]


def _seen(record: Record, reading: Reading, ledger: Ledger) -> Iterator[str]:
    """A reader saw the room from its beginning up to its cursor, once and in order."""
    logged = [event for event in record.rooms[reading.room] if event["seq"] <= reading.cursor]
    if reading.messages_only:
        gone = record.deleted - {event["seq"] for event in reading.events}
        logged = [one for one in logged if one["type"] == "message" and one["seq"] not in gone]
    for seen, event in zip(reading.events, logged, strict=False):
        for part in _different(ledger, seen, event):
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
    elif not reading.messages_only:
        look = Look(f"{reading.reader}, who was there,", reading.room, folded(reading.events))
        yield from _reads(look, ledger, upto=reading.cursor)


def _different(ledger: Ledger, seen: Json, logged: Json) -> Iterator[str]:
    """Yield the parts of an event that a reader saw otherwise than they are, or were once."""
    message: int = logged["target"] if "target" in logged else logged["seq"]
    for part in COMPARED:
        if part == "text" and part in logged:
            changed = ledger.texts_of(message)
            texts = ["", *changed] if changed else [logged[part]]
            same = any(_is_same(seen, one) for one in texts)
        else:
            same = seen.get(part) == logged.get(part) or (part not in seen and "is_cut" in seen)
        if not same:
            yield part


def _is_same(seen: Json, text: str) -> bool:
    if "is_cut" in seen:
        return text.startswith(seen["text"])
    return bool(seen.get("text") == text)


def _reads(look: Look, ledger: Ledger, upto: int | None = None) -> Iterator[str]:
    """Every message reads as it was acknowledged last."""
    for said in ledger.said.values():
        if said.room != look.room or said.seq is None or said.unanswered or said.is_gone:
            continue
        if said.seq <= look.begins or (upto is not None and said.seq > upto):
            continue
        seen = look.messages.get(said.seq)
        what = f"'{said.text[:40]}'"
        if seen is None:
            if not (look.is_cut and said.is_deleted):
                yield f"{look.by} does not see {what}, which is at {said.seq} in {look.room}."
        elif seen.is_deleted != said.is_deleted and not look.is_cut:
            yield f"{look.by} sees {what} {'' if seen.is_deleted else 'not '}deleted."
        elif seen.text != said.now and not (look.is_cut and said.now.startswith(seen.text)):
            yield f"{look.by} reads {what} as '{seen.text[:60]}', not '{said.now[:60]}'."
        elif not said.is_deleted and seen.reactions not in (None, said.reactions):
            yield f"{look.by} sees {seen.reactions} at {what}, not {said.reactions}."


def _files(folders: Sequence[Path], record: Record, said: Said) -> Iterator[str]:
    """The files of a message that was acknowledged are those that were sent, and whole."""
    for event in record.of(said):
        told = [file["sha256"] for file in event.get("files", ())]
        if told != list(said.files):
            yield f"'{said.text[:40]}' has other files than were sent."
        for digest in told:
            places = [folder / "files" / "objects" / digest[:2] / digest for folder in folders]
            kept = [place.read_bytes() for place in places if place.is_file()]
            if not kept:
                yield f"A file of '{said.text[:40]}' is gone."
            elif any(hashlib.sha256(one).hexdigest() != digest for one in kept):
                yield f"A file of '{said.text[:40]}' is not what was sent."
