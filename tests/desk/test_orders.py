"""What Enter does goes where it was meant when Enter was pressed, and what fails comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hubbub.chat.errors import Refused
from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .faces import BlindFace
from .users import User, user

SECRET = "the key is under the mat"

Scene = Callable[[User, BlindFace], Awaitable[None]]


def play(scene: Scene, server: LocalServer, profile: Profile) -> None:
    """Let a scene happen in a lobby where bob is, too."""

    async def played() -> None:
        async with connect(server.address, name="bob"), user(server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            await scene(ann, BlindFace(ann.desk))

    asyncio.run(played())


def late(ann: User, command: str, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have the server's answer to a command wait for an event."""
    door = asyncio.Event()
    asked = getattr(ann.desk.chat, command)

    async def waiting(*arguments: Any) -> Any:
        await door.wait()
        return await asked(*arguments)

    monkeypatch.setattr(ann.desk.chat, command, waiting)
    return door


def room_titled(ann: User, title: str) -> list[str]:
    """Return what stands in the room of this title."""
    return next((ann.texts(room) for room in ann.desk.rooms if room.title == title), [])


def test_what_is_entered_behind_a_msg_is_for_the_same_person(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        door = late(ann, "direct", monkeypatch)
        face.enter("/msg bob")
        face.enter(SECRET)
        face.write("and ano")
        await asyncio.sleep(0)
        face.orders.enter("one more")
        door.set()
        await ann.until(lambda: room_titled(ann, "@bob") == [SECRET, "one more"])
        assert room_titled(ann, "#lobby") == []
        assert ann.desk.rooms.current.title == "@bob"
        assert face.text == "and ano"

    play(scene, hubbub_server, profile)


def test_what_is_entered_behind_a_msg_that_is_refused_comes_back(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        face.enter("/msg zoe first")
        face.enter(SECRET)
        await ann.until(lambda: face.text == f"/msg zoe first\n{SECRET}")
        (note,) = room_titled(ann, "#lobby")
        assert "zoe" in note

    play(scene, hubbub_server, profile)


def test_a_room_change_by_key_does_not_redirect_what_was_entered_before_it(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        face.enter("/msg bob")
        await ann.until(lambda: ann.desk.rooms.current.title == "@bob")
        face.enter(SECRET)
        face.do("numbered", "2")
        face.enter("/topic of the lobby")
        face.do("numbered", "1")
        face.enter(f"/topic {SECRET}")
        face.do("numbered", "2")
        await ann.until(lambda: room_titled(ann, "@bob")[:1] == [SECRET])
        await ann.until(lambda: ann.desk.chat.replicas["lobby"].topic == "of the lobby")
        bob = ann.desk.chat.replicas[next(room.name for room in ann.desk.rooms if room.is_direct)]
        await ann.until(lambda: bob.topic == SECRET)
        assert not any(SECRET in text for text in room_titled(ann, "#lobby"))

    play(scene, hubbub_server, profile)


def test_an_answer_to_a_question_does_not_redirect_the_text_it_was_about(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        kitchen = await ann.desk.join("kitchen")
        lines = "\n".join(map(str, range(30)))
        ann.desk.show(kitchen)
        face.enter(lines)
        (asked,) = face.asked
        ann.desk.show(next(iter(ann.desk.rooms)))
        asked.set_result(True)
        await ann.until(lambda: ann.texts(kitchen) == [lines])
        assert room_titled(ann, "#lobby") == []

    play(scene, hubbub_server, profile)


def test_a_long_text_that_is_not_to_be_sent_comes_back(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        lines = "\n".join(map(str, range(30)))
        face.enter(lines)
        face.asked[0].set_result(False)
        await ann.until(lambda: face.text == lines)

    play(scene, hubbub_server, profile)


@pytest.mark.parametrize(
    "line",
    ["/join", "/msg", "/msg zoe hi", "/leave nowhere", "/edit x", "/react :nothing:", "/foo"],
)
def test_a_command_that_is_refused_comes_back_before_what_was_typed_since(
    hubbub_server: LocalServer, profile: Profile, line: str
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        face.enter(line)
        face.write("half")
        await ann.until(lambda: line in face.text and ann.texts())
        assert face.text in (f"{line}\nhalf", f"{line}half")

    play(scene, hubbub_server, profile)


def test_a_command_that_is_refused_comes_back_to_the_room_where_it_was_typed(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        lobby, kitchen = ann.desk.rooms.current, await ann.desk.join("kitchen")
        door = late(ann, "direct", monkeypatch)
        face.enter(f"/msg zoe {SECRET}")
        ann.desk.show(kitchen)
        face.write("half")
        door.set()
        await ann.until(lambda: lobby.draft.text == f"/msg zoe {SECRET}")
        assert face.text == "half"

    play(scene, hubbub_server, profile)


def test_an_edit_that_is_refused_goes_on(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        face.enter("hello")
        await ann.until(lambda: not ann.desk.rooms.current.log.pending)

        async def refusing(*_: object) -> None:
            raise Refused("The message is too old.")

        monkeypatch.setattr(ann.desk.chat, "edit", refusing)
        face.do("edit")
        face.enter("hello again")
        face.write("half")
        await ann.until(lambda: face.writing.is_editing and face.text == "hello again")
        face.writing.end()
        assert face.text == "half"

    play(scene, hubbub_server, profile)


def test_a_command_under_way_when_the_chat_ends_becomes_a_draft(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            face = BlindFace(ann.desk)
            late(ann, "direct", monkeypatch)
            face.enter(f"/msg bob {SECRET}")
            face.enter("and more")
            await asyncio.sleep(0)
        face.writing.keep()
        ann.desk.remember()
        assert ann.desk.memory.drafts == {"lobby": f"/msg bob {SECRET}\nand more"}

    asyncio.run(scene())


def test_what_was_said_in_a_room_is_posted_before_it_is_left(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        async with connect(hubbub_server.address, name="eve", room="kitchen") as eve:
            ann.desk.show(await ann.desk.join("kitchen"))
            face.enter("goodbye")
            face.enter("/leave")
            face.enter("not for the lobby")
            await ann.until(lambda: ann.desk.rooms.current.title == "#lobby")
            await ann.until(lambda: face.text == "not for the lobby")
            page = await eve.history("kitchen")
            assert [message.text for message in page.messages] == ["goodbye"]
            assert room_titled(ann, "#lobby") == []

    play(scene, hubbub_server, profile)


def test_a_search_shows_the_message_and_asks_once_for_rooms(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene(ann: User, face: BlindFace) -> None:
        async with connect(hubbub_server.address, name="eve", room="cellar") as eve:
            seq = await eve.say("potatoes")
        face.do("search", "potatoes")
        await ann.until(lambda: seq in face.shown)
        assert ann.desk.rooms.current.title == "#cellar"
        face.do("delete")
        await ann.until(lambda: "There is no message of yours here." in ann.texts())

    play(scene, hubbub_server, profile)
