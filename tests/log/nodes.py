"""Nodes of a stream, and when they are alike."""

from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from nats.aio.client import Client

from hubbub.log.jetstream import JetStreamLog
from tests.log.drafts import all_of, until

ROOMS = ["lobby", "den", "attic"]


@asynccontextmanager
async def nodes(
    folder: Path, address: str | Sequence[str], stream: str, count: int = 2, replicas: int = 1
) -> AsyncIterator[list[JetStreamLog]]:
    """Run so many nodes of a stream, whose folders are in `folder`."""
    addresses = [address] if isinstance(address, str) else [*address]
    async with AsyncExitStack() as stack:
        running = []
        for number in range(count):
            place = folder / f"node{number}"
            log = await JetStreamLog.join(place, addresses, stream, replicas=replicas)
            stack.push_async_callback(log.close)
            running.append(log)
        yield running


async def stands(log: JetStreamLog) -> object:
    """Return all that a node has: events, facts and heads."""
    return (
        {room: await all_of(log, room) for room in ROOMS},
        await log.facts(),
        sorted(await log.heads(), key=lambda head: head.room),
    )


async def alike(logs: Sequence[JetStreamLog]) -> None:
    """Wait until all nodes have come to where the first is, and see that they are the same."""

    async def are_there() -> bool:
        ends = {log._position for log in logs}
        return len(ends) == 1

    await until(are_there)
    first = await stands(logs[0])
    for log in logs[1:]:
        assert await stands(log) == first
        assert len(log.damage) == 0


async def asked(address: str, subject: str, body: object) -> None:
    client = Client()
    await client.connect(address)
    answer = await client.request(f"$JS.API.{subject}", msgspec.json.encode(body), timeout=30)
    assert "error" not in msgspec.json.decode(answer.data), answer.data
    await client.close()


async def whole_stream(address: str, stream: str) -> bytes:
    """Return all that the servers give of a stream, one message after the other."""
    client = Client()
    await client.connect(address)
    came: list[bytes] = []
    number = 1
    while True:
        asking = {"seq": number, "next_by_subj": ">"}
        answer = await client.request(
            f"$JS.API.STREAM.MSG.GET.{stream}", msgspec.json.encode(asking), timeout=30
        )
        found = msgspec.json.decode(answer.data)
        if "message" not in found:
            await client.close()
            return b"\n".join(came)
        came.append(b64decode(found["message"].get("data", "")))
        number = found["message"]["seq"] + 1
