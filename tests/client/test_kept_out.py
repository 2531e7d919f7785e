"""Somebody who is kept out reads why, wherever it happens, at a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Chat, connect
from hubbub.testing import LocalServer

from .servers import play

HOST, EVE = "h" * 24, "e" * 24
WHY = "You are banned from"


@asynccontextmanager
async def hosting(server: LocalServer) -> AsyncIterator[Chat]:
    """Enter as the first from the server's machine, who runs it, with eve known there."""
    async with connect(server.address, name="host", device=HOST) as host:
        async with connect(server.address, name="eve", device=EVE):
            pass
        yield host


def test_who_is_banned_from_the_chatroom_reads_why_when_coming_back(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        async with hosting(hubbub_server) as host:
            await host.ban("eve", reason="spam")
            with pytest.raises(Refused, match=f"{WHY} the chatroom for good by host") as refusal:
                async with connect(hubbub_server.address, name="eve", device=EVE):
                    pass
            assert refusal.value.code == "banned"

    play(scene)


def test_who_is_banned_from_a_room_reads_why_when_it_is_the_first(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        async with hosting(hubbub_server) as host:
            await host.ban("eve", "lobby", reason="spam")
            with pytest.raises(Refused, match=f"{WHY} 'lobby' for good by host") as refusal:
                async with connect(hubbub_server.address, name="eve", device=EVE):
                    pass
            assert refusal.value.code == "banned"

    play(scene)


def test_who_is_banned_from_a_room_reads_why_when_it_is_another(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        async with hosting(hubbub_server) as host:
            await host.join("tea")
            await host.say("tea is ready", room="tea")
            await host.ban("eve", "tea", reason="spam")
            async with connect(hubbub_server.address, name="eve", device=EVE) as eve:
                with pytest.raises(Refused, match=f"{WHY} 'tea' for good by host"):
                    await eve.join("tea")

    play(scene)


def test_who_is_banned_from_a_room_while_there_reads_why(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with (
            hosting(hubbub_server) as host,
            connect(hubbub_server.address, name="eve", device=EVE) as eve,
            asyncio.timeout(20),
        ):
            await host.ban("eve", "lobby")
            async for event in eve:
                if isinstance(event, e.Removed):
                    assert event.reason.startswith(f"{WHY} 'lobby'")
                    break

    play(scene)
