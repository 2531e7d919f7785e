"""The library calls rooms otherwise and deletes them, at the real server."""

import asyncio

import pytest

from hubbub.chat import events as e
from hubbub.client import Chat, connect
from hubbub.client.address import Address
from hubbub.client.connection import Connection
from hubbub.client.errors import Disconnected
from hubbub.testing import LocalServer

DEVICE = "k3vWQ0pTz1mUe8rYb5xJ7A"


async def next_of(chat: Chat, kind: type[e.Event]) -> e.Event:
    async for event in chat:
        if isinstance(event, kind):
            return event
    raise AssertionError("the chat ended")


def test_a_room_is_called_otherwise_and_deleted(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with (
            connect(hubbub_server.address, name="ann", device=DEVICE) as ann,
            connect(hubbub_server.address, name="bob") as bob,
        ):
            await ann.join("plans")
            await ann.say("at noon")
            await bob.join("plans")
            await ann.rules("plans", title="plans-2027")
            while bob.replicas["plans"].called != "plans-2027":
                await next_of(bob, e.RoomRules)  # some may be told before: who owns the room
            await bob.leave("plans")
            room = await bob.join("plans-2027")
            assert (room.room, room.title) == ("plans", "plans-2027")
            assert bob.replicas["plans"].called == "plans-2027"
            await bob.say("so late?", room="plans")
            await ann.delete_room("plans-2027")
            removed = await next_of(bob, e.Removed)
            assert isinstance(removed, e.Removed)
            assert removed.gone
            assert "plans" not in bob.replicas
            assert "plans" not in ann.replicas
            assert [one.room for one in await bob.rooms()] == ["lobby"]

    asyncio.run(asyncio.wait_for(scene(), 60))


async def unreachable(_address: Address) -> Connection:
    raise Disconnected("there is no way to the server")


def test_a_room_that_is_deleted_while_we_are_lost_is_forgotten(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with (
            connect(hubbub_server.address, name="ann", device=DEVICE) as ann,
            connect(hubbub_server.address, name="bob") as bob,
        ):
            await ann.join("plans")
            await ann.say("at noon", room="plans")
            await bob.join("plans")
            connection = bob._driver._connection
            assert connection is not None
            with monkeypatch.context() as lost:
                lost.setattr(Connection, "open", unreachable)
                connection.abort(returning=True)
                await ann.delete_room("plans")
            removed = await next_of(bob, e.Removed)
            assert isinstance(removed, e.Removed)
            assert removed.gone
            assert removed.reason == "'plans' was deleted, with all that was said there."
            assert "plans" not in bob.replicas
            assert [one.room for one in await bob.rooms()] == ["lobby"]

    asyncio.run(asyncio.wait_for(scene(), 60))
