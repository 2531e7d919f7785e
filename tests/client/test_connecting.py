"""Connecting where nobody is yet, and what becomes of what is said before, or is given up."""

import asyncio
import math
from contextlib import closing
from typing import Any

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import Backoff, Offline, connect, session
from hubbub.client.connection import Connection
from hubbub.wire.frames import encode_event_frame, encode_frame
from tests.losing import dead_address

from .chats import let_in, next_of, open_chat
from .servers import message, play, scripted


def test_nobody_there_is_said_with_the_address_and_a_remedy() -> None:
    async def scene() -> None:
        address = dead_address()
        with pytest.raises(Unreachable, match=f"{address}: connection refused.*hubbub serve"):
            await connect(address, name="ann").__aenter__()

    play(scene)


def test_a_client_that_is_closed_in_the_moment_in_which_it_is_connected_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene() -> None:
        made, goes_on, opened = asyncio.Event(), asyncio.Event(), Connection.open

        async def late(*args: Any) -> Connection:
            connection = await opened(*args)
            made.set()
            await goes_on.wait()
            return connection

        monkeypatch.setattr(Connection, "open", late)
        async with scripted() as script, connect(script.address, name="ann", patient=True):
            await made.wait()
            goes_on.set()

    play(scene)


def test_a_patient_client_keeps_trying_and_says_later_what_it_was_given() -> None:
    async def scene() -> None:
        address = dead_address()
        backoff = Backoff(0, 0)
        async with connect(address, name="ann", reconnect=backoff, patient=True) as chat:
            saying = asyncio.create_task(chat.say("hi"))
            assert await next_of(chat, Offline) == Offline("connection refused", 0)
            heard: asyncio.Queue[bytes] = asyncio.Queue()

            async def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                with closing(writer):
                    await reader.readexactly(len(encode_event_frame(b"ann")))
                    writer.write(encode_frame(b"bob") + encode_frame(b"hi"))  # a tutorial server
                    heard.put_nowait(await reader.readexactly(len(encode_frame(b"hi"))))

            host, _, port = address.rpartition(":")
            async with await asyncio.start_server(arrived, host, int(port)):
                await saying
                assert await heard.get() == encode_frame(b"hi")

    play(scene)


def test_what_is_said_before_it_begins_to_connect_is_said_then() -> None:
    async def scene() -> None:
        async with scripted() as script:
            chat = open_chat(script)
            saying = asyncio.create_task(chat.say("early"))
            letting_in = asyncio.create_task(let_in(script))
            await asyncio.sleep(0)
            async with chat:
                peer = await letting_in
                say = await peer.hear(c.Say)
                peer.tell(e.Ok(ref=say.ref or "", seq=1))
                assert await saying == 1

    play(scene)


def test_giving_up_fails_what_waits() -> None:
    async def scene() -> None:
        backoff = Backoff(0.001, give_up_seconds=0.001)
        async with connect(dead_address(), name="ann", reconnect=backoff, patient=True) as chat:
            with pytest.raises(Unreachable, match="is lost: connection refused"):
                await chat.say("hi")

    play(scene)


class Fault:
    """Has a method of sessions fail so often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, when: str, times: float) -> None:
        really = getattr(session.Session, when)
        self.left = times

        def faulty(*args: Any) -> Any:
            if self.left > 0:
                self.left -= 1
                raise ZeroDivisionError
            return really(*args)

        monkeypatch.setattr(session.Session, when, faulty)


@pytest.mark.parametrize("when", ["receive", "tick"])
def test_after_a_fault_of_ours_another_connection_goes_on_and_the_user_is_told(
    when: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                Fault(monkeypatch, when, 1)
                peer.tell(message(1))
                chat._driver._due.set()
                assert "this program has a fault" in (await next_of(chat, Offline)).reason
                peer = await script.peer()
                await peer.let_in(resumed="secret")
                peer.tell(message(1))
                assert (await next_of(chat, e.Message)).seq == 1

    play(scene)
    assert [one.getMessage() for one in caplog.records] == ["a connection is given up"]


@pytest.mark.parametrize("when", ["receive", "tick"])
def test_a_fault_of_ours_that_comes_again_ends_the_chat_and_is_raised(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever because of it."""

    async def scene() -> None:
        async with scripted() as script:

            async def greet() -> None:
                await (await script.peer()).welcome()

            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                Fault(monkeypatch, when, math.inf)
                peer.tell(message(1))
                chat._driver._due.set()
                greeting = asyncio.create_task(greet())
                with pytest.raises(Unreachable):
                    await next_of(chat, e.Bye)
                greeting.cancel()

    with pytest.raises(ZeroDivisionError):
        play(scene)


def test_a_name_must_be_visible() -> None:
    with pytest.raises(Refused):
        connect(name=" \x1b")
