"""Answers, pins, quotes and emoji in the terminal client."""

import asyncio
from pathlib import Path

from hubbub.client import connect
from hubbub.testing import LocalServer
from tests.tui.seats import click, seat


def test_answers_are_counted_read_and_given_beside_the_log(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            seq = await bob.say("tea or coffee?")
            await ann.until("tea or coffee?")
            await bob.say("green tea", reply_to=seq)
            await ann.until("1 reply")
            await ann.press("f6", "up", "t")
            await ann.until("── 1 reply")
            await ann.until(lambda: ann.screen.count("green tea") == 2)
            await ann.say("a cup :tada:")
            await ann.until("── 2 replies")
            await ann.until("a cup 🎉")
            await bob.say("and milk", reply_to=seq)
            await ann.until("and milk")
            await ann.press("escape")
            await ann.until("3 replies")
            await ann.until(lambda: "── 3" not in ann.screen)

    asyncio.run(scene())


def test_a_pin_is_marked_and_found(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("the rules of the house")
            await ann.until("the rules")
            await ann.press("f6", "p")
            await ann.until("pinned")
            await ann.press("f6")
            await ann.say("/pins")
            await ann.until("Pinned here")
            await ann.until(lambda: ann.screen.count("the rules") > 1)
            await ann.type("zebra")
            await ann.until("There is no such message here.")
            await ann.press("escape")
            await ann.say("/pin")
            await ann.until("It is not pinned any more.")

    asyncio.run(scene())


def test_a_message_is_quoted_in_what_one_writes(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("one\ntwo")
            await ann.until("two")
            await ann.type("indeed")
            await ann.press("f6", "q")
            await ann.until(lambda: ann.draft == "> one\n> two\n\nindeed")

    asyncio.run(scene())


def test_an_emoji_is_found_and_written_and_the_next_time_among_the_first(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.type("so ")
            await ann.press("alt+e")
            await ann.until("Choose an emoji")
            await ann.type("party pop")
            await ann.until("party_popper")
            await ann.press("enter")
            await ann.until(lambda: ann.draft == "so 🎉")
            await ann.press("alt+e")
            await ann.until("🎉  tada")
            await ann.press("escape")
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.press("alt+e")
            await ann.until("🎉  tada")

    asyncio.run(scene())


def test_how_often_a_message_was_answered_stands_behind_it_and_leads_to_the_answers(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            seq = await bob.say("this is how:")
            await bob.say("```\nrun()\n```")
            await bob.say("thanks", reply_to=seq)
            await ann.until("this is how:  ↩ 1 reply")
            rows = [row.strip() for row in ann.screen.split("\n")]
            at = next(place for place, row in enumerate(rows) if "this is how" in row)
            assert rows[at + 1] == "run()"
            ann.send(click(ann.place("1 reply")))
            await ann.until("── 1 reply")
            await ann.press("escape")
            await ann.until(lambda: ann.chat.log_view.selected is None)

    asyncio.run(scene())


def test_former_texts_are_shown_with_all_their_lines(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("/join den")
            await ann.until(lambda: ann.room == "#den")
            await ann.say("/rules revisions on")
            await ann.until("said before edits")
            ann.chat.composer.put("first line\nsecond line")
            await ann.press("enter")
            await ann.until("second line")
            await ann.say("/edit nothing of it")
            await ann.until("(edited)")
            assert "second line" not in ann.screen
            await ann.press("f6", "h")
            await ann.until("Before it was edited")
            await ann.until("first line")
            rows = ann.screen.split("\n")
            at = next(place for place, row in enumerate(rows) if "first line" in row)
            assert "second line" in rows[at + 1]
            await ann.press("escape", "escape")
            await ann.until(lambda: "Before it was edited" not in ann.screen)
            ann.send(click(ann.place("(edited)")))
            await ann.until("Before it was edited")

    asyncio.run(scene())


def test_a_candidate_that_is_clicked_is_taken(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.type("/re")
            await ann.until("/reply")
            row = next(at for at, line in enumerate(ann.screen.split("\n")) if "/reply" in line)
            line = ann.screen.split("\n")[row]
            ann.send(click((line.index("/react") + 2, row + 1)))
            await ann.until(lambda: ann.draft == "/react ")

    asyncio.run(scene())


def test_a_text_that_is_too_long_goes_as_several_messages(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            ann.chat.composer.put("first " + "a " * 33_000 + "last")
            await ann.press("enter")
            await ann.until("It is too long for one message. Send it as 2?")
            await ann.press("enter")
            await ann.until(lambda: ann.screen.count("last") == 1)
            texts: list[str] = []
            async with asyncio.timeout(20):
                while len(texts) < 2:
                    page = await bob.history("lobby")
                    texts = [one.text for one in page.messages]
            assert [text[:5] for text in texts] == ["first", "a a a"]

    asyncio.run(scene())
