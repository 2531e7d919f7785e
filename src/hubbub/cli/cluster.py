"""`hubbub admin cluster`: a chatroom of one machine becomes a stream, or the other way around."""

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from hubbub.chat.errors import ConfigError
from hubbub.cli.output import show


def bring(folder: Path, servers: Sequence[str], stream: str, replicas: int) -> None:
    """Make a stream of the log in a folder, and say so. Raises ConfigError or LogError."""
    _check_client()
    from hubbub.log.jetstream import moving

    last = asyncio.run(moving.bring(folder, servers, stream, replicas))
    show(f"The log in {folder}, up to seq {last}, goes on as the stream '{stream}'.")
    show("The folder is that of a node now. Other nodes begin with a copy of it.")


def take_back(folder: Path, servers: Sequence[str], stream: str) -> None:
    """Make a folder that of one machine, and say so. Raises ConfigError or LogError."""
    _check_client()
    from hubbub.log.jetstream import moving

    last = asyncio.run(moving.take_back(folder, servers, stream))
    show(f"{folder} holds all of the stream '{stream}', up to seq {last}.")
    show(f"It is the folder of one machine now: hubbub serve --data {folder}")


def _check_client() -> None:
    if find_spec("nats") is None:
        raise ConfigError(
            "This hubbub has no client of NATS. Install it: pip install 'hubbub[cluster]'."
        )
