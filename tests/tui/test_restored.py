"""`hubbub restore` under a connected terminal: it says so, and loses and doubles nothing."""

from pathlib import Path

from tests.cli.commands import PATIENCE_SECONDS, told
from tests.tui.test_terminal import Server, chatting, server, taken
from tests.tui.tmux import Tmux

__all__ = ["server"]


def say(terminal: Tmux, server: Server, text: str) -> None:
    """Say something, and wait until the server has it, and the terminal knows."""
    terminal.type(text)
    terminal.until(text)
    terminal.keys("Enter")
    terminal.wait(lambda: text in told("history", server.address))
    terminal.until(lambda screen: "Say something" in screen and taken(screen))


def test_an_older_backup_is_noticed_and_said(tmp_path: Path, server: Server) -> None:
    data, copy = str(tmp_path / "server"), str(tmp_path / "copy")
    with chatting(tmp_path, server) as terminal:
        say(terminal, server, "before the backup")
        told("backup", data, copy)
        say(terminal, server, "after the backup")
        server.process.terminate()
        server.process.wait(PATIENCE_SECONDS)
        server.kill()  # nothing is left to be killed but its pipe
        terminal.until("○ offline")
        terminal.type("written meanwhile")
        terminal.keys("Enter")
        terminal.until("waiting to be sent")
        terminal.type("half typed")
        told("restore", copy, data, "--replace")
        server.start()
        terminal.until("history was replaced on the server")
        screen = terminal.until(lambda screen: "written meanwhile" in screen and taken(screen))
        assert screen.count("written meanwhile") == screen.count("before the backup") == 1
        assert "after the backup" not in screen
        assert "half typed" in screen
    lines = told("history", server.address, "--no-time", "--no-seq").splitlines()
    assert lines == ["ann > before the backup", "ann > written meanwhile"]
