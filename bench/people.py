"""hubbub alone: what it costs that many people are known. Each run makes them, starts, and asks."""

import asyncio
import secrets
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.log import Asker
from bench.peers.peer import Peer
from bench.peers.server import PATIENCE_SECONDS, Failed, Server
from bench.ports import free_port
from hubbub.chat.events import Entry, Fact, Message
from hubbub.chat.people import NAME, PERSON, READ, Device, Held, Profile, hash_of, new_id
from hubbub.chat.queries import SearchQuery
from hubbub.log.sqlite import SqliteLog

COUNTS = {"known-2": (2, 10_000), "known-100000": (100_000, 10_000)}
"""How many people are known, and how many rooms there are, for each row of the table."""

BATCH_PEOPLE = 1_000
ASKED = 50
"""How often two people come: a new one, and one who comes back and asks for something."""

AT = 1_795_586_505_796

COLUMNS = (
    "start_ms",
    "start_cpu_ms",
    "enter_ms",
    "become_guest_ms",
    "come_back_ms",
    "join_ms",
    "rooms_ms",
    "coming_cpu_ms",
    "mb",
)
COMPARED = COLUMNS[:-1]


def run(peer: Peer, people: int, rooms: int) -> dict[str, float]:
    """Start on a log in which so many people are known, and return what coming in costs."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        folder = Path(name)
        asyncio.run(fill(folder / "log", people, rooms))
        port = free_port()
        with Server(peer.command(folder, port), port, folder) as server:
            start_cpu_seconds = server.cpu_seconds()
            at_start = {
                "start_ms": server.start_seconds * 1e3,
                "start_cpu_ms": start_cpu_seconds * 1e3,
                "mb": server.resident_bytes() / 1e6,
            }
            waits = coming(port, people)
            cpu_seconds = (server.cpu_seconds() - start_cpu_seconds) / ASKED
            return {**at_start, **waits, "coming_cpu_ms": cpu_seconds * 1e3}


def device_of(number: int) -> str:
    """Return the secret of a person's device."""
    return f"the-device-of-{number}".ljust(22, "-")


def named(number: int) -> str:
    """Return a person's name."""
    return f"guest {number}"


def facts_of(number: int) -> list[Entry]:
    """Return what the log has of a guest: who they are, their name, and a read marker."""
    device, name = device_of(number), named(number)
    id_ = new_id(device)
    known_by = Device(new_id(f"device {device}"), hash_of(device), AT, "Firefox on Linux")
    profile = Profile(name, "guest", since=AT, seen=AT, devices=(known_by,))
    values = {PERSON + id_: profile, NAME + name: Held(id_), f"{READ}{id_}/lobby": 1}
    return [
        Fact(seq=0, prev=0, sender=id_, at=AT, key=key, value=msgspec.Raw(_encode(value)))
        for key, value in values.items()
    ]


_encode = msgspec.json.Encoder().encode


async def fill(folder: Path, people: int, rooms: int) -> None:
    """Make a log in which so many guests are known, and something was said in so many rooms."""
    log = await SqliteLog.open(folder, durability="process")
    names = ["lobby", *(f"room-{number}" for number in range(1, rooms))]
    await log.append(
        [Message(room=room, seq=0, prev=0, sender="x", at=AT, text="hello") for room in names]
    )
    for first in range(0, people, BATCH_PEOPLE):
        numbers = range(first, min(people, first + BATCH_PEOPLE))
        await log.append([fact for number in numbers for fact in facts_of(number)])
    newest = SearchQuery(words="hello", room=names[-1])
    async with asyncio.timeout(PATIENCE_SECONDS):  # or the server would catch up meanwhile
        while not (await log.search(newest, 1)).messages:  # noqa: ASYNC110 (it signals nothing)
            await asyncio.sleep(0.01)
    await log.close()


def coming(port: int, people: int) -> dict[str, float]:
    """Return how long people wait who come in, one after the other: the medians."""
    enter, become, come_back, join, rooms = [], [], [], [], []
    for number in range(ASKED):
        started = time.perf_counter()
        with Asker(port, f"new {number}") as asker:
            enter.append(time.perf_counter() - started)
            become.append(_seconds(asker, type="identify", device=secrets.token_urlsafe(16)))
        with Asker(port, f"back {number}") as asker:
            who = number % people
            come_back.append(_seconds(asker, type="identify", device=device_of(who)))
            if (name := asker.ask(type="identify", device=device_of(who))["name"]) != named(who):
                raise Failed(f"hubbub takes {named(who)} for {name}.")
            join.append(_seconds(asker, type="join", room="lobby"))
            rooms.append(_seconds(asker, type="rooms"))
    medians = {
        "enter_ms": enter,
        "become_guest_ms": become,
        "come_back_ms": come_back,
        "join_ms": join,
        "rooms_ms": rooms,
    }
    return {name: statistics.median(seconds) * 1e3 for name, seconds in medians.items()}


def _seconds(asker: Asker, **fields: object) -> float:
    started = time.perf_counter()
    asker.ask(**fields)
    return time.perf_counter() - started
