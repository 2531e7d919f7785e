"""Saying things and hearing them, while typing."""

import asyncio
from pathlib import Path

from textual import events

from hubbub.chat.events import Deleted, Edited, Message, Reaction
from hubbub.client import Chat, connect
from hubbub.desk.room import Draft
from hubbub.testing import LocalServer, serving

from .seats import seat


async def heard(chat: Chat, kind: type[Message | Edited | Deleted | Reaction]) -> object:
    async with asyncio.timeout(20):
        async for event in chat:
            if isinstance(event, kind):
                return event
    raise AssertionError("the chat has ended")


def test_a_message_from_elsewhere_leaves_what_is_being_typed_untouched(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            ann.chat.composer.put(Draft("half typed", (0, 4)))
            await ann.press("shift+right", "shift+right")
            before = ann.chat.composer.selection
            await bob.say("hello ann")
            await ann.until("bob  hello ann")
            assert ann.draft == "half typed"
            assert ann.chat.composer.selection == before
            assert not before.is_empty
            assert ann.chat.composer.has_focus

    asyncio.run(scene())


def test_what_is_typed_is_said_and_shown(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await ann.say("good morning")
            message = await heard(bob, Message)
            assert isinstance(message, Message)
            assert (message.sender, message.text) == ("ann", "good morning")
            await ann.until(lambda: not ann.chat.desk.rooms.current.log.pending)
            assert ann.screen.count("good morning") == 1
            assert ann.draft == ""

    asyncio.run(scene())


def test_two_slashes_say_one(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await ann.say("//help")
            message = await heard(bob, Message)
            assert isinstance(message, Message)
            assert message.text == "/help"

    asyncio.run(scene())


def test_a_path_is_no_command(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("/usr/bin/env is a path")
            await ann.until("ann  /usr/bin/env is a path")

    asyncio.run(scene())


def test_a_paste_of_many_lines_is_one_message_after_a_question(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        lines = "\n".join(f"line {number}" for number in range(1, 41))
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            ann.chat.composer.insert(lines)
            await ann.press("enter")
            await ann.until("Send 40 lines as one message?")
            await ann.press("escape")
            await ann.until(lambda: ann.app.screen is ann.chat)
            assert ann.draft == lines
            await ann.press("enter")
            await ann.until("Send 40 lines as one message?")
            await ann.press("enter")
            message = await heard(bob, Message)
            assert isinstance(message, Message)
            assert message.text == lines
            assert ann.draft == ""

    asyncio.run(scene())


def test_twenty_lines_are_sent_without_a_question(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            ann.chat.composer.insert("\n".join(map(str, range(20))))
            await ann.press("enter")
            await ann.until(lambda: ann.draft == "")
            assert ann.app.screen is ann.chat

    asyncio.run(scene())


def test_up_on_an_empty_line_edits_the_last_own_message(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await ann.say("good mourning")
            await heard(bob, Message)
            await ann.until(lambda: not ann.chat.desk.rooms.current.log.pending)
            await ann.press("up")
            await ann.until("Editing your message")
            assert ann.draft == "good mourning"
            ann.chat.composer.put("good morning")
            await ann.press("enter")
            edit = await heard(bob, Edited)
            assert isinstance(edit, Edited)
            assert edit.text == "good morning"
            await ann.until("good morning (edited)")
            assert ann.draft == ""

    asyncio.run(scene())


def test_escape_ends_editing_and_brings_the_draft_back(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("one")
            await ann.until(lambda: not ann.chat.desk.rooms.current.log.pending)
            await ann.say("/edit")
            await ann.until("Editing your message")
            await ann.press("escape")
            await ann.until(lambda: "Editing" not in ann.screen)
            assert ann.draft == ""
            await ann.press("up", "up")
            assert ann.draft != "one" or "Editing" not in ann.screen

    asyncio.run(scene())


def test_up_again_goes_on_to_what_was_typed_before(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            for text in ("first", "second"):
                await ann.say(text)
            await ann.until(lambda: not ann.chat.desk.rooms.current.log.pending)
            await ann.press("up")
            await ann.until(lambda: ann.draft == "second")
            await ann.press("up")
            await ann.until(lambda: ann.draft == "first")
            assert "Editing" not in ann.screen

    asyncio.run(scene())


def test_chosen_messages_are_answered_reacted_to_and_deleted(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            seq = await bob.say("a question")
            await ann.until("a question")
            await ann.press("f6", "r")
            await ann.until("Answering bob: a question")
            await ann.say("an answer")
            while (answer := await heard(bob, Message)) and isinstance(answer, Message):
                if answer.sender == "ann":
                    break
            assert isinstance(answer, Message)
            assert answer.reply_to == seq
            await ann.until("↳ bob: a question")
            await ann.say("/react :nosuch:")
            await ann.until("There is no emoji called :nosuch:")
            await ann.until(lambda: ann.draft == "/react :nosuch:")
            ann.chat.composer.put("")
            await ann.press("f6", "+")
            await ann.until("Choose an emoji")
            await ann.type("tada")
            await ann.until("🎉  tada")
            await ann.press("enter")
            await ann.until("🎉 ann")
            await ann.press("d")
            await ann.until("Delete 'an answer' for everybody?")
            await ann.press("left", "enter")
            await ann.until("(deleted)")
            deleted = await heard(bob, Deleted)
            assert isinstance(deleted, Deleted)
            assert deleted.target == answer.seq

    asyncio.run(scene())


def test_a_refused_message_is_marked_and_dropped_or_tried_again(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            desk = ann.chat.desk  # the composer would offer to send it in parts
            desk.posting.say(desk.rooms.current, "x" * 70_000)
            await ann.until("✗ Not sent: The message has 70000 bytes")
            await ann.say("/retry")
            await ann.until("✗ Not sent")
            await ann.say("/drop")
            await ann.until(lambda: "Not sent" not in ann.screen)
            assert not ann.chat.desk.rooms.current.log.pending

    asyncio.run(scene())


def test_fast_typing_sends_each_line_as_a_message_of_its_own(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            for key in "one\rtwo\rthree\r":
                ann.app.post_message(events.Key("enter" if key == "\r" else key, key))
            texts: list[str] = []
            while len(texts) < 3:
                message = await heard(bob, Message)
                assert isinstance(message, Message)
                texts.append(message.text)
            assert texts == ["one", "two", "three"]

    asyncio.run(scene())


def test_an_edit_that_fails_is_there_to_be_tried_again(tmp_path: Path) -> None:
    async def scene() -> None:
        with serving() as server:
            address = server.address
            async with seat(address, tmp_path) as ann:
                await ann.say("mine")
                await ann.taken(1)
                async with connect(address, name="bob") as bob:
                    await bob.say("x" * 10)
                await ann.press("up")
                await ann.until("Editing your message")
                ann.chat.composer.put("y" * 70_000)
                await ann.press("enter")
                await ann.until("70000 bytes")
                await ann.until("Editing your message")
                assert ann.draft == "y" * 70_000

    asyncio.run(scene())


def test_who_is_typing_is_shown_to_others(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.typing("lobby")
            await ann.until("bob is typing …")
            await bob.say("done")
            await ann.until(lambda: "typing" not in ann.screen)
            await ann.type("x")
            async with asyncio.timeout(20):
                async for event in bob:
                    if type(event).__name__ == "Typing":
                        break

    asyncio.run(scene())


def test_what_others_send_cannot_reach_the_terminal(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("[bold]x[/] $a {b} [@click=app.quit]y[/] \u202egnp.exe")
            await bob.topic("lobby", "[red]topic[/] ${x}")
            await ann.until("[@click=app.quit]y[/]")
            await ann.until("[red]topic[/] ${x}")
            assert "\u202e" not in ann.screen

    asyncio.run(scene())
