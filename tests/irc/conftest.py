"""Closes the connections of a test when it is over."""

from collections.abc import Iterator

import pytest

from tests.irc.irc_client import IrcClient


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    yield
    while IrcClient.opened:
        IrcClient.opened.pop().close()
