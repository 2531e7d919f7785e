"""A server, and a side-car for it; both keep what they keep in the test's folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.testing import LocalServer
from tests.cli.folders import own_folders
from tests.server.conftest import meet
from tests.server.files.conftest import ServeFiles, serve_files
from tests.sidecar.cars import Car, side_car

__all__ = ["meet", "own_folders", "serve_files"]


@pytest.fixture
def server(serve_files: ServeFiles) -> Iterator[LocalServer]:
    """A server that keeps files."""
    with serve_files() as one:
        yield one


@pytest.fixture
def car(server: LocalServer, tmp_path: Path) -> Iterator[Car]:
    """The side-car of the server."""
    with side_car(server.address, tmp_path / "side-cars") as one:
        yield one
