"""Sending, history, drafts and the external editor, as the user meets them."""

import pytest
from textual import events
from textual.pilot import Pilot

from hubbub.chat.errors import HubbubError
from hubbub.desk.room import Draft
from hubbub.tui.composer import Composer
from tests.tui.composer.stage import Stage, play


def test_enter_hands_the_text_over() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("h", "i", "enter")
        assert stage.entered == ["hi"]
        assert stage.composer.text == ""
        assert stage.sent.entries == ["hi"]

    play(scene)


def test_a_blank_text_is_not_sent() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "space", "ctrl+j", "enter")
        assert not stage.entered
        assert stage.composer.text == " \n"

    play(scene)


def test_sent_text_cannot_be_undone_into_the_input() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("h", "i", "enter")
        await pilot.press("ctrl+z")
        assert stage.composer.text == ""

    play(scene)


def test_typing_is_told_while_there_is_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("from the program")
        await pilot.pause()
        assert stage.count(Composer.Typed) == 0
        stage.composer.put("")
        await pilot.press("a")
        assert stage.count(Composer.Typed) == 1
        await pilot.press("backspace")
        assert stage.count(Composer.Typed) == 1
        await pilot.press("ctrl+z")
        assert stage.count(Composer.Typed) == 2
        await pilot.press("ctrl+y", "ctrl+z", "ctrl+z")
        assert stage.count(Composer.Typed) == 3
        await pilot.press("ctrl+y")
        assert stage.count(Composer.Typed) == 4

    play(scene)


def test_up_in_an_empty_input_wants_the_last_message() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.sent.add("before")
        await pilot.press("up")
        assert stage.count(Composer.LastWanted) == 1
        assert stage.composer.text == ""
        stage.composer.recall_older()
        await pilot.pause()
        assert stage.composer.text == "before"
        assert stage.count(Composer.Recalled) == 1

    play(scene)


def test_up_and_down_walk_through_the_history() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for text in ("first", "second\nline"):
            stage.sent.add(text)
        await pilot.press("n", "e", "w", "up")
        assert stage.composer.draft == ("second\nline", (1, 4))
        await pilot.press("up", "up")
        assert stage.composer.text == "first"
        await pilot.press("up")
        assert stage.composer.text == "first"
        await pilot.press("down", "down")
        assert stage.composer.text == "new"
        await pilot.press("down")
        assert stage.composer.draft == ("new", (0, 3))
        assert stage.count(Composer.Recalled) == 4

    play(scene)


def test_up_moves_within_a_wrapped_line_first() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.sent.add("before")
        stage.composer.put("a" * 30)
        await pilot.press("up")
        assert stage.composer.draft == ("a" * 30, (0, 11))
        await pilot.press("up")
        assert stage.composer.text == "before"

    play(scene, size=(20, 10))


def test_undo_does_not_lead_out_of_a_recalled_or_put_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.sent.add("before")
        await pilot.press("a", "up", "ctrl+z")
        assert stage.composer.text == "before"
        await pilot.press("b")
        stage.composer.put("of another room")
        await pilot.press("ctrl+z", "ctrl+z")
        assert stage.composer.text == "of another room"

    play(scene)


def test_a_draft_comes_back_with_its_cursor() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        draft = Draft("one\ntwo", (0, 2))
        stage.composer.put(draft)
        assert stage.composer.draft == draft
        stage.composer.put("one\ntwo")
        assert stage.composer.draft.cursor == (1, 3)
        stage.composer.put(Draft("ab", (0, 7)))
        assert stage.composer.draft.cursor == (0, 2)

    play(scene)


def test_another_draft_ends_the_walk_through_the_history() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for text in ("first", "second"):
            stage.sent.add(text)
        await pilot.press("a", "up", "up")
        stage.composer.put("other")
        await pilot.press("down")
        assert stage.composer.text == "other"
        await pilot.press("up")
        assert stage.composer.text == "second"

    play(scene)


def test_escape_is_for_the_app() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("escape")
        assert stage.count(Composer.Cancelled) == 1

    play(scene)


def test_the_box_grows_with_its_text_and_then_scrolls() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        heights = []
        for count in (1, 3, 8, 9, 30, 2):
            stage.composer.put("\n".join("x" * count))
            await pilot.pause()
            heights.append(stage.composer.size.height)
        assert heights == [1, 3, 8, 8, 8, 2]
        assert stage.box.size.height == 2
        stage.composer.styles.max_height = 3
        stage.composer.put("\n".join("x" * 30))
        await pilot.pause()
        assert stage.composer.size.height == 3
        assert stage.composer.scroll_offset.y == 27

    play(scene, size=(40, 20))


