"""What the mouse marks in the log is seen, and goes into the clipboard: the words, and no more."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hubbub.client import Chat, connect
from hubbub.testing import LocalServer

from .seats import Seat, click, press, release, seat, to

COPY = "\x03"
Scene = Callable[[Seat, Chat], Awaitable[None]]


def play(
    scene: Scene, server: LocalServer, folder: Path, size: tuple[int, int] = (100, 30)
) -> None:
    async def played() -> None:
        address = server.address
        async with connect(address, name="bob") as bob, seat(address, folder, size=size) as ann:
            await scene(ann, bob)

    asyncio.run(played())


def drag(ann: Seat, first: str, last: str) -> str:
    """Return what a terminal sends while the mouse marks from a text to the end of another."""
    column, row = ann.place(last)
    return press(ann.place(first)) + to((column + len(last) - 1, row))


def highlighted(ann: Seat) -> str:
    """Return what is shown as marked in the log, row by row."""
    region = ann.chat.log_view.region
    rows = ann.app.screen._compositor.render_strips()[region.y : region.bottom]
    parts = [[part.text for part in row if part.style and part.style.reverse] for row in rows]
    return "\n".join("".join(row).rstrip() for row in parts).strip("\n")


async def copied(ann: Seat) -> str:
    """Copy what is marked, and return what is in the clipboard then."""
    ann.send(COPY)
    await ann.until("Copied")
    return ann.app.clipboard


def test_the_words_between_press_and_release_are_marked_and_copied(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("the quick brown fox jumps")
        await ann.until("fox")
        dragged = drag(ann, "quick", "fox")
        ann.send(dragged)
        await ann.until(lambda: highlighted(ann) == "quick brown fox")
        ann.send(release(ann.place("x jumps")) + "typed")
        await ann.until(lambda: ann.draft == "typed")
        assert highlighted(ann) == "quick brown fox"
        assert await copied(ann) == "quick brown fox"
        await ann.until(lambda: not highlighted(ann))
        assert ann.draft == "typed"

    play(scene, hubbub_server, tmp_path)


@pytest.mark.parametrize("width", [100, 44])
def test_what_a_wrap_broke_is_whole_again_and_what_stands_around_stays_out(
    hubbub_server: LocalServer, tmp_path: Path, width: int
) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    text = f"start {'and so on and on ' * 8}{'漢字也可以标记到这里为止' * 2} {family} ok"

    async def scene(ann: Seat, bob: Chat) -> None:
        seq = await bob.say("first\n\n  second")
        await bob.say(text, reply_to=seq)
        await ann.until("ok")
        height = ann.chat.log_view.size.height
        await ann.press("f6", "+")
        await ann.until("Choose an emoji")
        await ann.say("tada")
        await ann.until("🎉 ann")
        column, row = ann.place("ok")
        ann.send(press(ann.place("start and so on")) + to((column + 1, row)))
        assert await copied(ann) == text
        ann.send(release((1, 1)))
        await ann.until(lambda: "r reply" not in ann.screen)
        await ann.until(lambda: ann.chat.log_view.size.height == height)
        column, row = ann.place("ok")
        reactions = (width - 20, row + 1)
        ann.send(press(ann.place("start and so on")) + to(reactions))
        await ann.until(lambda: "ok" in highlighted(ann))
        assert "tada" not in highlighted(ann)
        assert "ann" not in highlighted(ann)
        ann.app.copy_to_clipboard("")
        ann.send(COPY)
        await ann.until(lambda: ann.app.clipboard == text)

    play(scene, hubbub_server, tmp_path, (width, 30))


def test_lines_and_code_keep_their_breaks_and_their_indentation(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("so:\n```python\nif x:\n\n    go()\n```\n**done**, really")
        await ann.until("really")
        ann.send(drag(ann, "so:", "really"))
        assert await copied(ann) == "so:\nif x:\n\n    go()\ndone, really"

    play(scene, hubbub_server, tmp_path)


@pytest.mark.parametrize("width", [100, 44])
def test_over_several_messages_each_says_when_and_by_whom(
    hubbub_server: LocalServer, tmp_path: Path, width: int
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("one two")
        gone = await bob.say("nothing of this")
        assert gone is not None
        await bob.delete("lobby", gone)
        edited = await bob.say("to be edited")
        assert edited is not None
        await bob.edit("lobby", edited, "three\nfour")
        await ann.until("(edited)")
        await ann.until("(deleted)")
        await ann.say("five six")
        await ann.taken(4)
        ann.send(drag(ann, "two", "five"))
        told = (await copied(ann)).split("\n")
        assert [re.sub(r"^\[\d\d:\d\d\] ", "at ", line) for line in told] == [
            "at bob: two",
            "at bob: three",
            "four",
            "at ann: five",
        ]

    play(scene, hubbub_server, tmp_path, (width, 30))


def test_a_mark_stays_with_its_words_while_messages_come_and_the_width_changes(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("look at these words, they stay marked")
        await ann.until("stay marked")
        ann.send(drag(ann, "these", "words") + release((1, 1)))
        await ann.until(lambda: highlighted(ann) == "these words")
        for number in range(5):
            await bob.say(f"message {number}")
        await ann.until("message 4")
        assert highlighted(ann) == "these words"
        await ann.pilot.resize_terminal(50, 20)
        await ann.until(lambda: highlighted(ann) == "these words")
        await bob.say("\n".join(["far"] * 40))
        await ann.until(lambda: not highlighted(ann))
        assert await copied(ann) == "these words"

    play(scene, hubbub_server, tmp_path)


@pytest.mark.parametrize("height", [30, 6])
def test_beyond_the_edge_the_log_scrolls_and_the_mark_grows(
    hubbub_server: LocalServer, tmp_path: Path, height: int
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        for number in range(40):
            await bob.say(f"number {number}.")
        await ann.until("number 39.")
        ann.send(press(ann.place("39.")) + to((60, 1)))
        await ann.until("number 2.")
        ann.send(release((60, 1)))
        lines = (await copied(ann)).split("\n")
        assert lines[-1].endswith("bob: number 3")
        assert [line.split()[-1] for line in lines[:-1]] == [
            f"{number}." for number in range(40 - len(lines), 39)
        ]
        assert len(lines) > 36

    play(scene, hubbub_server, tmp_path, (100, height))


def test_wide_characters_are_marked_whole_from_either_half(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("a漢字👍🏽b")
        await ann.until("漢字")
        column, row = ann.place("漢")
        ann.send(press((column + 1, row)) + to((column + 4, row)))
        await ann.until(lambda: highlighted(ann) == "漢字👍🏽")
        assert await copied(ann) == "漢字👍🏽"

    play(scene, hubbub_server, tmp_path)


def test_two_clicks_mark_a_word_and_three_a_message(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("some words\nin lines")
        await ann.until("in lines")
        ann.send(click(ann.place("ords")) * 2)
        await ann.until(lambda: highlighted(ann) == "words")
        ann.send(click(ann.place("lines")) * 3)
        await ann.until(lambda: highlighted(ann) == "some words\nin lines")
        ann.send(click(ann.place("bob")))
        await ann.until(lambda: not highlighted(ann))

    play(scene, hubbub_server, tmp_path)


def test_a_mark_that_ends_on_an_address_does_not_open_it(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        opened: list[str] = []
        monkeypatch.setattr(ann.app, "open_url", opened.append)
        await bob.say("see https://example.org/x soon")
        await ann.until("soon")
        place = ann.place("ample")
        ann.send(press(ann.place("see")) + to(place) + release(place) + "!")
        await ann.until(lambda: ann.draft == "!")
        assert await copied(ann) == "see https://exa"
        assert not opened

    play(scene, hubbub_server, tmp_path)


def test_escape_unmarks(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("hello")
        await ann.until("hello")
        ann.send(drag(ann, "hello", "hello"))
        await ann.until(lambda: highlighted(ann) == "hello")
        ann.send(release((1, 1)))
        await ann.press("escape")
        await ann.until(lambda: not highlighted(ann))
        assert not ann.chat.log_view.marked

    play(scene, hubbub_server, tmp_path)


def test_beside_the_log_there_is_nothing_to_mark(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        await ann.until("◌ bob")
        ann.send(press((3, 2)) + to((8, 9)) + release((8, 9)) + COPY)
        await ann.until("Ctrl+Q quits.")
        assert ann.app.clipboard == ""

    play(scene, hubbub_server, tmp_path, size=(120, 30))
