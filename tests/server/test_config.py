"""The configuration file: its example is its definition, and every mistake is named."""

from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.chat.limits import Limits
from hubbub.server.config import Config, load_config, print_config


def loaded(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "hubbub.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def test_the_printed_configuration_is_the_default_one(tmp_path: Path) -> None:
    assert loaded(tmp_path, print_config()) == Config()


def test_every_limit_is_printed_with_a_comment() -> None:
    lines = print_config().splitlines()
    for key in Limits.__struct_fields__:
        at = next(number for number, line in enumerate(lines) if line.startswith(f"{key} = "))
        assert lines[at - 1].startswith("# ")


def test_what_a_file_says_counts(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        '[limits]\nmessages_per_second = 0\nburst = 5\n[log]\ndurability = "power"\n'
        '[server]\nlisten = "[::1]:0"\n',
    )
    assert (config.limits.messages_per_second, config.limits.burst) == (0, 5)
    assert (config.log.durability, config.server.listen) == ("power", "[::1]:0")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[limits]\nmesages_per_second = 1\n", "did you mean 'limits.messages_per_second'?"),
        ("[limit]\nburst = 1\n", "did you mean 'limits'?"),
        ("zzz = 1\n", "known: server, limits, access, people, files, log"),
        ("limits = 3\n", "Expected `object`, got `int` - at `$.limits`"),
        ('[limits]\nburst = "many"\n', "Expected `int`, got `str` - at `$.limits.burst`"),
        ("[limits]\nburst = 0\n", ">= 1"),
        ('[log]\ndurability = "eternal"\n', "Invalid enum value 'eternal'"),
        ("[limits\n", "is not valid TOML"),
        (f"[limits]\nburst = {'9' * 5000}\n", "is not valid TOML"),
        (f"[limits]\nburst = {'[' * 5000}\n", "is not valid TOML"),
        ("[limits]\nburst = 9999999999\n", "'limits.burst' must be a number up to 1,000,000,000"),
        ("[limits]\nhandshake_seconds = inf\n", "'limits.handshake_seconds' must be a number"),
        ('[irc]\noperators = ["ann"]\n', "has a name, a space and a password"),
        ("[limits]\nhandshake_seconds = nan\n", "'limits.handshake_seconds' must be a number"),
    ],
)
def test_mistakes_are_named_with_the_file_and_the_key(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, text)
    assert reason in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "hubbub.toml"))


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: No such file"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(tmp_path / "bad.toml")
