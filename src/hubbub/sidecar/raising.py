"""A browser in app mode that can be told to bring its window to the front.

Browsers take orders (the DevTools protocol) from a pipe that only whoever starts them has: no port
is opened that others could find. When the pipe ends, so does the browser. The pipe is there on
POSIX; elsewhere nothing can be told.
"""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Any, Final, Self

import msgspec

OPTION: Final = "--remote-debugging-pipe"
PATIENCE_SECONDS: Final = 3.0
_FREE: Final = 5
"""The browser reads orders from descriptor 3, and writes answers to 4."""

_BEGIN: Final = (
    "import os, sys\n"
    "for given, wanted in ((sys.argv[1], 3), (sys.argv[2], 4)):\n"
    "    os.dup2(int(given), wanted)\n"
    "    os.close(int(given))\n"
    "os.execvp(sys.argv[3], sys.argv[3:])\n"
)
_FAULTS: Final = (OSError, EOFError, ValueError, KeyError, TypeError, msgspec.DecodeError)


class Orders:
    """The pipe to one browser. Begin it with `open`, and start the program with `begun`."""

    def __init__(self, ours: tuple[int, int], theirs: tuple[int, int]) -> None:
        self._ours = ours
        self.theirs = theirs
        """The descriptors that the program inherits."""
        self._reader = asyncio.StreamReader()
        self._transports: list[asyncio.BaseTransport] = []
        self._writer: asyncio.WriteTransport | None = None
        self._asking = asyncio.Lock()
        self._asked = 0

    @classmethod
    async def open(cls) -> Self | None:
        """Return a pipe, or None where there is none."""
        if sys.platform == "win32":
            return None
        import fcntl  # noqa: PLC0415 (not on Windows)

        orders, answers = os.pipe(), os.pipe()
        theirs = []
        for number in (orders[0], answers[1]):
            theirs.append(fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _FREE))
            os.close(number)
        one = cls((answers[0], orders[1]), (theirs[0], theirs[1]))
        await one._connect()
        return one

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        reading, writing = os.fdopen(self._ours[0], "rb"), os.fdopen(self._ours[1], "wb")
        protocol = asyncio.StreamReaderProtocol(self._reader)
        got, _ = await loop.connect_read_pipe(lambda: protocol, reading)
        self._writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, writing)
        self._transports = [got, self._writer]

    def begun(self, command: list[str]) -> list[str]:
        """Return the command that starts a browser with its end of the pipe."""
        numbers = map(str, self.theirs)
        return [sys.executable, "-I", "-S", "-c", _BEGIN, *numbers, *command, OPTION]

    def hand_over(self) -> None:
        """Let go of what the program has inherited."""
        for number in self.theirs:
            os.close(number)

    def close(self) -> None:
        """End the pipe, and with it the browser."""
        for transport in self._transports:
            transport.close()

    async def front(self) -> bool:
        """Bring the window before the others; return False if that cannot be."""
        with suppress(*_FAULTS, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(PATIENCE_SECONDS), self._asking:
                targets = (await self._ask("Target.getTargets"))["targetInfos"]
                page = next(one["targetId"] for one in targets if one["type"] == "page")
                window = await self._ask("Browser.getWindowForTarget", targetId=page)
                if window["bounds"].get("windowState") == "minimized":
                    normal = {"windowState": "normal"}
                    id_ = window["windowId"]
                    await self._ask("Browser.setWindowBounds", windowId=id_, bounds=normal)
                await self._ask("Target.activateTarget", targetId=page)
                return True
        return False

    async def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        assert self._writer is not None, "it is connected before it is given out"
        self._asked += 1
        order = {"id": self._asked, "method": method, "params": parameters}
        self._writer.write(msgspec.json.encode(order) + b"\0")
        while True:
            said = (await self._reader.readuntil(b"\0"))[:-1]
            answer: dict[str, Any] = msgspec.json.decode(said)
            if answer.get("id") == self._asked:
                result: dict[str, Any] = answer["result"]
                return result
