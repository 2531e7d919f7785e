"""What keys do: one table, of which the keys themselves, the help and the settings are made."""

import asyncio
import tomllib
from pathlib import Path

import pytest

from hubbub.client import connect
from hubbub.testing import LocalServer
from hubbub.tui.actions import BY_NAME, wrong_setting
from hubbub.tui.config.printed import printed
from hubbub.tui.keys import TABLE, Key, Mode, bindings, does, keys_with, label, labels

from .seats import seat


def test_no_key_means_two_things_in_a_mode() -> None:
    for mode, keys in keys_with({}).items():
        pressed = [key.key for key in keys]
        assert len(set(pressed)) == len(pressed), mode
        names = [row.name for row in TABLE[mode]]
        assert len(set(names)) == len(names), mode


def test_what_no_widget_does_is_a_verb() -> None:
    for mode, rows in TABLE.items():
        assert [row.name for row in rows if not row.does and row.name not in BY_NAME] == [], mode


def test_every_default_is_allowed_in_the_settings_and_printed() -> None:
    tables = tomllib.loads(printed("client.toml").replace("\n#", "\n").replace("\n ", "\n# "))
    for mode, rows in TABLE.items():
        for row in rows:
            assert wrong_setting((mode.value, row.name), row.keys) == "", row
            said = tables[mode.value][row.name]
            assert ([said] if isinstance(said, str) else said) == list(row.keys)


@pytest.mark.parametrize(
    ("mode", "key"),
    [
        *((Mode.ANY, key) for key in ("x", "up", "alt+ü", "space")),
        *((Mode.WRITING, key) for key in ("x", "a b c", "space")),
        *((Mode.CHOOSING, key) for key in (" ", ",", "ab")),
    ],
)
def test_a_key_with_which_one_writes_cannot_mean_anything_else(mode: Mode, key: str) -> None:
    name = TABLE[mode][0].name
    assert wrong_setting((mode.value, name), key).startswith(f"cannot be '{key}'")


def test_a_key_chosen_for_one_thing_means_no_other() -> None:
    keys = keys_with({Mode.WRITING: {"word left": "ctrl+p"}, Mode.CHOOSING: {"reply": "k"}})
    assert "palette" not in [key.action for key in keys[Mode.ANY]]
    assert [key.key for key in keys[Mode.WRITING] if key.action == "word left"] == ["ctrl+p"]
    above = [key.key for key in keys[Mode.CHOOSING] if key.action == "message above"]
    assert above == ["up"]
    assert len(bindings(Mode.CHOOSING, keys[Mode.CHOOSING])) == 7
    assert does(Mode.CHOOSING, "reply") == ""


def test_keys_are_written_as_people_know_them() -> None:
    written = [label(key) for key in ("ctrl+underscore", "pageup", "G", "g", "ctrl+x ctrl+e")]
    assert written == ["Ctrl+_", "Page Up", "G", "g", "Ctrl+X Ctrl+E"]
    many = [Key(f"alt+{number}", "numbered", str(number)) for number in range(1, 10)]
    assert labels("numbered", many) == "Alt+1 … Alt+9"


FILE = """
[writing_keys]
send = "ctrl+s"
"new line" = "enter"
editor = "ctrl+g"
[choosing_keys]
"message above" = ["up", "i"]
reply = "ä"
newest = "z"
[keys]
help = "alt+h"
"""


def test_keys_of_all_modes_are_as_the_settings_say_and_so_is_the_help(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        (tmp_path / "client.toml").write_text(FILE)
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            for text in ("one", "two", "three"):
                await bob.say(text)
            await ann.until("three")
            await ann.until("Alt+H helps")
            await ann.type("mine")
            await ann.press("enter")
            await ann.type("too")
            assert ann.draft == "mine\ntoo"
            await ann.press("ctrl+s")
            await ann.until("too")
            await ann.until(lambda: ann.draft == "")
            await ann.press("f6")
            await ann.until("ä reply")
            await ann.press("i", "i")
            await ann.press("ä")
            await ann.until("Answering bob: two")
            await ann.press("escape")
            ann.send("\x1bh")
            await ann.until("Help")
            screen = ann.screen
            for _ in range(8):
                await ann.press("pagedown")
                screen += ann.screen
            assert "Ctrl+S" in screen
            assert "Up, i" in screen
            assert "Alt+H" in screen

    asyncio.run(scene())


def test_a_key_of_a_mode_is_changed_while_one_chats(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            ann.chat.composer.put('/set writing_keys."word left" ctrl+o')
            await ann.press("enter")
            await ann.until('"word left" = "ctrl+o"')
            await ann.type("some words")
            await ann.press("ctrl+o", "x")
            await ann.until(lambda: ann.draft == "some xwords")

    asyncio.run(scene())
