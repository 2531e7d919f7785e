"""A text goes where it was meant when Enter was pressed; nothing is deleted by the way."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hubbub.client import Chat, connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .seats import Seat, seat

SECRET = "the key is under the mat"
ALT_2, F6, CTRL_Q = "\x1b2", "\x1b[17~", "\x11"

Scene = Callable[[Seat, Chat], Awaitable[None]]


def play(scene: Scene, server: LocalServer, folder: Path) -> None:
    async def played() -> None:
        async with connect(server.address, name="bob") as bob, seat(server.address, folder) as ann:
            await ann.until(lambda: ann.chat.names() == ["bob"])
            await scene(ann, bob)

    asyncio.run(played())


async def said(chat: Chat) -> list[str]:
    """Return what was said in the lobby."""
    return [message.text for message in (await chat.history("lobby")).messages]


@pytest.mark.parametrize("behind", [ALT_2, "\x1ba", "\x1b[1;3A", f"/join kitchen\r{ALT_2}"])
def test_enter_and_a_key_for_another_room_at_once_post_in_the_room_on_the_screen(
    hubbub_server: LocalServer, tmp_path: Path, behind: str
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await ann.say("/msg bob hi")
        await ann.until(lambda: ann.room == "@bob")
        await bob.say("something unread")
        lobby = next(room for room in ann.chat.desk.rooms if not room.is_direct)
        await ann.until(lambda: lobby.unread)
        ann.send(f"{SECRET}\r{behind}")
        await ann.until(lambda: ann.room == "#lobby")
        log = next(room.log for room in ann.chat.desk.rooms if room.is_direct)
        await ann.until(lambda: [one.text for one in log.newest_first()] == [SECRET, "hi"])
        assert await said(bob) == ["something unread"]

    play(scene, hubbub_server, tmp_path)


def test_what_is_typed_behind_a_msg_is_for_the_same_person(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        ann.send(f"/msg bob\r{SECRET}\rand half a sen")
        await ann.until(lambda: ann.room == "@bob" and ann.draft == "and half a sen")
        await ann.until(f"ann  {SECRET}")
        assert await said(bob) == []

    play(scene, hubbub_server, tmp_path)


def test_what_is_typed_behind_a_msg_to_nobody_is_not_posted(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        ann.send(f"/msg zoe\r{SECRET}\rand half a sen")
        await ann.until("Nobody called 'zoe' is here.")
        await ann.until(lambda: ann.draft == f"/msg zoe\n{SECRET}\nand half a sen")
        assert await said(bob) == []

    play(scene, hubbub_server, tmp_path)


@pytest.mark.parametrize("keys", ["/delete\r\r", "/delete\r\t\r", f"{F6}d\r", f"{F6}d\t\r"])
def test_what_is_typed_ahead_does_not_answer_a_question(
    hubbub_server: LocalServer, tmp_path: Path, keys: str
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await ann.say("good morning")
        await ann.until(lambda: not ann.chat.desk.rooms.current.log.pending)
        ann.send(keys)
        await ann.until("Delete 'good morning' for everybody?")
        await ann.press("escape")
        await ann.until(lambda: ann.app.screen is ann.chat)
        assert await said(bob) == ["good morning"]

    play(scene, hubbub_server, tmp_path)


def test_what_is_typed_ahead_of_a_refusal_or_behind_a_leave_is_posted_nowhere(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await ann.say("/msg bob hi")
        await ann.until(lambda: ann.room == "@bob")
        ann.send(f"/leave\r{SECRET}\rand this\r\rand that")
        await ann.until(lambda: ann.room == "#lobby" and "and that" in ann.draft)
        assert [one for one in ann.draft.split("\n") if one] == [SECRET, "and this", "and that"]
        assert await said(bob) == []
        await ann.press("enter")
        await ann.until(lambda: ann.draft == "")

    play(scene, hubbub_server, tmp_path)


def test_whoever_types_on_in_a_question_writes(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await ann.say("good morning")
        await ann.until(lambda: not ann.chat.desk.rooms.current.log.pending)
        ann.send(f"{F6}d")
        await ann.until("Delete 'good morning' for everybody?")
        ann.send("yes, red deer")
        await ann.until(lambda: ann.draft == "yes, red deer")
        assert await said(bob) == ["good morning"]

    play(scene, hubbub_server, tmp_path)


def test_enter_and_ctrl_q_at_once_send_the_text_and_leave_no_draft(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="bob") as bob:
            async with seat(hubbub_server.address, tmp_path) as ann:
                ann.send(f"the last words\r/msg bob {SECRET}\r{CTRL_Q}")
                await ann.until(lambda: ann.app._exit)
            assert await said(bob) == ["the last words"]
            remembered = Profile.load(tmp_path / "profile.json").server(hubbub_server.address)
            assert remembered.drafts == {}
            (room,) = bob.replicas.keys() - {"lobby"}
            assert [message.text for message in (await bob.history(room)).messages] == [SECRET]

    asyncio.run(scene())
