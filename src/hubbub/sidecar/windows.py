"""The window that shows the page: by pywebview, else in an installed browser's app mode.

Either is a program of its own, which ends when its window is closed. The first that can show a
window is taken.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from hubbub.chat.errors import HubbubError
from hubbub.locks import FileLock, InUse
from hubbub.sidecar.app_mode import app_command, installed_browser
from hubbub.sidecar.raising import Orders
from hubbub.sidecar.webview import FRONT, SHOWN, is_installed, webview_command

END_SECONDS: Final = 5.0
"""How long the program of a window may take to end when it is asked to."""


class _Way(NamedTuple):
    """A program that shows a window. `told`: what it reads; empty for a browser."""

    command: list[str]
    told: str = ""


class Windows:
    """The ways to show a page, best first. What pages keep is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._browser = installed_browser()
        self._is_showing = False
        self._listening: asyncio.StreamWriter | None = None
        self._orders: Orders | None = None
        self._claim = FileLock(folder.with_suffix(".window"))

    @property
    def are_there(self) -> bool:
        """Whether there is any way to show a window."""
        return is_installed() or self._browser is not None

    async def show(self, address: str) -> None:
        """Show an address in a window, and return when it is closed.

        Raises HubbubError if nothing can show it. If it is cancelled, the window is closed.
        """
        self._is_showing = True
        try:
            for way in self._ways(address):
                if await self._show(way):
                    return
        finally:
            self._is_showing = False
        raise HubbubError(
            "No window can be opened here. Is there a screen? 'hubbub open' needs a browser alone."
        )

    def claim(self) -> bool:
        """Be the one program that shows a window here; return False if another one does."""
        try:
            self._claim.acquire()
        except InUse:
            return False
        return True

    async def front(self) -> bool | None:
        """Bring the window before the others; return False if it cannot be told, None: no window
        is open."""
        if not self._is_showing:
            return None
        if self._listening is not None:
            self._listening.write(f"{FRONT}\n".encode())
            return True
        return self._orders is not None and await self._orders.front()

    def _ways(self, address: str) -> Iterator[_Way]:
        if is_installed():
            yield _Way(webview_command(self._folder / "webview"), f"{address}\n")
        if self._browser is not None:
            yield _Way(app_command(self._browser, address, self._folder / "browser"))

    async def _show(self, way: _Way) -> bool:
        """Show a window until it is closed; return False if none was ever shown."""
        orders = None if way.told else await Orders.open()
        process = await _started(way, orders)
        try:
            self._orders = orders
            if process.stdin is not None and process.stdout is not None:
                process.stdin.write(way.told.encode())
                if (await process.stdout.readline()).decode().strip() != SHOWN:
                    return False
                self._listening = process.stdin
            status = await process.wait()
            return bool(way.told) or status == 0
        finally:
            self._listening = self._orders = None
            await _end(process)
            if orders is not None:
                orders.close()


async def _started(way: _Way, orders: Orders | None) -> asyncio.subprocess.Process:
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *(way.command if orders is None else orders.begun(way.command)),
            stdin=pipe if way.told else nothing,
            stdout=pipe if way.told else nothing,
            stderr=nothing,  # what browsers say on a terminal is for their developers
            start_new_session=True,  # what is typed in the terminal is for us
            pass_fds=() if orders is None else orders.theirs,
        )
    finally:
        if orders is not None:
            orders.hand_over()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave nothing behind of what was started."""
    if process.returncode is None:
        if process.stdin is not None:  # so it closes its window, and what its page kept is written
            process.stdin.close()
        else:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
    if os.name == "posix":  # its helpers are in its group, which may outlast it
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
