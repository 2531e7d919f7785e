"""Under a service manager such as systemd: the sockets that it passes, and what it is told.

It listens, and passes its sockets on, so nobody is refused while the server is started again: they
wait in the system's queue. It is told when the server is ready, reads its configuration again, or
stops, and now and then that its event loop goes on; if that stays out, it starts the server anew.
Without a service manager, none of this does anything. See sd_listen_fds(3) and sd_notify(3).
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

FIRST_DESCRIPTOR: Final = 3
LISTENED_ON: Final = (socket.AF_INET, socket.AF_INET6)
LISTENING: Final = (socket.SOL_SOCKET, socket.SO_ACCEPTCONN)


def passed_sockets(environment: MutableMapping[str, str] = os.environ) -> list[socket.socket]:
    """Return the sockets that are passed to this process, and take note that they are taken.

    Raises ConfigError if one of them is of a kind that nobody can be let in by.
    """
    is_ours = environment.pop("LISTEN_PID", "") == str(os.getpid())
    count = environment.pop("LISTEN_FDS", "0")
    environment.pop("LISTEN_FDNAMES", None)
    if not is_ours or not count.isdecimal():
        return []
    sockets = []
    for descriptor in range(FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + int(count)):
        os.set_inheritable(descriptor, False)
        try:
            sock = socket.socket(fileno=descriptor)
        except OSError:  # a file, perhaps
            sock = socket.socket()
        if sock.family not in LISTENED_ON or not sock.getsockopt(*LISTENING):
            sock.close()
            raise ConfigError(
                f"The service manager passed a socket (descriptor {descriptor}) that is none of "
                "TCP. In its unit, use ListenStream=PORT or ListenStream=ADDRESS:PORT.",
                code="cannot_listen",
            )
        sock.setblocking(False)
        sockets.append(sock)
    return sockets


class Service:
    """Tells the service manager, if there is one, what the server does."""

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        # Taken away, so that no program that the server starts speaks in its name.
        self._place = environment.pop("NOTIFY_SOCKET", "")
        pid = environment.pop("WATCHDOG_PID", str(os.getpid()))
        given = environment.pop("WATCHDOG_USEC", "")
        is_ours = given.isdecimal() and pid == str(os.getpid())
        self.watchdog_seconds = int(given) / 1_000_000 if is_ours else 0.0
        """How long the server may say nothing; 0 is for ever."""

    def tell(self, *lines: str) -> None:
        """Send what is to be told, such as `READY=1`. Nobody waits, and nothing fails."""
        if not self._place:
            return
        place = f"\0{self._place[1:]}" if self._place.startswith("@") else self._place
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            sock.sendto("\n".join(lines).encode(), place)

    def ready(self, status: str) -> None:
        """Tell that people are let in, and a sentence that says more."""
        self.tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Tell that the configuration is read again; `ready` ends that."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Tell that the server stops."""
        self.tell("STOPPING=1", "STATUS=Members have a moment to read the rest.")

    async def beat(self) -> None:
        """Tell again and again, for ever, that the event loop goes on, if anybody wants to know."""
        while self.watchdog_seconds:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_seconds / 3)
