"""Tab in a shell, with what `hubbub --install-completion` keeps for it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.tmux import Tmux, require

SHELLS = {
    "bash": (("bash", "--norc", "-i"), "PS1='ready> '"),
    "zsh": (("zsh", "-f", "-i"), "autoload -Uz compinit; compinit -D; PS1='ready> '"),
    "fish": (("fish", "--no-config"), "function fish_prompt; echo 'ready> '; end"),
}
"""How each is started without what its user has, and what makes it ready."""


class Shell:
    """A shell in a terminal, of a user whose home is `home`."""

    def __init__(self, terminal: Tmux, name: str, home: Path) -> None:
        require(name)
        command, ready = SHELLS[name]
        path = f"PATH={Path(sys.executable).parent}:{os.environ['PATH']}"
        self.terminal = terminal
        terminal.start("env", path, f"HOME={home}", *command)
        self.run(ready)

    def run(self, line: str) -> None:
        """Have a line run, and wait until the shell is ready again."""
        self.terminal.type(f"{line}; echo do''ne")
        self.terminal.keys("Enter")
        self.terminal.until(lambda screen: "done" in screen and screen.rstrip().endswith("ready>"))
        self.terminal.keys("C-l")
        self.terminal.until(lambda screen: "done" not in screen)  # or the next line would be, too

    def completes(self, typed: str, shown: str) -> None:
        """Type something and press Tab until it is completed."""
        self.terminal.keys("C-u")
        self.terminal.type(typed)
        self.terminal.keys("Tab")
        self.terminal.until(shown)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    """Return a terminal window."""
    with Tmux(tmp_path) as window:
        yield window


@pytest.mark.parametrize("name", SHELLS)
def test_commands_options_and_their_words_are_completed(
    name: str, terminal: Tmux, tmp_path: Path
) -> None:
    shell = Shell(terminal, name, tmp_path)
    shell.run(f"hubbub --show-completion > {tmp_path}/shown; source {tmp_path}/shown")
    shell.completes("hubbub hist", "hubbub history")
    shell.completes("hubbub admin invitat", "hubbub admin invitations")
    shell.completes("hubbub export --for", "hubbub export --format")
    shell.completes("hubbub export --format ht", "hubbub export --format html")


def test_it_is_installed_for_the_shell_that_is_used(terminal: Tmux, tmp_path: Path) -> None:
    shell = Shell(terminal, "bash", tmp_path)
    shell.run("hubbub --install-completion")
    assert (tmp_path / ".bash_completions" / "hubbub.sh").exists()
    assert "hubbub.sh" in (tmp_path / ".bashrc").read_text()
    shell.run(". ~/.bashrc")
    shell.completes("hubbub hist", "hubbub history")
