"""All commands, walked: their examples can be typed, and they fail in one way."""

import io
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubbub.cli import main
from hubbub.cli.app import app
from hubbub.client import address
from tests.cli.commands import below

NOBODY = "127.0.0.1:1"


def leaves(command: Any = app, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that does something."""
    for name, one in below(command).items():
        if hasattr(one, "commands"):
            yield from leaves(one, *path, name)
        else:
            yield (*path, name), one


LEAVES = dict(leaves())
LOCAL = [("serve",), ("rooms",), ("check",), ("cert",), ("import",), ("backup",), ("restore",)]
"""They know no address."""
CANNOT_FAIL = [("serve",), ("cert",)]
"""What their first examples ask for, anybody can have."""

every_command = pytest.mark.parametrize("path", LEAVES, ids=" ".join)
every_visit = pytest.mark.parametrize(
    "path", [one for one in LEAVES if one not in LOCAL], ids=" ".join
)


def examples(command: Any) -> list[list[str]]:
    """Return the arguments of a command's examples, without what a shell does around them."""
    lines = (command.epilog or "").split("Examples:\n")[-1].splitlines()
    shown = [shlex.split(line) for line in lines]
    return [_of_hubbub(words) for words in shown]


def _of_hubbub(words: list[str]) -> list[str]:
    own = words[words.index("hubbub") + 1 :]
    ends = [own.index(sign) for sign in (">", "|") if sign in own]
    return own[: min(ends, default=len(own))]


class Commands:
    """Runs commands in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._capture = capture

    def run(self, *arguments: str) -> tuple[int, str]:
        """Return how a command ends, and what it says on stderr."""
        self._patch.setattr("sys.argv", ["hubbub", *arguments])
        self._patch.setattr("sys.stdin", io.StringIO("a password\n" * 3))
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), self._capture.readouterr().err

    def fails(self, code: int, *arguments: str) -> str:
        """Run a command that must fail so; return its sentence."""
        ended, said = self.run(*arguments)
        assert (ended, said.count("\n")) == (code, 1), said
        assert said.startswith("hubbub: ")
        assert said.endswith(".\n")
        return said


@pytest.fixture
def commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Commands:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(address, "DEFAULT_PORT", 1)  # where nobody listens
    monkeypatch.setenv("HUBBUB_NAME", "ann")
    # It gives way to everybody else in a process of its own. This one is the tests'.
    monkeypatch.setattr("hubbub.cli.backup._give_way", lambda: None)
    return Commands(monkeypatch, capsys)


@every_command
def test_it_has_examples_which_can_be_typed_as_they_are(path: tuple[str, ...]) -> None:
    command = LEAVES[path]
    shown = examples(command)
    assert shown
    for arguments in shown:
        assert tuple(arguments[: len(path)]) == path
        command.make_context(" ".join(path), arguments[len(path) :])


@every_command
def test_a_wrong_option_is_wrong_usage(path: tuple[str, ...], commands: Commands) -> None:
    said = commands.fails(2, *path, "--no-such-option")
    assert f"'hubbub {' '.join(path)} --help'" in said


@pytest.mark.parametrize(
    "path",
    [path for path, one in LEAVES.items() if all(param.nargs > 0 for param in one.params)],
    ids=" ".join,
)
def test_too_many_words_are_wrong_usage(path: tuple[str, ...], commands: Commands) -> None:
    commands.fails(2, *path, *["127.0.0.1"] * 9)


@every_visit
def test_a_bad_address_is_wrong_usage(path: tuple[str, ...], commands: Commands) -> None:
    options = {option for one in LEAVES[path].params for option in one.opts}
    option = next((one for one in ("--at", "--to") if one in options), None)
    first = [one for one in examples(LEAVES[path])[0] if "example.org" not in one]
    given = (option, "host:port") if option else ("host:port",)
    assert "port" in commands.fails(2, *without(first, option), *given)


def without(arguments: list[str], option: str | None) -> list[str]:
    """Return the arguments without an option whose value has gone."""
    return [one for one in arguments if one != option]


@pytest.mark.parametrize("path", [one for one in LEAVES if one not in CANNOT_FAIL], ids=" ".join)
def test_what_fails_is_a_sentence_and_exit_1(path: tuple[str, ...], commands: Commands) -> None:
    shown = examples(LEAVES[path])[0]
    arguments = [NOBODY if "example.org" in one else one for one in shown]
    if path[-1] in ("forget", "delete-room"):
        arguments.append("--yes")
    commands.fails(1, *arguments)


def test_a_command_that_is_missing_or_unknown_is_wrong_usage(commands: Commands) -> None:
    for arguments in (["admin"], ["account"], ["nonsense"], ["admin", "nonsense"], ["--nonsense"]):
        commands.fails(2, *arguments)


def test_what_deletes_for_good_asks_or_is_told_not_to(commands: Commands) -> None:
    for arguments in (["admin", "delete-room", "dev"], ["account", "forget"]):
        assert "--yes" in commands.fails(2, *arguments)
