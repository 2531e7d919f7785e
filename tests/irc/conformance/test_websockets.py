"""IRC inside WebSockets (ircv3.net/specs/extensions/websocket)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.irc.irc_client import IrcClient

if TYPE_CHECKING:
    from hubbub.testing import LocalServer

TEXT, BINARY = "text.ircv3.net", "binary.ircv3.net"


async def until(socket: aiohttp.ClientWebSocketResponse, word: str) -> str:
    """Return the first line with a word, each in a message of its own."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive()
            is_binary = socket.protocol == BINARY
            kind = aiohttp.WSMsgType.BINARY if is_binary else aiohttp.WSMsgType.TEXT
            assert message.type is kind, message
            line = str(message.data.decode() if is_binary else message.data)
            assert "\n" not in line
            assert "\r" not in line
            if word in line.split(" "):
                return line


async def say(socket: aiohttp.ClientWebSocketResponse, *lines: str) -> None:
    for line in lines:
        if socket.protocol == BINARY:
            await socket.send_bytes(line.encode())
        else:
            await socket.send_str(line)


async def talk(server: LocalServer, offered: list[str]) -> str | None:
    """Talk with somebody outside; return in which way the lines were packed."""
    other = IrcClient.named(server.address, "nonweb", rooms="#x")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://{server.address}/irc", protocols=offered) as socket,
    ):
        await say(socket, "NICK web", "USER u s e r")
        await until(socket, "376")
        await say(socket, "JOIN #x", "PRIVMSG nonweb :hello", "PRIVMSG #x :hällo")
        assert other.said("PRIVMSG").params == ("nonweb", "hello")
        assert other.said("PRIVMSG").params == ("#x", "hällo")
        other.ask("PRIVMSG web :hi", "PRIVMSG #x :all")
        assert (await until(socket, "PRIVMSG")).endswith("PRIVMSG web :hi")
        assert (await until(socket, "PRIVMSG")).endswith("PRIVMSG #x :all")
        await socket.send_bytes(b"PRIVMSG nonweb :caf\xe9")
        assert "INVALID_UTF8" in await until(socket, "FAIL")
        await say(socket, f"PRIVMSG nonweb :{'x' * 600}")
        await until(socket, "417")
        await say(socket, "QUIT")
        await until(socket, "ERROR")
        return socket.protocol


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [
        ([BINARY], BINARY),
        ([TEXT], TEXT),
        ([BINARY, TEXT], BINARY),
        ([TEXT, BINARY], TEXT),
        (["other", TEXT], TEXT),
        ([], None),
    ],
)
def test_each_message_is_a_line_packed_as_the_client_likes_best(
    server: LocalServer, offered: list[str], agreed: str | None
) -> None:
    """text.ircv3.net: WebSocket text messages, UTF-8 … binary.ircv3.net: binary messages … Each
    message MUST contain a single IRC line"""
    assert asyncio.run(talk(server, offered)) == agreed


def test_pages_of_other_sites_may_not_speak(server: LocalServer) -> None:
    async def attempt() -> int:
        async with aiohttp.ClientSession() as session:
            try:
                await session.ws_connect(
                    f"http://{server.address}/irc", headers={"Origin": "https://evil.example"}
                )
            except aiohttp.WSServerHandshakeError as error:
                return error.status
        return 0

    assert asyncio.run(attempt()) == 403


def test_whoever_wants_no_websocket_gets_the_page_of_the_room(server: LocalServer) -> None:
    async def fetch() -> str:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://{server.address}/irc") as answer,
        ):
            return answer.content_type

    assert asyncio.run(fetch()) == "text/html"
