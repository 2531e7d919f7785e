"""Connections that break and come back, other kinds of servers, and how a chat ends."""

import asyncio
from pathlib import Path

import pytest
from bench.ports import free_port
from msgspec.structs import replace
from textual.worker import WorkerFailed

from hubbub.chat.errors import Unreachable
from hubbub.client import connect
from hubbub.desk.desk import Desk
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from hubbub.tui import app as tui_app
from hubbub.tui.surroundings import TICK_SECONDS
from tests.interop.conftest import TutorialServer, tutorial_server

from .seats import FOCUS_IN, FOCUS_OUT, seat

__all__ = ["tutorial_server"]


def on(folder: Path, port: int | None = None) -> Config:
    listen = f"127.0.0.1:{port or free_port()}"
    section = ServerSection(listen=listen, data=str(folder / "server"))
    return Config(server=section)


def test_messages_typed_offline_are_sent_in_order_and_what_was_missed_appears(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        first = serving(on(tmp_path))
        server = first.__enter__()
        async with seat(server.address, tmp_path) as ann:
            await ann.say("before")
            await ann.taken(1)
            await asyncio.to_thread(first.__exit__, None, None, None)
            await ann.until("○ offline")
            await ann.say("typed offline 1")
            await ann.say("typed offline 2")
            await ann.until("2 waiting to be sent")
            await ann.type("half ty")
            with serving(on(tmp_path, server.port)):
                async with connect(server.address, name="bob") as bob:
                    await bob.say("you missed this")
                    await ann.until("you missed this")
                    await ann.until(lambda: not unsent(ann.chat.desk.rooms))
                    await ann.taken(4)
                    page = await bob.history("lobby")
                assert ann.draft == "half ty"
                said = [message.text for message in page.messages]
                assert sorted(said) == sorted(set(said))
                assert said.index("typed offline 1") < said.index("typed offline 2")
                assert len(said) == 4

    asyncio.run(scene())


def test_a_tutorial_server_has_neither_rooms_nor_history(
    tutorial_server: TutorialServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = tutorial_server.address
        async with seat(address, tmp_path, size=(120, 30)) as ann:
            await ann.until("keeps no history")
            async with connect(address, name="bob") as bob:
                await bob.say("hello from bob")
                await ann.until("bob  hello from bob")
                await ann.say("hello bob")
                await ann.until("ann  hello bob")
                async with asyncio.timeout(20):
                    async for event in bob:
                        if getattr(event, "text", "") == "hello bob":
                            break
            assert not ann.chat.query_one("#rooms").display
            assert not ann.chat.query_one("#members").display
            await ann.say("/join kitchen")
            await ann.until("This server cannot do that")
            assert ann.draft == "/join kitchen"
            await ann.press("ctrl+c")
            await ann.say("/nonsense")
            await ann.until("There is no command /nonsense.")
            assert ann.draft == "/nonsense"

    asyncio.run(scene())


def test_the_name_is_asked_for_once(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path, name=None) as ann:
            await ann.until("Your name in the chat:")
            await ann.press("enter")
            await ann.until("The name is empty.")
            await ann.say("Ann Lee")
            await ann.until("Say something")
            await ann.until(lambda: ann.chat.desk.name == "Ann Lee")
        assert Profile.load(tmp_path / "profile.json").name == "Ann Lee"

    asyncio.run(scene())


def test_a_name_that_was_given_is_remembered_unless_one_is(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        for name in ("ann", "bea"):
            async with seat(hubbub_server.address, tmp_path, name=name) as one:
                await one.until("Say something")
            assert Profile.load(tmp_path / "profile.json").name == "ann"

    asyncio.run(scene())


def test_a_taken_name_is_asked_for_again(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="ann"),
            seat(address, tmp_path, name=None) as ann,
        ):
            await ann.until("Your name in the chat:")
            await ann.say("ann")
            await ann.until("The name 'ann' is taken.")
            await ann.say("ann2")
            await ann.until(lambda: ann.app.desk and ann.app.desk.link.is_live)
            assert ann.chat.desk.name == "ann2"
        assert Profile.load(tmp_path / "profile.json").name == "ann2"

    asyncio.run(scene())


def test_the_password_is_asked_for_until_it_is_right_and_then_remembered(tmp_path: Path) -> None:
    section = ServerSection(listen="127.0.0.1:0", password="rotu-mika")

    async def scene(address: str) -> None:
        async with seat(address, tmp_path, name=None) as ann:
            await ann.until("Your name in the chat:")
            await ann.say("ann")
            await ann.until(f"The chatroom at {address} has a password.")
            await ann.press("enter")
            await ann.until("The password is empty.")
            for guess in ("mika", "rotu"):
                await ann.type(guess)
                await ann.until("•" * len(guess))
                assert guess not in ann.screen
                await ann.press("enter")
                await ann.until(lambda: "not the password." in ann.screen and "•" not in ann.screen)
            await ann.say("rotu-mika")
            await ann.until("Say something")
            await ann.until(lambda: ann.chat.desk.link.is_live)
        async with seat(address, tmp_path) as ann:
            await ann.until("Say something")

    with serving(Config(server=section)) as server:
        asyncio.run(scene(server.address))


def test_a_password_that_is_another_now_is_asked_for_and_the_draft_is_kept(tmp_path: Path) -> None:
    def locked(password: str, port: int | None = None) -> Config:
        section = replace(on(tmp_path, port).server, password=password)
        return Config(server=section)

    async def scene() -> None:
        first = serving(locked("old"))
        server = first.__enter__()
        async with seat(server.address, tmp_path, password="old") as ann:
            await ann.type("half ty")
            await asyncio.to_thread(first.__exit__, None, None, None)
            await ann.until("○ offline")
            with serving(locked("new", server.port)):
                await ann.until("That is not the password.")
                await ann.say("new")
                await ann.until(lambda: ann.is_chatting and ann.chat.desk.link.is_live)
                await ann.until(lambda: ann.draft == "half ty")

    asyncio.run(scene())


def test_a_server_that_is_not_there_ends_the_chat_with_a_sentence(tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(Unreachable, match="No chat server answers"):
            async with seat(f"127.0.0.1:{free_port()}", tmp_path, name="ann") as ann:
                await ann.until(lambda: ann.app.ended)

    asyncio.run(scene())


def test_quitting_keeps_drafts_and_sends_the_rest_at_the_next_start(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        first = serving(on(tmp_path))
        server = first.__enter__()
        async with seat(server.address, tmp_path) as ann:
            await ann.say("before")
            await ann.taken(1)
            await asyncio.to_thread(first.__exit__, None, None, None)
            await ann.until("○ offline")
            await ann.say("never sent")
            await ann.type("half a draft")
        with serving(on(tmp_path, server.port)):
            async with seat(server.address, tmp_path) as ann:
                assert ann.draft == "half a draft"
                await ann.taken(2)
            async with connect(server.address, name="bob") as bob:
                page = await bob.history("lobby")
            assert [message.text for message in page.messages] == ["before", "never sent"]

    asyncio.run(scene())


def test_a_fault_of_ours_does_not_pass_in_silence(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            monkeypatch.setattr(Desk, "_entered", fail)
            async with connect(hubbub_server.address, name="bob") as bob:
                await bob.direct("ann")
                await ann.until(lambda: not ann.app.is_running)

    with pytest.raises(WorkerFailed):
        asyncio.run(scene())


def test_a_server_that_is_lost_costs_one_tick_a_second(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            ticks: list[float] = []
            monkeypatch.setattr(ann.chat, "set_timer", lambda seconds, _: ticks.append(seconds))
            ann.chat.desk.link.retry_at = 1e12
            for _ in range(5):
                ann.chat.draw_around()
            assert ticks == [TICK_SECONDS]

    asyncio.run(scene())


def test_who_hosts_is_told_so_and_asked_before_others_are_cut_off(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob"),
            seat(address, tmp_path, hosted_in="/where/it/is/kept") as ann,
        ):
            await ann.until("You host this chatroom.")
            await ann.until("/where/it/is/kept")
            await ann.until(lambda: ann.chat.names() == ["bob"])
            await ann.press("ctrl+q")
            await ann.until("1 other is in it")
            await ann.press("escape")
            await ann.until(lambda: ann.app.screen is ann.chat)
            await ann.press("ctrl+q")
            await ann.until("1 other is in it")
            await ann.press("left", "enter")
            await ann.until(lambda: not ann.app.is_running)

    asyncio.run(scene())


def test_a_mention_calls_a_user_who_looks_elsewhere(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(tui_app.HubbubApp, "write_terminal", lambda _, what: written.append(what))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("VTE_VERSION", raising=False)
    (tmp_path / "client.toml").write_text("title = false")

    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("ann, while you look")
            await ann.until("while you look")
            assert not written
            ann.send(FOCUS_OUT)
            await ann.until(lambda: not ann.app.attention.is_looking)
            await bob.say("not for you")
            await ann.until("not for you")
            assert not written
            await bob.say("ann, come\x1b]0;evil\x07 back")
            await ann.until("back")
            await ann.until(lambda: written)
            assert written == ["\x1b]9;bob in #lobby: ann, come]0,evil back\x1b\\"]
            ann.send(FOCUS_IN)
            await ann.until("─ new ─")

    asyncio.run(scene())
