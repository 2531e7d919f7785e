"""Servers that a test loses, and addresses at which nobody answers, whoever comes meanwhile.

A port that the system gave out may be somebody else's as soon as its server is gone.
"""

from bench.ports import free_port

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS


def dead_address() -> str:
    """Return an address at which nobody answers, and which nobody is given."""
    return f"127.0.0.1:{free_port()}"


def at_its_own_port(password: str = "") -> Config:
    """Return how a server is configured at whose address nobody answers once it is lost."""
    return Config(
        server=ServerSection(listen=dead_address(), password=password),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
    )
