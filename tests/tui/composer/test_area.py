"""Typing, moving and deleting, where a grapheme cluster is one character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from hubbub.tui.composer import Composer
from hubbub.tui.composer.graphemes import boundaries
from tests.desk.texts import CLUSTERS, texts
from tests.tui.composer.stage import Stage, play

FAMILY = "👨\u200d👩\u200d👧"
MIXED = (FAMILY, "🇩🇪", "👍🏽", "e\u0301", "1\ufe0f\u20e3", "क्षि", "你", "a")

ACTIONS = (
    *("cursor_left", "cursor_right", "cursor_up", "cursor_down", "cursor_word_left"),
    *("cursor_word_right", "cursor_line_start", "cursor_line_end", "row_start", "row_end"),
    *("delete_left", "delete_right", "delete_word_left", "delete_word_right"),
    *("delete_to_start_of_line", "new_line", "undo", "redo"),
)


def is_between_clusters(composer: Composer) -> bool:
    return all(
        column in boundaries(composer.document.get_line(row)) for row, column in composer.selection
    )


def is_whole(text: str) -> bool:
    """Return whether a text is made of the clusters that it was made from, and no parts of them."""
    return all(
        line[at:to] in CLUSTERS
        for line in text.split("\n")
        for at, to in zip(boundaries(line), boundaries(line)[1:], strict=False)
    )


def test_any_walk_keeps_clusters_whole() -> None:
    async def scene(stage: Stage, _pilot: Pilot[None]) -> None:
        composer = stage.composer

        @settings(deadline=None)
        @given(texts, st.integers(2, 12), st.lists(st.sampled_from(ACTIONS), max_size=25))
        def walk(text: str, width: int, actions: list[str]) -> None:
            composer.put(text)
            composer.wrapped_document.wrap(width)
            for action in actions:
                getattr(composer, f"action_{action}")()
                assert is_between_clusters(composer)
                assert is_whole(composer.text)

        walk()

    play(scene)


def test_a_selection_holds_whole_clusters() -> None:
    async def scene(stage: Stage, _pilot: Pilot[None]) -> None:
        composer = stage.composer

        @settings(deadline=None)
        @given(texts, *[st.tuples(st.integers(0, 3), st.integers(0, 40))] * 2)
        def select(text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
            composer.put(text)
            composer.move_cursor(start)
            composer.move_cursor(end, select=True)
            assert is_between_clusters(composer)
            composer.action_delete_left()
            assert is_whole(composer.text)

        select()

    play(scene)


def test_left_and_backspace_take_a_whole_cluster() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("".join(MIXED))
        for count in range(len(MIXED) - 1, -1, -1):
            await pilot.press("left")
            assert stage.composer.cursor_location == (0, len("".join(MIXED[:count])))
        await pilot.press("right", "backspace")
        assert stage.composer.text == "".join(MIXED[1:])
        await pilot.press("delete", "delete")
        assert stage.composer.text == "".join(MIXED[3:])

    play(scene)


def test_up_and_down_land_between_clusters() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put(f"abc\n{FAMILY}{FAMILY}\nabc")
        await pilot.press("up")
        assert stage.composer.cursor_location == (1, len(FAMILY))
        await pilot.press("up")
        assert stage.composer.cursor_location == (0, 3)

    play(scene)


def test_a_click_within_a_cluster_lands_at_its_start() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put(f"{FAMILY}{FAMILY}ab")
        for x, column in [(3, len(FAMILY)), (5, 2 * len(FAMILY) + 1), (1, 0)]:
            await pilot.click(stage.composer, offset=(x, 0))
            assert stage.composer.cursor_location == (0, column)

    play(scene)


def test_the_cursor_is_drawn_on_the_whole_cluster() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put(f"a{FAMILY}b")
        await pilot.press("left", "left")
        drawn = [segment.text for segment in stage.composer.render_line(0)]
        assert drawn[:3] == ["a", FAMILY, "b "]

    play(scene)


def test_no_bracket_is_marked() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("(a)")
        await pilot.press("home")
        drawn = [segment.text for segment in stage.composer.render_line(0)]
        assert drawn[:2] == ["(", "a) "]

    play(scene)


def test_a_style_that_begins_or_ends_within_a_cluster_takes_all_of_it() -> None:
    async def scene(stage: Stage, _pilot: Pilot[None]) -> None:
        stage.composer.put(f"a{FAMILY}b")
        line = stage.composer.get_line(0)
        line.stylize("bold", 2, 3)
        line.stylize("dim", 3)
        assert [span[:2] for span in line.spans] == [(1, 6), (1, 7)]

    play(scene)


def test_what_joins_its_neighbour_takes_the_cursor_behind_both() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for character in "👨\u200d👩":
            stage.post_message(events.Key(f"key {ord(character)}", character))
        await pilot.pause()
        assert stage.composer.text == "👨\u200d👩"
        await pilot.press("home")
        stage.composer.insert("👩\u200d", maintain_selection_offset=False)
        assert stage.composer.cursor_location == (0, 5)
        await pilot.press("a")
        assert stage.composer.text == "👩\u200d👨\u200d👩a"

    play(scene)


def test_the_space_of_another_script_is_typed() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.post_message(events.Key("ideographic_space", "\u3000"))
        await pilot.pause()
        assert stage.composer.text == "\u3000"

    play(scene)


def test_keys_take_effect_in_the_order_of_pressing() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for key in ("a", "b", "backspace", "c", "home", "d", "enter", "e"):
            stage.post_message(events.Key(key, None))
        await pilot.pause()
        assert stage.entered == ["dac"]
        assert stage.composer.text == "e"

    play(scene)


MOTIONS = {
    "ctrl+left": 8,
    "alt+b": 8,
    "alt+left": 8,
    "ctrl+a": 0,
    "home": 0,
    "ctrl+a alt+f": 3,
    "ctrl+a ctrl+right": 3,
    "ctrl+a alt+right": 3,
    "ctrl+a ctrl+e": 13,
    "ctrl+a end": 13,
}
DELETIONS = {
    "ctrl+w": "one two ",
    "alt+backspace": "one two ",
    "ctrl+a alt+d": " two three",
    "ctrl+a alt+d alt+d": " three",
    "ctrl+left ctrl+u": "three",
    "ctrl+w ctrl+z": "one two three",
    "ctrl+w ctrl+z ctrl+y": "one two ",
    "shift+left shift+left ctrl+u": "one two thr",
    "shift+home alt+d": "",
}


def test_motions() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for keys, cursor in MOTIONS.items():
            stage.composer.put("one two three")
            await pilot.press(*keys.split())
            assert stage.composer.draft == ("one two three", (0, cursor)), keys

    play(scene)


def test_deletions() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for keys, text in DELETIONS.items():
            stage.composer.put("one two three")
            await pilot.press(*keys.split())
            assert stage.composer.text == text, keys

    play(scene)


def test_at_the_start_of_a_line_ctrl_u_joins_it_to_the_one_before() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("one\ntwo")
        await pilot.press("ctrl+u", "ctrl+u")
        assert stage.composer.draft == ("one", (0, 3))

    play(scene)


UNBOUND = (
    *("ctrl+k", "f6", "f7", "pageup", "pagedown", "ctrl+p", "ctrl+f", "alt+1", "alt+9"),
    *("alt+up", "alt+down", "alt+a", "ctrl+c", "ctrl+home", "ctrl+end"),
)


def test_keys_of_the_app_come_through() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("text")
        for key in UNBOUND:
            letter = key[-1] if key.startswith("alt+") else None  # as an old terminal sends it
            stage.post_message(events.Key(key, letter))
            await pilot.pause()
        assert stage.missed == list(UNBOUND)
        assert stage.composer.text == "text"

    play(scene)


def test_ctrl_c_copies_what_is_selected() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("text")
        await pilot.press("shift+left", "shift+left", "ctrl+c")
        assert stage.clipboard == "xt"
        assert "ctrl+c" not in stage.missed

    play(scene)


@pytest.mark.parametrize("key", ["alt+enter", "ctrl+j", "shift+enter"])
def test_a_new_line(key: str) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("a", key, "b")
        assert stage.composer.text == "a\nb"

    play(scene)


def test_a_paste_is_one_draft_without_controls() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        stage.post_message(events.Paste("a\r\nb\rc\u2028d\n\te\x1b[31m\x07f"))
        await pilot.pause()
        pasted = "xa\nb\nc\nd\n\te[31mf"
        assert stage.composer.text == pasted
        assert not stage.entered
        await pilot.press("y", "ctrl+z")
        assert stage.composer.text == pasted
        await pilot.press("ctrl+z")
        assert stage.composer.text == "x"

    play(scene)


def test_a_paste_of_one_character_is_a_step_of_its_own() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        stage.post_message(events.Paste("y"))
        await pilot.pause()
        await pilot.press("z", "ctrl+z", "ctrl+z")
        assert stage.composer.text == "x"

    play(scene)


def test_cut_and_paste() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.composer.put("ab")
        await pilot.press("shift+left", "ctrl+x", "home", "ctrl+v")
        assert stage.composer.draft == ("ba", (0, 1))

    play(scene)


def test_nothing_ticks() -> None:
    async def scene(stage: Stage, _pilot: Pilot[None]) -> None:
        composer = stage.composer
        assert composer.has_focus
        assert not composer.cursor_blink
        assert not composer.blink_timer._active.is_set()

    play(scene)
