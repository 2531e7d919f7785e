"""A tutorial server that can die and come back."""

from collections.abc import Iterator
from typing import Self

import pytest
from bench.ports import free_port

from tests.cli.folders import own_folders
from tests.interop.terminal import Terminal, program

__all__ = ["TutorialServer", "own_folders", "tutorial_server"]


class TutorialServer:
    """The tutorial's server on a port of its own; `terminal` shows what it prints."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.die()

    @property
    def address(self) -> str:
        """Where it listens, as the command line takes it."""
        return f"{self.host}:{self.port}"

    def start(self) -> None:
        """Listen, each time on the same port."""
        self.terminal = Terminal(program("tutorial_server", self.host, str(self.port)))
        self.terminal.expect("Listening on port ")
        self.terminal.expect("\n")

    def die(self) -> None:
        """End without a word."""
        self.terminal.close()


@pytest.fixture
def tutorial_server() -> Iterator[TutorialServer]:
    """A running tutorial server."""
    with TutorialServer() as server:
        yield server
