"""Whatever comes at once has its effect in the order in which it came, and no word is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual import events

from hubbub.client import Chat, connect
from hubbub.testing import LocalServer
from hubbub.tui.actions import BY_NAME

from .seats import FOCUS_OUT, Seat, click, seat

SENTENCE = "+1, red jokes end: e d r c g k"
"""Begins and goes on with letters that act on messages while some are chosen."""

F6, ESCAPE, CTRL_K, ALT_1 = "\x1b[17~", "\x1b", "\x0b", "\x1b1"

Scene = Callable[[Seat, Chat], Awaitable[None]]


def play(scene: Scene, server: LocalServer, folder: Path) -> None:
    async def played() -> None:
        async with connect(server.address, name="bob") as bob, seat(server.address, folder) as ann:
            await bob.say("see https://example.org/x for more")
            await ann.until("for more")
            await scene(ann, bob)

    asyncio.run(played())


@pytest.mark.parametrize("at", ["for more", "https://", "bob", "the beginning", "──"])
def test_a_click_in_the_log_leaves_the_next_sentence_to_the_composer(
    hubbub_server: LocalServer, tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        monkeypatch.setattr(ann.app, "open_url", lambda _: None)
        ann.send(click(ann.place(at)) + SENTENCE)
        await ann.until(lambda: ann.draft == SENTENCE)

    play(scene, hubbub_server, tmp_path)


def test_a_click_on_the_mark_of_what_is_below_leaves_the_next_sentence_to_the_composer(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, bob: Chat) -> None:
        await bob.say("\n".join(["line"] * 50))
        await ann.until("line")
        await ann.press("pageup")
        await bob.say("something new")
        await ann.until("1 new ↓")
        ann.send(click(ann.place("1 new ↓")) + SENTENCE)
        await ann.until(lambda: ann.draft == SENTENCE)
        await ann.until("something new")

    play(scene, hubbub_server, tmp_path)


@pytest.mark.parametrize(
    "ending", [ESCAPE, F6, "\t", click((50, 10)), click((40, 29)), "\x1b[O\x1b[I" + ESCAPE]
)
def test_the_mode_in_which_letters_act_ends_at_once(
    hubbub_server: LocalServer, tmp_path: Path, ending: str
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        ann.send(F6)
        await ann.until("d delete")
        ann.send(ending + "Once more: " + SENTENCE)
        await ann.until(lambda: ann.draft == "Once more: " + SENTENCE)
        assert "d delete" not in ann.screen
        assert ann.chat.log_view.selected is None

    play(scene, hubbub_server, tmp_path)


def test_the_mode_begins_with_a_key_that_also_brings_the_focus_back(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        ann.send(FOCUS_OUT)
        await ann.until(lambda: not ann.app.app_focus)
        ann.send(F6)
        await ann.until("d delete")
        ann.send("rmy answer")
        await ann.until(lambda: ann.draft == "my answer")

    play(scene, hubbub_server, tmp_path)


def test_letters_act_as_soon_as_the_mode_begins(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        ann.send(F6 + "rmy answer")
        await ann.until("Answering bob: see")
        await ann.until(lambda: ann.draft == "my answer")

    play(scene, hubbub_server, tmp_path)


def test_the_mode_in_which_letters_act_does_not_outlive_its_room(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        await ann.say("/join kitchen")
        await ann.until(lambda: ann.room == "#kitchen")
        ann.send(F6)
        await ann.until("d delete")
        ann.send(ALT_1 + SENTENCE)
        await ann.until(lambda: ann.room == "#lobby")
        await ann.until(lambda: ann.draft == SENTENCE)
        assert "d delete" not in ann.screen

    play(scene, hubbub_server, tmp_path)


@pytest.mark.parametrize("before", ["", F6, "\x1b[O", F6 + "\x1b[O"])
def test_a_paste_arrives_in_the_composer_whatever_has_the_focus(
    hubbub_server: LocalServer, tmp_path: Path, before: str
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        ann.send(before + "\x1b[200~d\re\x1b[201~")
        await ann.until(lambda: ann.draft == "d\ne")
        ann.send("!")
        await ann.until(lambda: ann.draft == "d\ne!")

    play(scene, hubbub_server, tmp_path)


def test_a_key_for_another_room_parts_what_was_typed_before_and_after(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        await ann.say("/join kitchen")
        await ann.until(lambda: ann.room == "#kitchen")
        ann.send(f"in the kitchen{ALT_1}in the lobby\r")
        await ann.until("ann  in the lobby")
        assert ann.room == "#lobby"
        ann.send("\x1b2")
        await ann.until(lambda: ann.draft == "in the kitchen")

    play(scene, hubbub_server, tmp_path)


def test_what_is_typed_for_a_dialog_does_not_become_a_message(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        await ann.say("/join kitchen")
        await ann.until(lambda: ann.room == "#kitchen")
        ann.send(f"{CTRL_K}lob\rhello lobby\r")
        await ann.until("ann  hello lobby")
        assert ann.room == "#lobby"
        ann.send("\x06more\r")  # Ctrl+F: the search asks the server first
        await ann.until(lambda: ann.chat.log_view.selected is not None)
        assert ann.draft == ""

    play(scene, hubbub_server, tmp_path)


def test_a_dialog_that_opens_while_the_user_is_elsewhere_takes_what_is_typed_then(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(ann: Seat, _bob: Chat) -> None:
        ann.app.post_message(events.AppBlur())
        await ann.until(lambda: not ann.app.app_focus)
        ann.chat.orders.do(BY_NAME["switch"])
        await ann.until("Go to")
        ann.send("\x1b[Ilob")
        await ann.until("lob")

    play(scene, hubbub_server, tmp_path)
