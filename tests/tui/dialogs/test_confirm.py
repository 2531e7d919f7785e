"""A question is answered on purpose, or not at all."""

import asyncio

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from hubbub.tui.dialogs.confirm import Confirm


class Stage(App[None]):
    """Asks, and keeps the answers and what was typed."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[bool | None] = []
        self.typed: list[str] = []

    def ask(self, *, is_likely: bool = False) -> None:
        question = Confirm("Delete it?", "Delete", self.typed.append, is_likely=is_likely)
        self.push_screen(question, self.answers.append)


def answered(*keys: str, is_likely: bool = False) -> Stage:
    """Return the stage after a question and some keys."""
    stage = Stage()

    async def scene() -> None:
        async with stage.run_test() as pilot:
            stage.ask(is_likely=is_likely)
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
            await pilot.pause()

    asyncio.run(scene())
    return stage


@pytest.mark.parametrize("key", ["enter", "escape", "ctrl+c"])
def test_a_single_key_goes_back(key: str) -> None:
    assert answered(key).answers == [False]


@pytest.mark.parametrize("key", ["y", "n", "d", "space", "delete", "1"])
def test_a_letter_or_a_space_is_typed_on_or_does_nothing(key: str) -> None:
    stage = answered(key)
    assert True not in stage.answers
    assert stage.typed == ([] if key == "delete" else [" " if key == "space" else key])


@pytest.mark.parametrize("way", ["left", "right", "up", "tab", "shift+tab"])
def test_who_goes_to_the_button_and_presses_it_means_it(way: str) -> None:
    assert answered(way, "enter").answers == [True]


def test_a_likely_answer_takes_one_key() -> None:
    assert answered("enter", is_likely=True).answers == [True]


def test_what_was_pressed_before_the_question_does_not_answer_it() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        early = events.Key("enter", None)
        stage.ask(is_likely=True)
        await pilot.pause()
        stage.post_message(early)
        await pilot.pause()
        assert not stage.answers
        await pilot.press("enter")
        assert stage.answers == [True]

    stage = Stage()

    async def played() -> None:
        async with stage.run_test() as pilot:
            await scene(stage, pilot)

    asyncio.run(played())
