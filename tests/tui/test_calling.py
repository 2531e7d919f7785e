"""In a real terminal, a user who looks elsewhere is called, whether or not it tells the focus."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.raw import RawPeer

from .seats import FOCUS_IN
from .test_terminal import PYTHON, Server
from .tmux import Tmux


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


@pytest.mark.parametrize("tells_focus", [True, False])
def test_a_mention_rings_unless_the_terminal_says_that_the_user_looks(
    tmp_path: Path, server: Server, tells_focus: bool
) -> None:
    with (
        Tmux(tmp_path, tells_focus=tells_focus) as terminal,
        RawPeer("127.0.0.1", server.port, "bob") as bob,
    ):
        terminal.start(PYTHON, "-m", "hubbub.cli", "join", server.address, "--name", "ann")
        terminal.until(f"● {server.address}")
        if tells_focus:
            terminal.type(FOCUS_IN)
        terminal.type("typing")
        terminal.until("typing")
        bob.say("ann: look")
        terminal.until("bob  ann: look")
        if tells_focus:
            bob.say("and more")  # a bell for the first would be out before this is drawn
            terminal.until("and more")
        else:
            terminal.wait(lambda: terminal.has_rung)
        assert terminal.has_rung != tells_focus


@pytest.mark.parametrize("tells_focus", [True, False])
def test_in_another_window_of_tmux_a_mention_rings_and_runs_the_users_command(
    tmp_path: Path, server: Server, tells_focus: bool
) -> None:
    """Whether or not it tells the focus: without a client at it, it tells that only at first."""
    called = tmp_path / "called"
    script = tmp_path / "call"
    script.write_text(f'#!/bin/sh\necho "$HUBBUB_SENDER $HUBBUB_ROOM $HUBBUB_TEXT" > "{called}"\n')
    script.chmod(0o755)
    config = tmp_path / "config" / "hubbub"
    config.mkdir(parents=True)
    (config / "client.toml").write_text(f'[notifications]\ncommand = "{script}"\n')
    with (
        Tmux(tmp_path, tells_focus=tells_focus) as terminal,
        RawPeer("127.0.0.1", server.port, "bob") as bob,
    ):
        terminal.start(PYTHON, "-m", "hubbub.cli", "join", server.address, "--name", "ann")
        terminal.until(f"● {server.address}")
        terminal.type("typing")
        terminal.until("typing")
        terminal.open_window()
        bob.say("ann: look")
        terminal.wait(called.exists)
        terminal.wait(lambda: called.read_text() == "bob #lobby ann: look\n")
        terminal.wait(lambda: terminal.has_window_rung)
