"""The client against the real server."""

import asyncio
import subprocess
import sys

import pytest

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Chat, connect
from hubbub.hub.present.kept import KEPT_SECONDS
from hubbub.testing import LocalServer

from .servers import play


async def texts(chat: Chat, count: int) -> list[str]:
    found: list[str] = []
    async for event in chat:
        if isinstance(event, e.Message):
            found.append(event.text)
            if len(found) == count:
                break
    return found


def test_a_conversation(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with (
            connect(hubbub_server.address, name="ann") as ann,
            connect(hubbub_server.address, name="bob") as bob,
        ):
            seqs = await asyncio.gather(*(ann.say(f"text {n}") for n in range(300)))
            assert seqs == sorted(seq for seq in seqs if seq)
            assert await texts(bob, 300) == [f"text {n}" for n in range(300)]
            await bob.react("lobby", seqs[0] or 0, "👍")
            await ann.edit("lobby", seqs[0] or 0, "edited")
            await ann.delete("lobby", seqs[1] or 0)
            await ann.topic("lobby", "news")
            await ann.typing("lobby")
            await ann.seen("lobby", 1)
            page = await bob.history("lobby", limit=200, after=0)
            assert page.more
            assert (page.messages[0].text, page.messages[0].reactions) == (
                "edited",
                {"👍": ["bob"]},
            )
            found = await bob.search("edited")
            assert [one.seq for one in found.messages] == [seqs[0]]
            assert {one.name for one in (await bob.members("lobby")).members} == {"ann", "bob"}
            assert [one.topic for one in await bob.rooms()] == ["news"]
            assert await bob.ping() < 10
            private = await bob.direct("ann")
            await bob.say("psst")
            assert bob.room == private.room
            assert await texts(ann, 301) == [f"text {n}" for n in range(300)] + ["psst"]
            replica = ann.replicas["lobby"]
            assert replica.messages[0].text == "edited"
            await bob.join("dev")
            await bob.leave("dev")
            assert bob.room != "dev"

    play(scene)


def test_a_plain_line_is_done_when_it_returns(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann") as ann:
            await ann.line("/join dev")
            assert ann.room == "dev"
            await ann.say("hello dev")
            page = await ann.history("dev")
            assert [one.text for one in page.messages] == ["hello dev"]

    play(scene)


def test_the_backlog_after_a_seq_comes_once_and_in_order(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann") as ann:
            for number in range(5):
                await ann.say(str(number))
        async with connect(hubbub_server.address, name="bob", after=2) as bob:
            assert await texts(bob, 3) == ["2", "3", "4"]

    play(scene)


def test_a_broken_connection_is_taken_up_again(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann") as ann:
            for round_ in range(3):
                connection = ann._driver._connection
                assert connection is not None
                saying = [asyncio.create_task(ann.say(f"{round_} {n}")) for n in range(50)]
                await asyncio.sleep(0)
                connection.abort()
                await asyncio.gather(*saying)
            page = await ann.history("lobby", limit=200)
            expected = [f"{round_} {n}" for round_ in range(3) for n in range(50)]
            assert [one.text for one in page.messages] == expected
            assert await texts(ann, 150) == expected

    play(scene)


KILLED = """
import asyncio, sys
import hubbub

async def main(address):
    async with hubbub.connect(address, name="ann") as chat:
        await chat.say("helo")
        print(chat.session, flush=True)
        sys.stdin.read()  # stands still until it is killed

asyncio.run(main(*sys.argv[1:]))
"""


def test_a_program_that_was_killed_goes_on_as_the_same_person(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as bot:
        assert bot.stdout is not None
        session = bot.stdout.readline().strip()
        asyncio.run(talk(address))
        bot.kill()

    async def scene() -> None:
        for wrong in ("", "a guess"):
            with pytest.raises(Refused, match="is kept for") as refused:
                await connect(address, name="ann", session=wrong).__aenter__()
            assert 0 < (refused.value.retry_after or 0) <= KEPT_SECONDS
        async with connect(address, name="ann", session=session) as ann:
            await ann.edit("lobby", 1, "hello")
            assert ann.session not in ("", session)
        assert ann.session == "", "the server has heard the goodbye"
        async with connect(address, name="ann"):
            pass

    play(scene)


async def talk(address: str) -> None:
    async with connect(address, name="bob") as bob:
        for number in range(50):
            await bob.say(f"much {number}")


def test_what_the_server_refuses_is_raised(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann") as ann:
            for name, room, code in (
                ("ANN", "lobby", "name_taken"),
                ("hubbub", "lobby", "name_not_allowed"),
                ("bob", "no room", "room_not_allowed"),
            ):
                with pytest.raises(Refused) as refused:
                    async with connect(hubbub_server.address, name=name, room=room):
                        pass
                assert refused.value.code == code
            with pytest.raises(Refused) as refused:
                await ann.edit("lobby", 99, "x")
            assert refused.value.code == "no_such_message"
            with pytest.raises(Refused) as refused:
                await ann.say("x" * 100_000)
            assert refused.value.code == "too_long"

    play(scene)
