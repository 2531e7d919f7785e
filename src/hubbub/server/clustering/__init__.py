"""A server that is one node of several: its log is a stream of NATS servers.

The client of NATS is an extra, and no other server imports it: the way in is `joined`.
"""

from typing import TYPE_CHECKING

from hubbub.chat.errors import ConfigError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from hubbub.server.clustering.node import Node
    from hubbub.server.config import Config


def joined(config: "Config", folder: "Path") -> "AbstractAsyncContextManager[Node]":
    """Return what is a node as long as it is entered (`node.joined`); raises ConfigError."""
    try:
        from hubbub.server.clustering import node  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "nats":
            raise
        raise ConfigError(
            "A node of a cluster needs the client of NATS, which is not installed. Install it with "
            "pip install '.[cluster]', in hubbub's checkout."
        ) from None
    return node.joined(config, folder)
