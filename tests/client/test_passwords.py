"""Chatrooms with a password: let in, kept out, and let in again after a loss."""

import asyncio
from pathlib import Path

import pytest
from bench.ports import free_port

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import Backoff, Chat, Offline, connect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving

from .chats import AT_ONCE, next_of
from .servers import play, room, scripted
from .test_real_server import texts

PASSWORD = "rotu mïka"


def locked(data: str = "", port: int | None = None, password: str = PASSWORD) -> Config:
    listen = f"127.0.0.1:{port or free_port()}"
    return Config(server=ServerSection(listen=listen, data=data, password=password))


def cut(chat: Chat) -> None:
    """Lose the connection."""
    connection = chat._driver._connection
    assert connection is not None
    connection.abort()


async def listen(opened: Chat) -> None:
    """Chat until the end."""
    async with opened as chat:
        async for _ in chat:
            pass


@pytest.mark.parametrize(
    ("password", "code", "sentence"),
    [
        ("", "password_needed", "has a password. Give it with --password, in HUBBUB_PASSWORD"),
        ("mika", "wrong_password", "not the password"),
        ("\ud800", "wrong_password", "not the password"),
        ("x" * 300_000, "too_long", "300"),
    ],
)
def test_who_does_not_know_it_is_refused_for_good(password: str, code: str, sentence: str) -> None:
    async def scene(address: str) -> None:
        with pytest.raises(Refused, match=sentence) as refused:
            async with connect(address, name="ann", password=password, reconnect=AT_ONCE):
                pass
        assert refused.value.code == code

    with serving(locked()) as server:
        play(lambda: scene(server.address))


def test_who_knows_it_chats_and_a_lost_connection_loses_nothing() -> None:
    async def scene(address: str) -> None:
        async with (
            connect(address, name="ann", password=PASSWORD, reconnect=AT_ONCE) as ann,
            connect(address, name="bob", password=PASSWORD) as bob,
        ):
            assert ann.is_locked
            for round_ in range(3):
                cut(ann)
                for number in range(20):
                    await bob.say(f"{round_} {number}")
                await ann.say(f"{round_} from ann")
            found = [text for text in await texts(ann, 63) if "ann" not in text]
            assert found == [f"{round_} {number}" for round_ in range(3) for number in range(20)]

    with serving(locked()) as server:
        play(lambda: scene(server.address))


def test_a_server_that_starts_again_is_told_the_password_again(tmp_path: Path) -> None:
    async def scene() -> None:
        first = serving(locked(str(tmp_path)))
        server = first.__enter__()
        async with connect(
            server.address, name="ann", password=PASSWORD, reconnect=Backoff(0.01)
        ) as ann:
            await ann.say("one")
            await asyncio.to_thread(first.__exit__, None, None, None)
            with serving(locked(str(tmp_path), server.port)):
                assert await ann.say("two") == 2

    play(scene)


def test_a_password_that_is_not_the_one_any_more_ends_the_chat(tmp_path: Path) -> None:
    async def scene() -> None:
        first = serving(locked(str(tmp_path)))
        server = first.__enter__()
        async with connect(
            server.address, name="ann", password=PASSWORD, reconnect=Backoff(0.01)
        ) as ann:
            await asyncio.to_thread(first.__exit__, None, None, None)
            with (
                serving(locked(str(tmp_path), server.port, "another")),
                pytest.raises(Refused, match="not the password"),
            ):
                async for _ in ann:
                    pass

    play(scene)


def test_a_chatroom_without_a_password_is_never_told_one() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                await peer.let_in()

            playing = asyncio.create_task(server())
            async with connect(script.address, name="ann", password=PASSWORD) as ann:
                await playing
                assert not ann.is_locked

    play(scene)


def test_after_the_password_a_held_name_is_resumed() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                assert await peer.unlocked() == PASSWORD
                join = await peer.hear(c.Join)
                peer.tell(room(last=7, ref=join.ref))
                peer.close()

            playing = asyncio.create_task(server())
            async with connect(
                script.address, name="ann", password=PASSWORD, reconnect=AT_ONCE
            ) as ann:
                await playing
                peer = await script.peer()
                assert await peer.unlocked(session="newer", held=True) == PASSWORD
                resume = await peer.hear(c.Resume)
                assert resume.session == "secret"
                peer.tell(e.Ok(ref=resume.ref or ""))
                join = await peer.hear(c.Join)
                assert join.after == 7
                peer.tell(room(last=7, ref=join.ref))
                await next_of(ann, Offline)

    play(scene)


def test_who_was_let_in_waits_while_others_guess() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                await peer.unlocked()
                join = await peer.hear(c.Join)
                peer.tell(room(ref=join.ref))
                peer.close()
                peer = await script.peer()
                await peer.welcome(session="", locked=True)
                unlock = await peer.hear(c.Unlock)
                peer.tell(e.Error(code="slow_down", message="Wait.", ref=unlock.ref))
                peer = await script.peer()
                await peer.unlocked()
                await peer.resume("secret")
                join = await peer.hear(c.Join)
                peer.tell(room(ref=join.ref))

            playing = asyncio.create_task(server())
            async with connect(
                script.address, name="ann", password=PASSWORD, reconnect=AT_ONCE
            ) as ann:
                await playing
                reasons = [(await next_of(ann, Offline)).reason for _ in range(2)]
                assert reasons[1] == "Wait"

    play(scene)


def test_who_guessed_too_often_is_told_to_wait() -> None:
    async def guess(address: str, password: str) -> str:
        try:
            async with connect(address, name="eve", password=password):
                return ""
        except Refused as refusal:
            return refusal.code

    async def scene(address: str) -> None:
        codes = [await guess(address, str(number)) for number in range(11)]
        assert codes == ["wrong_password"] * 10 + ["slow_down"]

    with serving(locked()) as server:
        play(lambda: scene(server.address))


def test_a_name_that_another_connection_took_over_is_not_fought_for() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                await peer.let_in()
                peer.tell(e.Bye(reason="resumed", code="resumed"))

            playing = asyncio.create_task(server())
            listening = listen(connect(script.address, name="ann", reconnect=AT_ONCE))
            with pytest.raises(Unreachable, match="goes on in another connection") as ended:
                await listening
            await playing
            assert ended.value.code == "resumed"
            assert len(script.peers) == 1

    play(scene)
