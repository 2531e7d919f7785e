"""No command of these tests touches a person's folders, or outlives its test."""

from collections.abc import Iterator

import pytest

from tests.cli.commands import end_all
from tests.cli.folders import own_folders

__all__ = ["own_folders"]


@pytest.fixture(autouse=True)
def no_command_left() -> Iterator[None]:
    """End the commands that a test leaves running."""
    yield
    end_all()
