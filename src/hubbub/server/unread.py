"""How much of what was written to a connection its peer has not taken yet."""

import asyncio
import socket
import struct
import sys

if sys.platform == "linux":
    import fcntl
    import termios

    _SENDING = termios.TIOCOUTQ  # SIOCOUTQ: what TCP has not seen acknowledged

    def _system_bytes(sock: socket.socket) -> int:
        size = struct.Struct("i")
        found: int = size.unpack(fcntl.ioctl(sock, _SENDING, bytes(size.size)))[0]
        return found

else:

    def _system_bytes(_sock: socket.socket) -> int:
        return 0


def unread_bytes(transport: asyncio.WriteTransport) -> int:
    """Return the bytes that wait here, and on Linux those that the peer's system has not taken."""
    waiting = transport.get_write_buffer_size()
    sock = transport.get_extra_info("socket")
    try:
        return waiting + (_system_bytes(sock) if sock is not None else 0)
    except OSError:  # the connection is gone
        return waiting
