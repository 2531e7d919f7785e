"""Tab, and the strip of candidates above the input."""

from textual.pilot import Pilot

from hubbub.tui.composer import Composer
from tests.tui.composer.stage import Stage, play


def test_tab_and_shift_tab_go_round() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("a", "n", "tab")
        assert stage.composer.draft == ("Anna: ", (0, 6))
        assert stage.strip == " Anna  Ann Lee "
        await pilot.press("tab")
        assert stage.composer.text == "Ann Lee: "
        await pilot.press("tab")
        assert stage.composer.text == "Anna: "
        await pilot.press("shift+tab")
        assert stage.composer.text == "Ann Lee: "

    play(scene)


def test_shift_tab_begins_with_the_last() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("a", "n", "shift+tab")
        assert stage.composer.text == "Ann Lee: "

    play(scene)


def test_any_other_key_keeps_the_choice_and_closes_the_strip() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("a", "n", "tab", "h")
        assert stage.composer.text == "Anna: h"
        assert stage.strip == ""
        await pilot.press("tab")
        assert stage.composer.text == "Anna: h"

    play(scene)


def test_escape_takes_the_choice_back() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("@", "a", "n", "tab", "tab", "escape")
        assert stage.composer.draft == ("@an", (0, 3))
        assert stage.strip == ""
        assert stage.count(Composer.Cancelled) == 0
        await pilot.press("escape")
        assert stage.count(Composer.Cancelled) == 1

    play(scene)


def test_undo_takes_a_completion_back_in_one_step() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press(*":tada", "backspace", "tab", "tab", "tab")
        assert len(stage.composer.text) < 4
        await pilot.press("x", "ctrl+z")
        assert len(stage.composer.text) < 4
        await pilot.press("ctrl+z")
        assert stage.composer.text == ":tad"
        await pilot.press("ctrl+y")
        assert len(stage.composer.text) < 4

    play(scene)


def test_candidates_show_while_a_word_is_typed() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        strips = []
        for key in ("/", "w", "o", "x", "backspace", "left"):
            await pilot.press(key)
            strips.append(stage.strip)
        assert strips == ["", " /who  /wonder ", " /wonder ", "", " /wonder ", ""]
        stage.composer.put("so ")
        await pilot.press(*":tada")
        assert stage.strip.startswith(" 🎉 tada ")

    play(scene)


def test_a_chosen_command_shows_its_purpose() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("/", "w", "tab")
        assert stage.composer.text == "/who "
        assert stage.strip == " /who  who is here  /wonder "

    play(scene)


def test_the_strip_takes_one_row_while_it_shows_something() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        heights = []
        for key in ("@", "a", "escape"):
            await pilot.press(key)
            await pilot.pause()
            heights.append(stage.box.size.height)
        assert heights == [1, 2, 1]

    play(scene)


def test_escape_hides_the_strip_until_the_word_ends() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("@", "a", "escape")
        assert stage.composer.text == "@a"
        await pilot.press("n", "x", "backspace")
        assert stage.strip == ""
        await pilot.press("space", "@", "b")
        assert stage.strip == " bob "

    play(scene)


def test_deleting_the_word_ends_the_hush() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("@", "a", "escape", "ctrl+u", "@", "b")
        assert stage.strip == " bob "

    play(scene)


def test_another_draft_ends_the_hush() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("@", "a", "escape")
        stage.composer.put("@")
        await pilot.press("b")
        assert stage.strip == " bob "

    play(scene)


def test_enter_sends_and_chooses_nothing() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("/", "w", "enter")
        assert stage.entered == ["/w"]
        assert stage.strip == ""

    play(scene)


def test_tab_with_nothing_to_complete_does_nothing() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("tab", "x", "y", "tab", "shift+tab")
        assert stage.composer.text == "xy"
        assert stage.composer.has_focus
        assert stage.strip == ""

    play(scene)


def test_a_click_a_lost_focus_and_another_draft_close_the_strip() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        async def click() -> None:
            await pilot.click(stage.composer)

        async def leave() -> None:
            stage.composer.blur()
            await pilot.pause()
            stage.composer.focus()

        async def switch() -> None:
            stage.composer.put("x")

        for close in (click, leave, switch):
            stage.composer.put("")
            await pilot.press("@", "a", "tab")
            assert stage.strip
            await close()
            assert stage.strip == ""
            text = stage.composer.text
            await pilot.press("tab")  # begins anew
            assert stage.composer.text == text

    play(scene)


def test_a_completion_in_a_later_line() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("a", "ctrl+j", "b", "o", "tab")
        assert stage.composer.draft == ("a\nbob ", (1, 4))

    play(scene)
