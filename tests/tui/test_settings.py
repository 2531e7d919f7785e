"""Settings are seen and changed while one chats, and kept in the user's own file."""

import asyncio
from pathlib import Path

from rich.color import Color

from hubbub.client import connect
from hubbub.testing import LocalServer

from .seats import Seat, seat


def notes(ann: Seat) -> list[str]:
    return [note.text for note in ann.chat.desk.rooms.current.log.notes()]


def row_of(ann: Seat, text: str) -> str:
    """Return what stands before a text in its row."""
    return next(row for row in ann.screen.split("\n") if text in row).partition(text)[0]


async def told(ann: Seat, words: str) -> None:
    await ann.until(lambda: any(words in note for note in notes(ann)))


def test_a_setting_is_shown_changed_at_once_and_kept(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        file = tmp_path / "client.toml"
        file.write_text("# my own words\n")
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("hello")
            await ann.taken(1)
            await ann.say("/set time")
            await told(ann, 'time = "24h". How times of day are written')
            await ann.say("/set time none")
            await told(ann, f'time = "none" now. It stands in {file}.')
            await ann.until(lambda: ":" not in row_of(ann, "ann  hello"))
            await ann.say("/set time 25h")
            await told(ann, '\'time\' must be "24h", "12h", "seconds" or "none"')
            await ann.press("ctrl+u")
        assert file.read_text() == '# my own words\ntime = "none"\n'
        async with seat(hubbub_server.address, tmp_path) as ann:
            assert ann.app.config.settings.time == "none"
            await ann.say("/set time default")
            await told(ann, 'time = "24h" now.')
        assert file.read_text() == "# my own words\n"

    asyncio.run(scene())


def test_keys_widths_and_colours_hold_at_once(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path, size=(120, 30)) as ann:
            await ann.say("/set keys.help alt+h")
            await told(ann, 'keys.help = "alt+h" now.')
            await ann.press("f1")
            assert ann.app.screen is ann.chat
            ann.send("\x1bh")
            await ann.until("Help")
            await ann.until("Alt+H")
            await ann.press("escape")
            await ann.say("/set rooms_width 30")
            await ann.until(lambda: ann.chat.query_one("#rooms").size.width == 28)
            await ann.say("/set colors.background #000000")
            await ann.until(lambda: ann.chat.log_view.rich_style.bgcolor == Color.parse("#000000"))
            await ann.say("/set theme light")
            await ann.until(lambda: ann.app.current_theme.name.startswith("hubbub-light"))

    asyncio.run(scene())


def test_all_settings_can_be_chosen_from(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("/set")
            await ann.until("Settings")
            await ann.say("rooms_wi")
            await ann.until(lambda: ann.draft == "/set rooms_width ")

    asyncio.run(scene())


def test_a_wrong_file_is_told_and_the_client_opens(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        file = tmp_path / "client.toml"
        file.write_text("time = 24\n")
        async with seat(hubbub_server.address, tmp_path) as ann:
            await told(ann, f"{file}, line 1: 'time' must be")
            await ann.say("/set times message")
            await told(ann, 'times = "message" now.')
        file.write_text("time = = 24\n")
        async with seat(hubbub_server.address, tmp_path) as ann:
            await told(ann, f"{file} is not valid TOML")
            await ann.say("/set times message")
            await told(ann, f"It holds until you quit: {file} was not changed")
            assert ann.app.config.settings.times == "message"
        assert file.read_text() == "time = = 24\n"

    asyncio.run(scene())


def test_every_message_has_its_time_if_the_user_wants_it(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            for number in range(3):
                await bob.say(f"number {number}")
            await ann.until("number 2")

            def times() -> list[str]:
                rows = [row for row in ann.screen.split("\n") if "number " in row]
                return [row for row in rows if ":" in row.split("number")[0]]

            await ann.say("/set times message")
            await ann.until(lambda: len(times()) == 3)

    asyncio.run(scene())
