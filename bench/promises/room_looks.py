"""What holds in a room, whichever way one looks: what was decided last must stand there."""

import asyncio

from bench.peers.server import PATIENCE_SECONDS
from bench.promises import looks
from bench.promises.irc import enter
from bench.promises.ledger import Json
from bench.promises.senders import REQUEST_SECONDS
from bench.promises.standing import DEFAULTS, RoomLook
from bench.promises.talking import Line, Person, answer, join
from bench.promises.way import Way


async def by_events(person: Person, room: str, *, is_owner: bool = False) -> RoomLook:
    """Look by the commands of the protocol, for bans as well; raises one of LOST."""
    banned = None
    async with person.enter() as line:
        entered = await join(line, room=room)
        shown = await _told(line, type="rules", room=room)
        pinned = await _told(line, type="pins", room=room)
        if is_owner:
            bans = await _told(line, type="bans", room=room)
            for_good = [one["whom"] for one in bans["bans"] if "until" not in one]  # no kicks
            banned = {whom.partition("!")[0] for whom in for_good}
    rules = {name: shown.get(name, value) for name, value in DEFAULTS.items()}
    rules["title"] = entered.get("title", "")
    pins = {one["seq"] for one in pinned["messages"]}
    by = f"{person.name}, who is there,"
    return RoomLook(by, room, entered["topic"], pins, rules, banned)


async def _told(line: Line, **fields: object) -> Json:
    told = await answer(line, **fields)
    if told["type"] == "error":
        raise ConnectionResetError(f"That cannot be told now: {told}")
    return told


async def over_http(way: Way, room: str) -> RoomLook:
    """Look at the list of rooms and the pages over HTTP; raises one of LOST."""
    async with way.http(REQUEST_SECONDS) as http, http.get(f"{way.url}/api/rooms") as response:
        listed = await response.json(content_type=None)
    found = [one for one in listed.get("rooms", ()) if one["room"] == room]
    if not found:
        raise ConnectionResetError(f"There is no {room} now: {listed}")
    shown = (await looks.over_http(way, room)).messages
    pins = {seq for seq, seen in shown.items() if seen.is_pinned}
    return RoomLook("HTTP", room, found[0]["topic"], pins, {"title": found[0].get("title", "")})


async def over_irc(way: Way, room: str) -> RoomLook:
    """Look over IRC; raises one of LOST."""
    async with enter(way, "irc-looks", room) as client:
        await client.say(f"TOPIC #{room}", f"MODE #{room}", "PING :all")
        topic, modes = "", ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (line := await client.line()).command != "PONG":
                if line.command == "332":
                    topic = line.params[2]
                elif line.command == "324":
                    modes = line.params[2]
    rules: Json = {"read_only": "m" in modes}
    if "t" not in modes:  # which of several roles sets the topic, IRC cannot say
        rules["topic_by"] = "passing"
    return RoomLook("IRC", room, topic, rules=rules)
