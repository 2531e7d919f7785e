"""Whether the computer keeps anything of its user, as they say before the first chat."""

import asyncio
from pathlib import Path

from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer, serving
from hubbub.tui.dialogs.asking import NameScreen
from tests.losing import at_its_own_port

from .seats import Seat, seat

QUESTION = "Remember you on this computer?"


def kept(folder: Path) -> list[str]:
    """Return what is in the files of a folder."""
    return [path.read_text() for path in folder.rglob("*") if path.is_file()]


async def come_in(ann: Seat) -> None:
    await ann.until(lambda: ann.is_chatting and ann.chat.desk.rooms.current.filled)


def test_enter_alone_means_to_be_remembered_and_nobody_is_asked_again(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path, name=None) as ann:
            await ann.until(QUESTION)
            await ann.say("ann")
            await come_in(ann)
        async with seat(hubbub_server.address, tmp_path, name=None) as ann:
            await come_in(ann)
            assert ann.chat.desk.name == "ann"

    asyncio.run(scene())
    assert Profile.load(tmp_path / "profile.json").name == "ann"


def test_somebody_who_is_not_to_be_remembered_leaves_nothing_behind(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with seat(address, tmp_path, name=None) as ann:
            await ann.until(QUESTION)
            await ann.type("ann")
            await ann.press("down", "down", "enter")
            await come_in(ann)
            await ann.until(lambda: ann.chat.desk.chat.person is not None)
            await ann.say("hello")
            await ann.taken(1)
            await ann.type("a secret draft")
            ann.app._remember()
            assert kept(tmp_path) == []
        assert ann.app.desk is not None
        assert ann.app.desk.identity.has_logged_out
        # The server has forgotten her as well: else nobody could have the name for an hour.
        async with connect(address, name="ann", device="x" * 24) as other:
            assert other.name == "ann"

    asyncio.run(scene())
    assert kept(tmp_path) == []


def test_the_answer_stands_while_a_name_is_taken(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob"), seat(address, tmp_path, name=None) as ann:
            await ann.until(QUESTION)
            await ann.type("bob")
            await ann.press("down", "down", "enter")
            await ann.until(
                lambda: isinstance(ann.app.screen, NameScreen) and "taken" in ann.screen
            )
            assert "● No: nothing is kept when you quit" in ann.screen
            await ann.press("backspace", "backspace", "backspace")
            await ann.say("ann")
            await come_in(ann)

    asyncio.run(scene())
    assert kept(tmp_path) == []


def test_what_is_not_sent_is_lost_only_after_a_question(tmp_path: Path) -> None:
    async def scene() -> None:
        running = serving(at_its_own_port())
        server = running.__enter__()
        async with seat(server.address, tmp_path, name=None) as ann:
            await ann.until(QUESTION)
            await ann.type("ann")
            await ann.press("down", "down", "enter")
            await come_in(ann)
            await asyncio.to_thread(running.__exit__, None, None, None)
            await ann.until("offline")
            await ann.say("are you there?")
            await ann.press("ctrl+q")
            await ann.until("A message of yours was not sent, and nothing is kept")
            await ann.press("escape")
            await ann.until(lambda: ann.app.screen is ann.chat)
            assert "are you there?" in ann.screen

    asyncio.run(scene())