def test_undo_to_where_everything_fits_again() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("\n".join("12345678"))
        await pilot.press("ctrl+j", "ctrl+z", "ctrl+y", "ctrl+z")
        assert stage.composer.draft == ("\n".join("12345678"), (7, 1))
        assert stage.composer.scroll_offset.y == 0

    play(scene, size=(40, 20))


def test_a_long_line_makes_the_box_grow_too() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press(*"a word")
        assert stage.composer.size.height == 1
        await pilot.press(*" or two")
        assert stage.composer.size.height == 2

    play(scene, size=(10, 10))


@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_narrowest_terminal(width: int) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.placeholder = "Say something"
        stage.box.banner("Editing your message")
        await pilot.pause()
        text = "a 你👨\u200d👩\u200d👧\tb :ta"
        stage.post_message(events.Paste(text))
        await pilot.pause()
        await pilot.press("tab", "shift+tab", "escape", "up", "down", "home", "end", "left")
        await pilot.press("d", "ctrl+u")
        assert stage.composer.size.width == width
        assert stage.box.region.right <= width

    play(scene, size=(width, 12))


def test_the_banner_is_there_while_it_says_something() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert stage.box.size.height == 1
        stage.box.banner("Answering [b]ann[/b]")
        await pilot.pause()
        assert stage.box.size.height == 2
        banner = stage.query_one("#composer-banner")
        assert str(banner.render()) == "Answering [b]ann[/b]"
        stage.box.banner("")
        await pilot.pause()
        assert stage.box.size.height == 1

    play(scene)


# The external editor. The driver of tests cannot be suspended, so one is put in its place.


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make the terminal one that can be lent, and return what it was told."""
    told: list[str] = []

    def edited(text: str) -> str:
        told.append("edit")
        if text == "fail":
            raise HubbubError("It did [not] work.")
        return f"{text}\r\nmore"

    driver = "textual.drivers.headless_driver.HeadlessDriver"
    monkeypatch.setattr(f"{driver}.can_suspend", True)
    for word in ("suspend", "resume"):
        monkeypatch.setattr(f"{driver}.{word}_application_mode", lambda _, w=word: told.append(w))
    monkeypatch.setattr("hubbub.tui.composer.composer.edited", edited)
    return told


def said(stage: Stage) -> list[tuple[str, str]]:
    return [(one.message, one.severity) for one in stage._notifications]


def test_ctrl_x_ctrl_e_edits_the_draft_elsewhere(lent: list[str]) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("h", "i", "ctrl+x", "ctrl+e")
        assert lent == ["suspend", "edit", "resume"]
        assert stage.composer.draft == ("hi\nmore", (1, 4))
        assert said(stage) == []
        await pilot.press("ctrl+z")
        assert stage.composer.text == "hi"

    play(scene)


def test_a_failing_editor_leaves_the_draft_and_gives_the_terminal_back(lent: list[str]) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("fail")
        await pilot.press("ctrl+x", "ctrl+e")
        assert lent == ["suspend", "edit", "resume"]
        assert said(stage) == [("It did [not] work.", "warning")]
        assert stage.composer.text == "fail"

    play(scene)


def test_a_terminal_that_cannot_be_lent_is_said() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("h", "i", "ctrl+x", "ctrl+e")
        assert said(stage) == [("This terminal cannot be lent to an editor.", "warning")]
        assert stage.composer.text == "hi"

    play(scene)


def test_ctrl_e_alone_is_a_motion(lent: list[str]) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("h", "i", "ctrl+x", "home", "ctrl+e")
        assert stage.composer.draft == ("hi", (0, 2))
        await pilot.press("shift+left", "ctrl+x", "ctrl+e")
        assert stage.composer.text == "h"
        assert stage.clipboard == "i"
        assert lent == []

    play(scene)


def test_keys_from_before_a_text_came_back_send_nothing_and_stand_apart() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        keys = [
            events.Key("enter", "\r") if key == "\r" else events.Key(key, key) for key in "a\rb"
        ]
        stage.composer.put_back(Draft("/msg zoe"))
        for key in keys:
            stage.composer.post_message(key)
        await pilot.pause()
        assert stage.composer.text == "/msg zoe\na\nb"
        assert not stage.entered
        await pilot.press("c", "enter")
        assert stage.entered == ["/msg zoe\na\nbc"]

    play(scene)


def test_what_is_half_typed_goes_on_when_a_text_comes_back() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("h", "a")
        later = events.Key("l", "l")
        stage.composer.put_back(Draft(f"refused\n{stage.composer.text}"))
        stage.composer.post_message(later)
        await pilot.press("f")
        assert stage.composer.text == "refused\nhalf"

    play(scene)
