"""Readers that are programs of their own: `hubbub tail`, and the page's chat, which needs Node."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from bench.peers.server import PATIENCE_SECONDS
from bench.promises.ledger import Json, Ledger, Look
from bench.promises.looks import paged
from bench.promises.standing import DEFAULTS, RoomLook
from bench.promises.way import Way

LINE_BYTES_MAX: Final = 1 << 26
PAGE: Final = Path(__file__).with_name("page.js")


@asynccontextmanager
async def running(
    *command: str, complaints: Path, **environment: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Give what a program writes, and where it reads from; it ends with the block."""
    with complaints.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            limit=LINE_BYTES_MAX,
            env={**os.environ, **environment},
        )
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout, process.stdin
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):  # it ended by itself, and that is not told yet
                os.kill(process.pid, signal.SIGKILL)
        await process.wait()


class TailReader:
    """Notes what `hubbub tail` prints of a room; it makes up for losses by itself.

    `home` is a folder for a user.
    """

    def __init__(self, ledger: Ledger, name: str, way: Way, room: str, home: Path) -> None:
        self._ledger = ledger
        self._reading = ledger.reading(name, room)
        self._home = home
        self._command = [
            *(sys.executable, "-m", "hubbub.cli", "tail", way.address, "--name", name),
            *("--room", room, "--after", "0", "--json"),
        ]

    async def run(self) -> None:
        """Read until it is cancelled. Until it was let in once, it is started again."""
        home, complaints = str(self._home), self._home.with_name("tail")
        while not self._reading.events:
            async with running(
                *self._command, complaints=complaints, HOME=home, XDG_STATE_HOME=home
            ) as (written, _):
                while line := await written.readline():
                    self._ledger.see(self._reading, json.loads(line))
        self._ledger.find(f"{self._reading.reader} ended: {complaints.read_text()[-300:]}")


class PageReader:
    """The page's chat in the lobby and other rooms, of which it keeps copies."""

    def __init__(self, ledger: Ledger, name: str, way: Way, home: Path, *rooms: str) -> None:
        self._ledger = ledger
        self._name = name
        self._home = home
        self._command = [
            *(shutil.which("node") or "node", "--experimental-websocket", str(PAGE)),
            *(f"{way.url.replace('http', 'ws', 1)}/ws", name, *rooms),
        ]
        self._looked: asyncio.Queue[asyncio.Future[dict[str, Json]]] = asyncio.Queue()

    @staticmethod
    def can_be() -> bool:
        """Return whether there is a Node."""
        return shutil.which("node") is not None

    async def run(self) -> None:
        """Follow the room until it is cancelled."""
        complaints = self._home.with_name("page.complaints")
        async with running(*self._command, complaints=complaints) as (written, asked):
            while True:
                answer = await self._looked.get()
                asked.write(b"\n")
                if line := await written.readline():
                    answer.set_result(json.loads(line))
                else:
                    self._ledger.find(f"{self._name} ended: {complaints.read_text()[-300:]}")
                    return

    async def look(self, room: str, end: int) -> Look:
        """Look at the copy; raises ConnectionResetError if it does not go up to the seq `end`."""
        shown = await self._shown(room, end)
        seen = paged(shown["messages"])
        return Look(f"{self._name}, which has a copy,", room, seen, begins=shown["backTo"])

    async def look_at_room(self, room: str, end: int) -> RoomLook:
        """Look at what is shown of a room; raises ConnectionResetError as `look` does."""
        shown = await self._shown(room, end)
        rules = {name: shown["rules"].get(name, value) for name, value in DEFAULTS.items()}
        pins = {one["seq"] for one in shown["messages"] if one.get("pinned")}
        whole = pins if not shown["backTo"] else None
        return RoomLook(f"{self._name}, which has a copy,", room, shown["topic"], whole, rules)

    async def _shown(self, room: str, end: int) -> Json:
        answer: asyncio.Future[dict[str, Json]] = asyncio.get_running_loop().create_future()
        self._looked.put_nowait(answer)
        async with asyncio.timeout(PATIENCE_SECONDS):
            shown = (await answer).get(room, {"cursor": -1})
        if shown["cursor"] < end:
            raise ConnectionResetError(f"{self._name} is at {shown['cursor']}, not {end}.")
        return shown
