"""The terminal client in a real terminal, at a node that is killed."""

import sys
from pathlib import Path

from tests.server.clustering.conftest import nats, stream
from tests.server.clustering.pairs import address_of, telling

from .test_terminal import taken
from .tmux import Tmux

__all__ = ["nats", "stream"]


def test_it_goes_on_at_another_node_says_so_and_finds_it_at_the_next_start(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with telling(tmp_path, nats, stream) as (first, second):
        command = (sys.executable, "-m", "hubbub.cli", "join", address_of(first), "--name", "ann")
        with Tmux(tmp_path) as terminal:
            terminal.start(*command)
            terminal.until(f"● {address_of(first)}")
            terminal.type("said at the first")
            terminal.keys("Enter")
            terminal.until(lambda screen: "ann  said at the first" in screen and taken(screen))
            terminal.type("half typed")
            first.kill()
            terminal.until(f"● {address_of(second)}")
            terminal.keys("Enter")
            terminal.until(lambda screen: "ann  said at the first" in screen and taken(screen))
            terminal.until("half typed")
            terminal.keys("C-q")
            assert terminal.ended() == 0
        with Tmux(tmp_path) as terminal:
            terminal.start(*command)
            terminal.until(f"● {address_of(second)}")
            terminal.until(lambda screen: "said at the first" in screen and "half typed" in screen)
