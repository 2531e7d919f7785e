"""What `hubbub admin` tells of a server that runs, and has it do."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hubbub.chat.events import Event, Rooms, Status
from hubbub.chat.listed import PersonHere, RelaySummary, SessionSummary
from hubbub.chat.times import Milliseconds
from hubbub.cli.output import show, show_lines
from hubbub.cli.times import minute, moment
from hubbub.cli.visiting import Visit, govern
from hubbub.client.power import PowerCommands
from hubbub.wire.codec import encode

UNITS: Final = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def status(visit: Visit, *, json: bool) -> None:
    """Say how the server does."""

    async def deed(power: PowerCommands) -> None:
        now = await power.status()
        show_lines([_json(now)] if json else _status(now))

    govern(visit, deed)


def _status(now: Status) -> Iterable[str]:
    yield f"{now.server}, up for {lasting(now.at - now.started)}"
    yield f"ready: {' '.join(now.complaints) or 'yes'}"
    if now.faults:
        failing = f"; these fail, and are tried again: {', '.join(now.failing)}"
        told = f"{now.faults} since the start, the journal has them"
        yield f"faults: {told}{failing if now.failing else ''}"
    if now.relay:
        yield from _relay(now.relay)
    if now.relay and now.relay.linked:
        yield f"connections: {now.relay.connections}"
        yield f"files: {size(now.file_bytes)}"
        if now.disk_free_bytes is not None:
            yield f"disk: {size(now.disk_free_bytes)} free"
        return
    for one in now.relays:
        yield (
            f"relay {one.address}: linked since {moment(one.since)}; connections: "
            f"{one.connections}; {_copy(one)}"
        )
    if now.node:
        yield f"node: {now.node}, {now.behind or 0} messages behind the stream"
        yield f"other nodes: {', '.join(now.nodes) or 'none is heard'}"
    those = " at all nodes; sessions here: {}" if now.node else ", over {} sessions"
    yield (
        f"people: {now.people}{those.format(now.sessions)}; "
        f"connections that converse: {now.connections}"
    )
    yield f"rooms: {now.rooms}"
    damaged = f"; damaged places: {now.damaged}" if now.damaged else ""
    wal = f", {size(now.wal_bytes)} of it in hubbub.db-wal"
    yield f"log: {size(now.log_bytes)}{wal}, newest event {now.last}{damaged}"
    yield f"files: {size(now.file_bytes)}"
    if now.disk_free_bytes is not None:
        left = now.log_free_bytes
        room = "" if left is None else f", {size(max(0, left))} until posting stops"
        yield f"disk: {size(now.disk_free_bytes)} free{room}"
    yield f"backup: {moment(now.backup) if now.backup else 'none since the start'}"
    yield f"door: {'locked' if now.locked else 'open'}"


def _relay(one: RelaySummary) -> Iterable[str]:
    how = "linked to it" if one.linked else "alone"
    yield f"relay of {one.of}, {how} since {moment(one.since)}"
    yield _copy(one)


def _copy(one: RelaySummary) -> str:
    lacks = "" if one.behind is None else f", {size(one.behind)} behind"
    if one.linked and one.behind is None:
        lacks = ", and it is not known how far behind"
    stuck = f". {one.complaint}" if one.complaint else ""
    return f"copy of the log: up to event {one.last}{lacks}{stuck}"


def people(visit: Visit, *, json: bool) -> None:
    """List who is here."""

    async def deed(power: PowerCommands) -> None:
        found = await power.people()
        if json:
            show(_json(found))
            return
        show_lines(map(_person, found.people))
        if found.more:
            show("… and others; the list has an end.")

    govern(visit, deed)


def _person(one: PersonHere) -> str:
    is_a = one.role or one.kind
    away = ", away" if one.away else ""
    return f"{one.name}: {is_a}{away}; sessions: {one.sessions}, rooms: {one.rooms}"


def sessions(visit: Visit, name: str | None, *, json: bool) -> None:
    """List who is connected, from where, and how far behind."""

    async def deed(power: PowerCommands) -> None:
        found = await power.sessions(name)
        if json:
            show(_json(found))
            return
        show_lines(map(_session, found.sessions))
        if found.more:
            show("… and older ones; these are the newest.")

    govern(visit, deed)


def _session(one: SessionSummary) -> str:
    who = one.name or "(no name yet)"
    label = f" on {one.label}" if one.label else ""
    behind = f", behind in {one.lagging} by up to {one.behind} events" if one.lagging else ""
    unsent = f", has yet to take {size(one.unsent)}" if one.unsent else ""
    return (
        f"{one.id}  {who} from {one.address} by {one.by or 'nothing yet'}{label} since "
        f"{minute(one.since)}, said something {minute(one.heard)}; rooms: {one.rooms}"
        f"{behind}{unsent}"
    )


def rooms(visit: Visit, *, json: bool) -> None:
    """List the rooms that everybody may find."""

    async def deed(power: PowerCommands) -> None:
        found = await power.rooms()
        if json:
            show(_json(Rooms(rooms=found)))
            return
        for one in found:
            title = f" ({one.title})" if one.title else ""
            show(f"{one.room}{title}: {one.members} here, newest event {one.last}")

    govern(visit, deed)


def reload(visit: Visit) -> None:
    """Have the server read its configuration again."""

    async def deed(power: PowerCommands) -> None:
        done = await power.reload()
        if not (done.applied or done.restart):
            show("Nothing in the configuration has changed.")
        if done.applied:
            show(f"These hold from now on: {', '.join(done.applied)}.")
        if done.restart:
            show(f"Start the server again for these: {', '.join(done.restart)}.")

    govern(visit, deed)


def backup(visit: Visit, place: Path | None) -> None:
    """Have the server copy its folder; end with 1 if the copy is not whole."""

    where = None if place is None else str(place.absolute())

    async def deed(power: PowerCommands) -> None:
        done = await power.backup(where)
        show_lines(done.lines)
        if not done.whole:
            raise SystemExit(1)

    govern(visit, deed)


def _json(event: Event) -> str:
    return encode(event).decode()


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, large in UNITS:
        if count >= large:
            return f"{count / large:.1f} {unit}"
    return f"{count} B"


def lasting(milliseconds: Milliseconds) -> str:
    """Return how long something has lasted, as people say it."""
    minutes = milliseconds // 60_000
    for word, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        if count := minutes // length:
            return f"{count} {word}{'s'[: count != 1]}"
    return "less than a minute"
