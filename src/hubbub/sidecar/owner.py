"""Whose a connection from this machine is, where the system tells.

Linux lists the sockets of its network with the user that owns each. Elsewhere nobody can tell, and
the secrets alone keep others out.
"""

import os
import sys
from pathlib import Path
from typing import Final

TABLE: Final = Path("/proc/net/tcp")
ROOT: Final = 0
"""May do everything anyway; some systems pass connections on as root."""

_OWNER: Final = 7
_INODE: Final = 9
_LEFT: Final = "0"
"""The inode of a socket that its program has closed. Its owner, too, reads as 0 then."""

Place = tuple[str, int]


def is_of_another(peer: Place, here: Place) -> bool:
    """Return whether the connection from `peer` to `here` is another user's, as far as is known."""
    if sys.platform != "linux":
        return False
    try:
        table = TABLE.read_text("ascii")
    except (OSError, ValueError):
        return False
    owner = owner_in(table, peer, here)
    return owner is None or owner not in {os.getuid(), ROOT}


def owner_in(table: str, local: Place, remote: Place) -> int | None:
    """Return who owns the socket with these ends; None if there is none, or nobody has it."""
    ends = f" {_written(local)} {_written(remote)} "
    for line in table.splitlines():
        if ends in line:
            fields = line.split()
            return int(fields[_OWNER]) if fields[_INODE] != _LEFT else None
    return None


def _written(place: Place) -> str:
    """Return an end as the table has it: the bytes of its address as the machine's own number."""
    host, port = place
    number = int.from_bytes(bytes(map(int, host.split("."))), sys.byteorder)
    return f"{number:08X}:{port:04X}"
