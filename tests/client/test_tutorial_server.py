"""The client at a tutorial's server, which relays messages and knows nothing else."""

import asyncio

import pytest

from hubbub.chat.errors import Refused
from hubbub.client import ClassicMessage, Offline, Online, connect, recognition
from hubbub.wire.frames import encode_event_frame, encode_frame

from .chats import next_of, open_chat, say_and_ack
from .servers import Peer, play, scripted, tutorial


def test_a_tutorial_server_relays_between_hubbub_clients() -> None:
    async def scene() -> None:
        async with (
            tutorial() as relay,
            connect(relay.address, name="ann") as ann,
            connect(relay.address, name="bob") as bob,
        ):
            assert ann.is_classic
            assert await next_of(bob, Online) == Online(False, relay.address)
            assert await ann.say("two\nlines") is None
            assert await next_of(bob, ClassicMessage) == ClassicMessage("ann", "two\nlines")
            await bob.say("a \ud800 surrogate")
            assert await next_of(ann, ClassicMessage) == ClassicMessage("bob", "a ? surrogate")
            with pytest.raises(Refused) as refused:
                await ann.rooms()
            assert refused.value.code == "classic"

    play(scene)


def test_a_late_welcome_upgrades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "WELCOME_SECONDS", 0.01)

    async def scene() -> None:
        async with scripted() as script, open_chat(script) as chat:
            peer = await script.peer()
            assert not (await next_of(chat, Online)).events
            await peer.let_in()
            assert (await next_of(chat, Online)).events
            await say_and_ack(chat, peer)

    play(scene)


def test_each_frame_goes_out_whole_in_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[bytes] = []
    write = asyncio.StreamWriter.write

    def recorded(self: asyncio.StreamWriter, data: bytes) -> None:
        writes.append(data)
        write(self, data)

    async def scene() -> None:
        async with tutorial() as relay, connect(relay.address, name="bob") as bob:
            monkeypatch.setattr(asyncio.StreamWriter, "write", recorded)
            async with connect(relay.address, name="ann") as ann:
                await ann.say("héllo\n\x1b")
                await ann.line("/me waves")
            await next_of(bob, ClassicMessage)
        assert writes[0] == encode_event_frame(b"ann")
        assert encode_frame("héllo\n".encode()) in writes
        assert encode_frame(b"* waves") in writes

    play(scene)


@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 400 Bad Request\r\n", b"3         \xff\xff\xff", b"-1        "]
)
def test_a_classic_server_that_breaks_the_wire_is_a_lost_connection(garbage: bytes) -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> Peer:
                peer = await script.peer()
                await peer.frame()
                peer.write(encode_frame(b"bob") + encode_frame(b"hi"))
                return peer

            playing = asyncio.create_task(server())
            async with open_chat(script) as chat:
                assert await next_of(chat, ClassicMessage) == ClassicMessage("bob", "hi")
                (await playing).write(garbage)
                offline = await next_of(chat, Offline)
                assert "not chat" in offline.reason

    play(scene)


@pytest.mark.parametrize("text", ["", "\n", "\x1b\r\n"])
def test_nothing_is_no_message(text: str) -> None:
    async def scene() -> None:
        async with tutorial() as relay, connect(relay.address, name="ann") as chat:
            with pytest.raises(Refused) as refused:
                await chat.say(text)
            assert refused.value.code == "empty"

    play(scene)
