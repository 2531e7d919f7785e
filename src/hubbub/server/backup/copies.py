"""Makes copies of a running server's folder, each in a process of its own, also by the clock.

The process needs nothing of the server but its files (making.py), and gives way to it: the room
notices no more than that the disk is read. When the last copy was made is told by its name, so a
restart changes nothing.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

from hubbub.chat.errors import LogError
from hubbub.chat.events import BackedUp
from hubbub.server.backup.places import copies_in, made_at
from hubbub.server.config import BackupSection
from hubbub.server.notes import logger

LOOK_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 600.0
HOUR_SECONDS: Final = 3600.0
MODULE: Final = "hubbub.cli"


class Outcome(NamedTuple):
    """What became of a copy: whether it is there and whole, and what was said about it."""

    is_whole: bool
    lines: list[str]


class Copies:
    """Copies of `folder`; without one, none are made."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.section = BackupSection()
        """What is configured; it may change at any time."""
        self.made_at = 0.0
        """When the newest copy by the clock was made, in seconds since the epoch; 0 if never."""
        self.is_failing = False
        """Whether the last attempt failed."""
        self._not_before = 0.0
        self._turn = asyncio.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False

    async def run(self) -> None:
        """Make copies when they are due, for ever."""
        while True:
            if self._folder is not None and self.section.every_hours:
                try:
                    await self._keep_up(self.section)
                except (LogError, OSError) as error:
                    self._fails(str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _keep_up(self, section: BackupSection) -> None:
        folder = Path(section.folder)
        copies, now = await asyncio.to_thread(copies_in, folder), time.time()
        # A clock that was wrong once must not keep copies from being made until it is right.
        self.made_at = next((made for made in map(made_at, copies) if made <= now), 0.0)
        is_due = now >= self.made_at + section.every_hours * HOUR_SECONDS
        if not is_due or time.monotonic() < self._not_before:
            return
        await asyncio.to_thread(_make_folder, folder)
        outcome = await self.make(folder, keep=section.keep)
        if not outcome.is_whole:
            self._fails(" ".join(outcome.lines))
            return
        self.made_at = now
        self.is_failing = False
        logger.info("a backup was made", seconds=round(time.time() - now, 1))

    def _fails(self, reason: str) -> None:
        if self._is_closed:
            return
        self.is_failing = True
        self._not_before = time.monotonic() + RETRY_SECONDS
        logger.warning("a backup could not be made, and is tried again later", reason=reason)

    async def asked_for(self, place: str | None) -> BackedUp | str:
        """Make a copy that somebody asks for; return what came of it, or why there is none."""
        section = self.section
        if place is None and not section.folder:
            return (
                "The configuration has no folder for copies: set 'folder' in its section [backup], "
                "or say where the copy goes."
            )
        try:
            if place is not None:
                outcome = await self.make(Path(place))
            else:
                await asyncio.to_thread(_make_folder, Path(section.folder))
                outcome = await self.make(Path(section.folder), keep=section.keep)
        except (LogError, OSError) as error:
            return str(error)
        return BackedUp(whole=outcome.is_whole, lines=outcome.lines)

    async def make(self, place: Path, *, keep: int | None = None) -> Outcome:
        """Make a copy at `place`, one at a time. Raises LogError if there is nothing to copy."""
        if self._folder is None:
            raise LogError("This server keeps nothing on a disk, so there is nothing to copy.")
        options = [] if keep is None else ["--keep", str(keep)]
        command = ["backup", *options, "--", str(self._folder.absolute()), str(place)]
        async with self._turn:
            return await asyncio.to_thread(self._run, command)

    def _run(self, command: list[str]) -> Outcome:
        with subprocess.Popen(  # noqa: S603 (our own program; the paths are the operator's)
            [sys.executable, "-P", "-m", MODULE, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            self._process = process
            if self._is_closed:
                process.terminate()
            output, _ = process.communicate()
            self._process = None
        return Outcome(process.returncode == 0, output.splitlines())

    def close(self) -> None:
        """Make no more copies; one that is being made is given up, and leaves none."""
        self._is_closed = True
        if (process := self._process) is not None:
            process.terminate()


def _make_folder(folder: Path) -> None:
    folder.mkdir(0o700, parents=True, exist_ok=True)
