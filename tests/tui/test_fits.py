"""Every size and every theme: nothing breaks, and panes fold away where there is no room."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from hubbub.client import connect
from hubbub.testing import LocalServer, serving
from hubbub.tui.themes import THEMES

from .seats import Seat, seat

SIZES = st.one_of(
    st.just((1, 1)),
    st.tuples(st.integers(1, 40), st.integers(1, 12)),
    st.sampled_from([(300, 100)]),
)
PANES = ("rooms", "members")
TEXTS = [
    "hello",
    "漢字かな交じり文" * 9,
    "👨\u200d👩\u200d👧🇩🇪 " * 20,
    "x" * 300,
    "```\ncode\n```",
    "\n".join("abc"),
]


def lines_fit(ann: Seat) -> bool:
    width, height = ann.app.size
    lines = ann.screen.split("\n")
    return len(lines) <= height and all(cell_len(line) <= width for line in lines)


@settings(max_examples=4, deadline=None)
@given(st.lists(SIZES, min_size=3, max_size=8))
def test_any_size_from_one_cell_up_can_be_chatted_in(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int]]
) -> None:
    async def scene(address: str, folder: Path) -> None:
        async with connect(address, name="bob") as bob, seat(address, folder) as ann:
            for number, (width, height) in enumerate(sizes):
                await ann.pilot.resize_terminal(width, height)
                await bob.say(TEXTS[number % len(TEXTS)])
                await ann.press("x", "pageup", "up", "f6", "up", "escape", "tab")
                await ann.pilot.pause()
                assert lines_fit(ann)
            await ann.pilot.resize_terminal(100, 30)
            ann.chat.composer.put("")
            await ann.say("still here")
            await ann.until("still here")

    with serving() as server:
        asyncio.run(scene(server.address, tmp_path_factory.mktemp("profile")))


def test_panes_fold_away_and_can_be_shown_all_the_same(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path, size=(120, 30)) as ann:

            def shown() -> list[str]:
                return [name for name in PANES if ann.chat.query_one(f"#{name}").display]

            await ann.until(lambda: shown() == ["rooms", "members"])
            await ann.pilot.resize_terminal(100, 30)
            await ann.until(lambda: shown() == ["rooms"])
            await ann.pilot.resize_terminal(60, 30)
            await ann.until(lambda: shown() == [])
            await ann.press("f2")
            await ann.until(lambda: shown() == ["rooms"])
            await ann.press("f2", "f3")
            await ann.until(lambda: shown() == ["members"])
        async with seat(hubbub_server.address, tmp_path, size=(60, 30)) as ann:
            assert [one for one in PANES if ann.chat.query_one(f"#{one}").display] == ["members"]

    asyncio.run(scene())


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_there_is_room_for_text_at_every_width(
    hubbub_server: LocalServer, tmp_path: Path, columns: int
) -> None:
    """From 80 columns on, text has 56 of them; long names are cut for it, and no others."""
    names = ["Maximiliane-Charlotte von Hohenf", "佐藤花子", "עדי לוי"]

    async def scene() -> None:
        address = hubbub_server.address
        async with seat(address, tmp_path, size=(columns, 30)) as ann:
            for name in names:
                async with connect(address, name=name) as one:
                    await one.say("word " * 40)
            await ann.taken(3)
            await ann.until(lambda: names[-1] in ann.screen)
            assert lines_fit(ann)
            rows = ann.screen.split("\n")
            before = [row.partition("word word")[0] for row in rows if "word word" in row]
            texts = [cell_len(one) for one in before]
            assert len(set(texts)) == 1, "the text stands in one column"
            left = ann.chat.log_view.region.right - 1 - texts[0]
            assert left >= min(56, columns - 4)
            assert names[1] in ann.screen
            assert (names[0] in ann.screen) is (columns in (40, 200)), ann.screen

    asyncio.run(scene())


def test_unread_rooms_are_named_below_where_the_list_has_no_room(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob", room="kitchen") as bob,
            seat(address, tmp_path, size=(60, 20)) as ann,
        ):
            await ann.say("/join kitchen")
            await ann.until("#kitchen")
            await ann.press("alt+1")
            await bob.say("soup")
            await ann.until("#kitchen 1")

    asyncio.run(scene())


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_can_be_chosen_and_is_remembered(
    hubbub_server: LocalServer, tmp_path: Path, theme: str
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path, theme=None) as ann:
            await ann.say(f"/theme {theme}")
            await ann.until(lambda: ann.app.theme == THEMES[theme].name)
            await ann.say("`code` **bold** https://example.org")
            await ann.until("code bold https://example.org")
        assert f'theme = "{theme}"' in (tmp_path / "client.toml").read_text()
        async with seat(hubbub_server.address, tmp_path, theme=None) as ann:
            assert ann.app.theme == THEMES[theme].name

    asyncio.run(scene())


def test_without_colours_nothing_is_lost(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            assert ann.app.no_color
            await ann.say("plain enough")
            await ann.until("ann  plain enough")

    asyncio.run(scene())
