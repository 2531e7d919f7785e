"""The port on which the side-car listens, on this machine alone."""

import random
import socket
import sys
from typing import Final

from hubbub.chat.errors import HubbubError
from hubbub.sidecar.guard import HOST

FIRST: Final = 20_000
LAST: Final = 29_999
"""Below those that systems give to connections that go out."""

TRIES: Final = 50
BACKLOG: Final = 128


def listening(wanted: int | None) -> socket.socket:
    """Return a socket that listens on the wanted port, or on another if that is taken."""
    drawn = random.SystemRandom()
    tries = [drawn.randint(FIRST, LAST) for _ in range(TRIES)]
    for port in [wanted, *tries] if wanted else tries:
        try:
            return _bound(port)
        except OSError:
            continue
    raise HubbubError(f"No port from {FIRST} to {LAST} of this machine is free.")


def _bound(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # there, others could otherwise listen on the same port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock
