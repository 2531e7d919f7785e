"""Whose a connection from this machine is, where the system tells.

Linux knows which user owns each socket. It is asked about the one socket (`sock_diag`); where it
answers no such questions, there is a table of all. That takes longer the more there are, and any
user can open thousands, so it is not read for each connection if the kernel answers. On other
systems nobody can tell, and the secrets alone keep others out.
"""

import os
import socket
import struct
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

_SOCK_DIAG: Final = 4
_BY_FAMILY: Final = 20
_REQUEST: Final = 1
_HEADER: Final = struct.Struct("=IHHII")
_ASKED: Final = struct.Struct("=BBBBI")
_ENDS: Final = struct.Struct("!HH4s12x4s12x")
_ANYWHERE: Final = b"\0" * 4 + b"\xff" * 8
"""On any interface, whatever the kernel's own number of the socket."""

_ANSWER: Final = struct.Struct("=II")
_ANSWER_AT: Final = _HEADER.size + 4 + _ENDS.size + len(_ANYWHERE) + 12
_ANSWER_BYTES: Final = 4096
_ANSWER_SECONDS: Final = 1.0


def is_of_another(peer: Place, here: Place) -> bool:
    """Return whether the connection from `peer` to `here` is another user's, as far as is known."""
    if sys.platform != "linux":
        return False
    try:
        owner = _KERNEL.owner(peer, here)
    except (OSError, ValueError):
        return False
    return owner is None or owner not in {os.getuid(), ROOT}


class _Kernel:
    """What is asked. `answers`: whether it knows such questions; None until that is known."""

    def __init__(self) -> None:
        self._answers: bool | None = None

    def owner(self, local: Place, remote: Place) -> int | None:
        """Return who owns the socket with these ends; None if there is none, or nobody has it.

        Raises OSError or ValueError where that cannot be known.
        """
        told = None if self._answers is False else self._told(local, remote)
        if told is not None:
            self._answers = True
            owner, inode = told
            return owner if inode else None
        if self._answers:  # it has none
            return None
        owner_there = owner_in(TABLE.read_text("ascii"), local, remote)
        if owner_there is not None:
            self._answers = False
        return owner_there

    def _told(self, local: Place, remote: Place) -> tuple[int, int] | None:
        """Return the owner and the inode of one socket, None if it is told of none."""
        ends = _ENDS.pack(local[1], remote[1], *map(socket.inet_aton, (local[0], remote[0])))
        asked = _ASKED.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF)
        body = asked + ends + _ANYWHERE
        head = _HEADER.pack(_HEADER.size + len(body), _BY_FAMILY, _REQUEST, 0, 0)
        try:
            family = socket.AF_NETLINK  # type: ignore[attr-defined,unused-ignore]
            with socket.socket(family, socket.SOCK_RAW, _SOCK_DIAG) as asking:
                asking.settimeout(_ANSWER_SECONDS)
                asking.sendto(head + body, (0, 0))
                answer = asking.recv(_ANSWER_BYTES)
        except OSError:
            return None
        if _HEADER.unpack_from(answer)[1] != _BY_FAMILY:
            return None
        owner, inode = _ANSWER.unpack_from(answer, _ANSWER_AT)
        return owner, inode


_KERNEL: Final = _Kernel()


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
