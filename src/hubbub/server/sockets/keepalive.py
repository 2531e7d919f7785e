"""How the server notices peers that vanish without a word.

A machine that loses its power or its network sends no FIN. The only sign is that it answers
nothing any more, so it must be asked. There are three cases:

- The connection is idle. TCP's keep-alive probes ask, and the system ends the connection if
  `PROBES` of them stay unanswered.
- Something is on its way. TCP repeats it, at growing intervals, and gives up after a quarter of
  an hour. Until then it sends no probes.
- The peer's window is full, because it reads nothing. TCP probes the window, at growing intervals
  as well, and every answer counts: such a peer may stay for days (protocol section 6.5).

TCP_USER_TIMEOUT would shorten the second case, but on Linux it ends the third one, too: it counts
from when the window became full, and answers do not matter. So it is not used. Instead we ask the
system now and then which peers owe it an answer, and for how long (`vanished`), and have it repeat
itself more often, where it lets us (Linux 6.15 and newer): a full window is then probed as often as
an idle connection. On older systems it is probed every two minutes at worst, and a peer that read
nothing for long is missed so much later.
"""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress

PROBES = 3
"""Unanswered probes after which a peer is gone: a network may lose one or two."""

REPEATS = 2
"""Repetitions after which silence counts: what was sent just now can have no answer yet."""

_LINUX_TCP_RTO_MAX_MS = 44  # Python has no names for these two
_DARWIN_TCP_RXT_CONNDROPTIME = 0x80
_TCP_INFO = struct.Struct("=2xBB52xI")
"""Of Linux's `struct tcp_info`: repetitions and probes unanswered, ms since the last answer."""


class Keepalive:
    """The rules by which a peer that vanished is gone after `seconds`, from 4 to 32,767."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self.interval_seconds = max(1, seconds // (2 * PROBES))
        idle_seconds = max(1, seconds - PROBES * self.interval_seconds)
        self._options = [
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            *_options_named("TCP_KEEPIDLE", "TCP_KEEPALIVE", value=idle_seconds),  # macOS: the 2nd
            *_options_named("TCP_KEEPINTVL", value=self.interval_seconds),
            *_options_named("TCP_KEEPCNT", value=PROBES),
        ]
        self._where_known = []
        if sys.platform == "linux":
            milliseconds = 1000 * self.interval_seconds
            self._where_known = [(socket.IPPROTO_TCP, _LINUX_TCP_RTO_MAX_MS, milliseconds)]
        elif sys.platform == "darwin":
            self._where_known = [(socket.IPPROTO_TCP, _DARWIN_TCP_RXT_CONNDROPTIME, seconds)]

    def apply(self, sock: socket.socket) -> None:
        """Have the system look after this connection; raise OSError if it is gone already."""
        for level, option, value in self._options:
            sock.setsockopt(level, option, value)
        with suppress(OSError):  # an older system
            for level, option, value in self._where_known:
                sock.setsockopt(level, option, value)

    def vanished(self, sock: socket.socket) -> bool:
        """Whether the peer has owed an answer for too long; False where the system cannot say."""
        if sys.platform != "linux":
            return False
        try:
            found = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
        except OSError:  # the connection has just ended
            return False
        repeated: int
        unheard_milliseconds: int
        repeated, probed, unheard_milliseconds = _TCP_INFO.unpack(found)
        is_asked = repeated >= REPEATS or probed >= REPEATS
        return is_asked and unheard_milliseconds > 1000 * self._seconds


def _options_named(*names: str, value: int) -> list[tuple[int, int, int]]:
    """Return the first of these TCP options that this platform has, set to `value`."""
    found = [getattr(socket, name) for name in names if hasattr(socket, name)]
    return [(socket.IPPROTO_TCP, option, value) for option in found[:1]]
