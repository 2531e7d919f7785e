"""A server as a suite of tests of the field would start it (docs/irc.md)."""

from collections.abc import Iterator

import pytest

from hubbub.chat.limits import GuestLimits, Limits
from hubbub.server.config import Config, IrcSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving

SERVER_NAME = "My.Little.Server"
SHORT_PASSWORDS = GuestLimits(password_chars_min=3)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    config = Config(
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
        people=SHORT_PASSWORDS,
        irc=IrcSection(name=SERVER_NAME),
    )
    with serving(config) as running:
        yield running
