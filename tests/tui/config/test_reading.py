"""What stands in the file holds; what is wrong in it is told, and stops nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hubbub.tui.actions import wrong_setting
from hubbub.tui.config.printed import printed
from hubbub.tui.config.reading import Reading, read
from hubbub.tui.config.settings import Colors, Settings, chosen_keys
from hubbub.tui.config.table import rows
from hubbub.tui.keys import Mode, keys_with

TABLES: dict[str, object] = {
    "colors": {},
    "notifications": {},
    **{mode.value: {} for mode in Mode},
}


def reading(folder: Path, text: str) -> Reading:
    file = folder / "client.toml"
    file.write_text(text, encoding="utf-8")
    return read(file, wrong_setting)


def test_the_file_says_how_it_is(tmp_path: Path) -> None:
    found = reading(tmp_path, 'time = "12h"\nname_width = 20\n[colors]\ntext = "#ffffff"\n')
    assert found.settings == Settings(time="12h", name_width=20, colors=Colors(text="#ffffff"))
    assert not found.complaints


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert read(tmp_path / "client.toml", wrong_setting) == Reading(Settings(), {}, [])


def test_the_printed_file_has_every_setting_commented_out(tmp_path: Path) -> None:
    text = printed("client.toml")
    assert reading(tmp_path, text) == Reading(Settings(), TABLES, [])
    for setting in rows():
        assert f"\n#{setting.path[-1]} = " in text


def test_the_printed_defaults_are_right_themselves(tmp_path: Path) -> None:
    lines = printed("client.toml").split("\n")
    bare = "\n".join(line.removeprefix("#") for line in lines if not line.startswith("# "))
    found = reading(tmp_path, bare)
    assert not found.complaints
    chosen = keys_with(chosen_keys(found.settings))
    assert {mode: set(keys) for mode, keys in chosen.items()} == {
        mode: set(keys) for mode, keys in keys_with({}).items()
    }


WRONG = {
    'time = "25h"': (1, '\'time\' must be "24h", "12h", "seconds" or "none", not "25h".'),
    "\nrooms_width = 500": (2, "'rooms_width' must be a number from 8 to 80, not 500."),
    "title = 1": (1, "'title' must be true or false, not 1."),
    '[colors]\ndim = "grey"': (2, "'colors.dim' must be a colour such as \"#82b1f5\""),
    '[notifications]\nquiet = "at night"': (
        2,
        '\'notifications.quiet\' must be times of day such as "22:00-07:00", or "", not',
    ),
    "colour = 1": (1, "'colour' is no setting; did you mean 'colors'?"),
    "qqq = 1": (1, "'qqq' is no setting; 'hubbub --print-client-config' lists all."),
    '[rooms.lobby]\nnotify = "all"': (
        2,
        '\'rooms.lobby.notify\' must be "default", "everything", "mentions" or "nothing", not',
    ),
    "rooms = 1": (1, "'rooms' is no setting but a table: [rooms]"),
    "colors = 1": (1, "'colors' is no setting but a table: [colors]"),
    '[keys]\nhlp = "f1"': (2, "'keys.hlp' is nothing that a key can do; did you mean 'help'?"),
    '[keys]\nhelp = "x"': (2, "'keys.help' cannot be 'x': a key is written like"),
    "[keys]\nhelp = 1": (2, "'keys.help' must be a text in quotation marks or a list"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_line_and_what_is_allowed(tmp_path: Path, text: str) -> None:
    line, sentence = WRONG[text]
    found = reading(tmp_path, text)
    (complaint,) = found.complaints
    assert complaint.startswith(f"{tmp_path / 'client.toml'}, line {line}: {sentence}"), complaint
    assert replace(found.settings, rooms={}) == Settings()


def test_the_rest_of_a_file_holds(tmp_path: Path) -> None:
    found = reading(tmp_path, 'time = "25h"\ntimes = "message"\n')
    assert len(found.complaints) == 1
    assert found.settings == Settings(times="message")


def test_a_file_that_cannot_be_read_is_told_and_leaves_the_defaults(tmp_path: Path) -> None:
    for text in ("time = \n", "x\x00"):
        found = reading(tmp_path, text)
        assert "Every setting has its default until that is right." in found.complaints[0]
        assert found.settings == Settings()
    (tmp_path / "client.toml").unlink()
    (tmp_path / "client.toml").mkdir()
    assert "cannot be read" in read(tmp_path / "client.toml", wrong_setting).complaints[0]


def test_a_file_with_many_mistakes_does_not_fill_the_room(tmp_path: Path) -> None:
    found = reading(tmp_path, "\n".join(f"x{number} = 1" for number in range(100)))
    assert len(found.complaints) == 6
    assert found.complaints[-1].startswith("95 more things")


@given(st.binary(max_size=200))
def test_no_file_stops_the_client(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.mktemp("config") / "client.toml"
    file.write_bytes(raw)
    read(file, wrong_setting)


def test_keys_of_the_user_take_those_of_the_program() -> None:
    keys = keys_with({Mode.ANY: {"copy": "f1", "help": ()}})[Mode.ANY]
    table = {key.key: (key.action, key.argument) for key in keys}
    assert table["f1"] == ("copy", "")
    assert "help" not in [action for action, _ in table.values()]
    numbered = keys_with({Mode.ANY: {"numbered": ("f7", "f8")}})[Mode.ANY]
    assert [(one.key, one.argument) for one in numbered if one.action == "numbered"] == [
        ("f7", "1"),
        ("f8", "2"),
    ]
