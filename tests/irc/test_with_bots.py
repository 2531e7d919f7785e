"""Libraries for bots, as their users write them: nothing in them knows of hubbub."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import irc.client
from ircrobots.bot import Bot
from ircrobots.params import ConnectionParams, SASLUserPass
from ircrobots.server import Server

from tests.irc.conformance.members import PASSWORD, member, register
from tests.server.event_peer import EventPeer

if TYPE_CHECKING:
    from irc.client import Event, ServerConnection
    from irctokens.line import Line

    from hubbub.testing import LocalServer

PATIENCE_SECONDS = 20.0


class Greeter(irc.client.SimpleIRCClient):  # type: ignore[misc]
    """Greets those who come, and answers what is said to it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, str]] = []
        self.is_in = False

    def on_welcome(self, connection: ServerConnection, _event: Event) -> None:
        connection.join("#lobby")

    def on_join(self, connection: ServerConnection, event: Event) -> None:
        self.is_in = True
        connection.privmsg(event.target, f"welcome, {event.source.nick}")

    def on_pubmsg(self, _connection: ServerConnection, event: Event) -> None:
        self.heard.append((event.source.nick, event.target, event.arguments[0]))

    def on_privmsg(self, connection: ServerConnection, event: Event) -> None:
        connection.privmsg(event.source.nick, f"you said: {event.arguments[0]}")

    def until_in(self) -> None:
        """Wait until what is said is heard as it is said: what came before has times in it."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while not self.is_in:
            assert time.monotonic() < ends, "the bot is not let in"
            self.reactor.process_once(0.1)

    def until(self, text: str) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while text not in [said for _, _, said in self.heard]:
            assert time.monotonic() < ends, f"no {text!r}, but {self.heard}"
            self.reactor.process_once(0.1)


def test_a_bot_of_the_library_irc_talks_with_the_page(hubbub_server: LocalServer) -> None:
    bot = Greeter()
    bot.connect(hubbub_server.host, hubbub_server.port, "greeter")
    bot.until_in()
    with EventPeer(hubbub_server, "page") as page:
        page.tell(type="say", room="lobby", text="hello, bot")
        bot.until("hello, bot")
        assert ("page", "#lobby", "hello, bot") in bot.heard
        texts = {page.next("message", **{"from": "greeter"})["text"]}
        assert texts <= {"welcome, greeter", "welcome, page"}
        room = page.ask(type="direct", name="greeter")["room"]
        page.tell(type="say", room=room, text="psst")
        page.tell(type="say", room="lobby", text="and on")
        bot.until("and on")
        assert page.next("message", room=room, **{"from": "greeter"})["text"] == "you said: psst"
    bot.connection.disconnect()


class Echoing(Server):
    """Says again what is said to the room, until it is told to stop."""

    async def line_read(self, line: Line) -> None:
        if line.command == "001":
            await self.send_raw("JOIN #lobby")
        elif line.command == "PRIVMSG" and line.hostmask.nickname != self.nickname:
            await self.send_raw(f"PRIVMSG {line.params[0]} :again: {line.params[1]}")


class Echo(Bot):
    """A bot of one server."""

    def create_server(self, name: str) -> Echoing:
        return Echoing(self, name)


async def echo(server: LocalServer, done: asyncio.Event) -> str:
    """Run a bot that logs in, until `done`; return as whom it was logged in."""
    bot = Echo()  # type: ignore[no-untyped-call]
    params = ConnectionParams("echo", server.host, server.port, tls=None)
    params.sasl = SASLUserPass("echo", PASSWORD)
    connected = await bot.add_server("hub", params)
    running = asyncio.create_task(bot.run())  # type: ignore[no-untyped-call]
    await asyncio.wait_for(done.wait(), PATIENCE_SECONDS)
    await connected.disconnect()  # type: ignore[no-untyped-call]
    running.cancel()
    return str(connected.account)


def test_a_bot_of_the_library_ircrobots_logs_in(hubbub_server: LocalServer) -> None:
    register(hubbub_server, "echo")
    member(hubbub_server, "echo").close()  # from then on, its password can be proven, too

    async def talk() -> str:
        done = asyncio.Event()
        running = asyncio.create_task(echo(hubbub_server, done))
        await asyncio.to_thread(hear_again)
        done.set()
        return await running

    def hear_again() -> None:
        with EventPeer(hubbub_server, "page") as page:
            ends = time.monotonic() + PATIENCE_SECONDS
            while "echo" not in str(page.ask(type="members", room="lobby")):
                assert time.monotonic() < ends, "the bot does not come"
            page.tell(type="say", room="lobby", text="hello")
            assert page.next("message", **{"from": "echo"})["text"] == "again: hello"

    assert asyncio.run(talk()) == "echo"
