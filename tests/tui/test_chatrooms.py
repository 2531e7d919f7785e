"""Several chatrooms in one client: each has its rooms, name, drafts and connection."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.losing import at_its_own_port

from .seats import Seat, click, seat


@pytest.fixture
def servers() -> Iterator[list[LocalServer]]:
    """Two chatrooms."""
    with ExitStack() as running:
        yield [running.enter_context(serving()) for _ in range(2)]


def at(ann: Seat, server: LocalServer) -> bool:
    """Return whether a chatroom is on the screen, and filled."""
    desk = ann.app.desk
    is_here = desk is not None and desk.link.address == server.address
    return is_here and ann.is_chatting and bool(desk and desk.rooms.current.filled)


async def connected(ann: Seat, server: LocalServer, name: str = "") -> None:
    await ann.say(f"/connect {server.address} {name}".strip())
    await ann.until(lambda: at(ann, server))


def test_each_chatroom_has_its_rooms_under_a_heading_and_its_own_name_and_drafts(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with seat(first.address, tmp_path, size=(120, 24)) as ann:
            assert "ann in" not in ann.screen, "one chatroom needs no heading"
            await ann.say("/join kitchen")
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.type("half a sentence")
            await ann.press("ctrl+u")
            await connected(ann, second, "annie")
            await ann.until(f"annie in ● {second.address}")
            rows = [row[:18].strip() for row in ann.screen.split("\n")]
            listed = [row for row in rows[:-1] if row][:5]
            assert [row[2:9] if row[0] in "●…" else row for row in listed] == [
                "127.0.0",
                "#lobby",
                "#kitchen",
                "127.0.0",
                "#lobby",
            ]
            await ann.say("hello from annie")
            await ann.taken(1)
            await ann.type("a draft there")
            await ann.press("ctrl+n")
            await ann.until(lambda: at(ann, first))
            await ann.until(f"ann in ● {first.address}")
            assert ann.draft == ""
            assert ann.room == "#kitchen"
            await ann.say("hello from ann")
            await ann.taken(1)
            await ann.press("ctrl+n")
            await ann.until(lambda: at(ann, second))
            assert ann.draft == "a draft there"
            assert "hello from annie" in ann.screen

    asyncio.run(scene())


def test_what_is_unread_in_another_chatroom_is_counted_and_a_click_goes_there(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with (
            connect(first.address, name="bob") as bob,
            seat(first.address, tmp_path, size=(120, 24)) as ann,
        ):
            await connected(ann, second)
            await bob.say("are you there, ann?")
            await ann.until("@1")
            assert at(ann, second)
            lobby = next(
                row for row, text in enumerate(ann.screen.split("\n"), start=1) if "@1" in text
            )
            ann.send(click((3, lobby)))
            await ann.until(lambda: at(ann, first))
            await ann.until("are you there, ann?")
            await ann.until(lambda: "@1" not in ann.screen)

    asyncio.run(scene())


def test_in_a_narrow_window_the_status_line_names_what_is_unread_elsewhere(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with (
            connect(first.address, name="bob") as bob,
            seat(first.address, tmp_path, size=(80, 20)) as ann,
        ):
            await connected(ann, second)
            await ann.until(f"ann in ● {second.address}")
            await bob.say("soup")
            await ann.until("#lobby 1")
            await ann.press("alt+a")
            await ann.until(lambda: at(ann, first))
            await ann.until("soup")
            await ann.press("alt+a")
            await ann.until("Nothing is unread in other rooms.")

    asyncio.run(scene())


def test_a_chatroom_comes_back_at_the_next_start_until_it_is_left(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with seat(first.address, tmp_path) as ann:
            await connected(ann, second, "annie")
        async with connect(second.address, name="bob") as bob:
            await bob.say("while you were away")
            async with seat(first.address, tmp_path, size=(120, 24)) as ann:
                assert at(ann, first)
                await ann.until(lambda: f"● 127.0.0…:{second.port}" in ann.screen)
                await bob.say("annie, look")
                await ann.until("@1")
                await ann.press("ctrl+n")
                await ann.until("while you were away")
                desk = ann.app.desk
                assert desk is not None
                assert desk.name == "annie"
                await ann.say("/disconnect")
                await ann.until(lambda: at(ann, first))
                await ann.until(lambda: str(second.port) not in ann.screen)
        async with seat(first.address, tmp_path) as ann:
            assert len(ann.app.visits) == 1

    asyncio.run(scene())


def test_a_chatroom_with_several_addresses_comes_back_with_all_of_them(
    servers: list[LocalServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda _name: tmp_path)

    async def scene() -> None:
        first, second = servers
        several = f"{second.address},127.0.0.1:1"
        async with seat(first.address, tmp_path) as ann:
            await ann.say(f"/connect {several}")
            await ann.until(lambda: at(ann, second))
        async with seat(first.address, tmp_path) as ann:
            assert [one.opening.address for one in ann.app.visits] == [first.address, several]
            await ann.press("ctrl+n")
            await ann.until(lambda: at(ann, second))
            await ann.say("/disconnect")
            await ann.until(lambda: at(ann, first))
        async with seat(first.address, tmp_path) as ann:
            assert len(ann.app.visits) == 1

    asyncio.run(scene())


def test_whether_chatrooms_come_back_is_a_setting(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with seat(first.address, tmp_path) as ann:
            await connected(ann, second)
            await ann.say("/set reopen_chatrooms off")
        async with seat(first.address, tmp_path) as ann:
            assert len(ann.app.visits) == 1

    asyncio.run(scene())


def test_a_question_of_another_chatroom_waits_until_the_user_goes_there(
    tmp_path: Path,
) -> None:
    async def scene(first: LocalServer, second: LocalServer) -> None:
        async with seat(first.address, tmp_path, size=(120, 24)) as ann:
            await ann.say(f"/connect {second.address}")
            await ann.until("has a password")
            await ann.say("sesame")
            await ann.until(lambda: at(ann, second))
        profile = Profile.load(tmp_path / "profile.json")
        profile.server(second.address).password = "wrong"
        profile.save()
        async with seat(first.address, tmp_path, size=(120, 24)) as ann:
            await ann.until("? 127.0.0…")
            await ann.say("I go on writing here")
            await ann.until("ann  I go on writing here")
            await ann.press("ctrl+n")
            await ann.until("Ctrl+N goes")
            await ann.press("ctrl+n")
            await ann.until("ann  I go on writing here")
            await ann.press("ctrl+n")
            await ann.until("password")
            await ann.say("sesame")
            await ann.until(lambda: at(ann, second))
            await ann.press("ctrl+n")
            await ann.until(lambda: at(ann, first))
            await ann.say("/disconnect 127.0.0.1:9")
            await ann.until("You are in no chatroom at 127.0.0.1:9.")
            await ann.say(f"/disconnect {second.address}")
            await ann.until(lambda: len(ann.app.visits) == 1)
            assert at(ann, first)

    config = Config(server=ServerSection(listen="127.0.0.1:0", password="sesame"))
    with serving() as first, serving(config) as second:
        asyncio.run(scene(first, second))


def test_a_chatroom_that_cannot_be_reached_is_told_in_another(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, _ = servers
        async with seat(first.address, tmp_path) as ann:
            await ann.say("/connect 127.0.0.1:1")
            await ann.until("You are no longer in the chatroom at 127.0.0.1:1")
            assert at(ann, first)
            await ann.say("/disconnect")
            await ann.until("This is the only chatroom that you are in.")
            await ann.say("/connect not an address!")
            await ann.until("address")

    asyncio.run(scene())


def test_a_server_that_ends_leaves_the_other_chatroom_alone(tmp_path: Path) -> None:
    async def scene(first: LocalServer) -> None:
        running = serving(at_its_own_port())
        second = running.__enter__()
        async with seat(first.address, tmp_path, size=(120, 24)) as ann:
            await connected(ann, second)
            await ann.say("taken")
            await ann.taken(1)
            await asyncio.to_thread(running.__exit__, None, None, None)
            await ann.until(f"ann in {second.address} ○ offline")
            await ann.say("waits here")
            await ann.press("ctrl+n")
            await ann.until(lambda: at(ann, first))
            assert "waits here" not in ann.screen
            await ann.say("goes through")
            await ann.taken(1)

    with serving() as first:
        asyncio.run(scene(first))


def test_a_question_never_comes_between_the_keys_of_another_chatroom(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with seat(first.address, tmp_path) as ann:
            await connected(ann, second)
            there = ann.chat
            await ann.press("ctrl+n")
            await ann.until(lambda: at(ann, first))
            answer = asyncio.ensure_future(there.confirm("Is it yours?", "Link"))
            await ann.say("typed here")
            await ann.until("ann  typed here")
            assert not answer.done()
            await ann.press("ctrl+n")
            await ann.until("Is it yours?")
            await ann.press("escape")
            await ann.until(answer.done)
            assert answer.result() is False

    asyncio.run(scene())


def test_the_numbers_lead_to_the_rooms_of_all_chatrooms_in_the_order_of_the_list(
    servers: list[LocalServer], tmp_path: Path
) -> None:
    async def scene() -> None:
        first, second = servers
        async with seat(first.address, tmp_path, size=(120, 24)) as ann:
            await ann.say("/join kitchen")
            await ann.until(lambda: ann.room == "#kitchen")
            await connected(ann, second, "annie")
            await ann.press("alt+2")
            await ann.until(lambda: at(ann, first) and ann.room == "#kitchen")
            await ann.press("alt+3")
            await ann.until(lambda: at(ann, second) and ann.room == "#lobby")
            await ann.press("alt+1")
            await ann.until(lambda: at(ann, first) and ann.room == "#lobby")
            await ann.press("alt+9")
            assert ann.room == "#lobby"

    asyncio.run(scene())
