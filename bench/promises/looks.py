"""How a room reads, whichever way one looks: whatever was acknowledged last must stand there."""

import asyncio
from collections.abc import Iterable
from typing import Final, NamedTuple

from bench.peers.server import PATIENCE_SECONDS
from bench.promises.ledger import Json, Look, Seen
from bench.promises.senders import REQUEST_SECONDS
from bench.promises.talking import Person, answer, join, next_event
from bench.promises.way import Way

PAGE_MESSAGES: Final = 200


def folded(events: Iterable[Json]) -> dict[int, Seen]:
    """Return how messages read after all that was logged of them."""
    seen: dict[int, Seen] = {}
    for event in events:
        if event["type"] == "message":
            seen[event["seq"]] = Seen(event["text"], event.get("deleted", False))
        elif (message := seen.get(event.get("target", 0))) is not None:
            _change(message, event)
    return seen


def _change(message: Seen, event: Json) -> None:
    match event["type"]:
        case "deleted":
            message.text, message.is_deleted = "", True
        case "edited" if event["text"] and not message.is_deleted:
            message.text = event["text"]
        case "reaction" if message.reactions is not None:
            given = {(event["emoji"], event["from"])}
            before = message.reactions
            message.reactions = before | given if event["on"] else before - given


def paged(messages: Iterable[Json]) -> dict[int, Seen]:
    """Return how messages read in pages, where all that happened to them is folded in."""
    return {
        one["seq"]: Seen(
            one["text"],
            one.get("deleted", False),
            {(emoji, name) for emoji, names in one.get("reactions", {}).items() for name in names},
            one.get("pinned", False),
        )
        for one in messages
    }


class End(NamedTuple):
    """Where a room ends: its newest event, and the newest message that stands."""

    event: int
    message: int


async def end(person: Person, room: str) -> End:
    """Return where a room ends; raises one of LOST."""
    async with person.enter() as line:
        last = (await join(line, room=room))["last"]
        page = await answer(line, type="history", room=room)
        if page["type"] != "page":
            raise ConnectionResetError(f"There are no pages now: {page}")
        standing = [one["seq"] for one in page["messages"] if not one.get("deleted")]
        return End(last, standing[-1] if standing else 0)


async def pages(person: Person, room: str) -> Look:
    """Look by `history`, backwards from the newest message; raises one of LOST."""
    found: list[Json] = []
    async with person.enter() as line:
        await join(line, room=room)
        place: Json = {}
        while True:
            about = {"room": room, "limit": PAGE_MESSAGES, **place}
            page = await answer(line, type="history", **about)
            if page["type"] != "page":
                raise ConnectionResetError(f"There are no pages now: {page}")
            found += page["messages"]
            if not page["more"]:
                return Look(f"{person.name}, who asks for pages,", room, paged(found))
            place = {"before": page["messages"][0]["seq"]}


async def backlog(person: Person, room: str) -> Look:
    """Look by `join` from the beginning; raises one of LOST."""
    events: list[Json] = []
    async with person.enter() as line:
        last = (await join(line, room=room, after=0))["last"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not events or events[-1]["seq"] < last:
                event = await next_event(line)
                if event.get("room") == room and "seq" in event and "prev" in event:
                    events.append(event)
    return Look(f"{person.name}, who joins from the beginning,", room, folded(events))


async def over_http(way: Way, room: str) -> Look:
    """Look by pages over HTTP, forwards; raises one of LOST."""
    found: list[Json] = []
    async with way.http(REQUEST_SECONDS) as http:
        while True:
            place = {"after": found[-1]["seq"] if found else 0, "limit": PAGE_MESSAGES}
            async with http.get(f"{way.url}/api/rooms/{room}/messages", params=place) as response:
                page = await response.json(content_type=None)
                if response.status != 200:
                    raise ConnectionResetError(f"There are no pages now: {page}")
            found += page["messages"]
            if not page["more"]:
                return Look("HTTP", room, paged(found))
