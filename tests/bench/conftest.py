"""What tests of the checker of the promises need."""

import os
from pathlib import Path

import pytest
from bench.peers.server import Failed
from bench.promises.system import compiled


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes the system fail; without one there is nothing to be tested."""
    try:
        return compiled(tmp_path_factory.mktemp("library"))
    except Failed as failure:
        if os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
            raise
        pytest.skip(str(failure))
