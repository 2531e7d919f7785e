"""Has files looked at by a process of their own (examination.py), one at a time, in fair turns.

The server itself decodes nothing, and loads no library for it. A process that takes too long is
killed. Whatever becomes of it, the file can be kept: then it is one like any other.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from hubbub.server.fairness.lanes import Lane
from hubbub.server.files.found import Found
from hubbub.server.notes import logger

SECONDS_MAX: Final = 30.0
"""Of the clock; the process itself counts what it uses."""

OUTPUT_BYTES_MAX: Final = 4096
MODULE: Final = "hubbub.server.files.examination"


class Examining:
    """Looks at one file after the other. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="examining")
        self._lane = Lane(clock)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self.failures = 0
        """Files of which nothing could be told."""

    async def examine(self, host: str, path: Path, clean: Path, preview: Path) -> Found:
        """Return what a file is that came from `host`; `clean` and `preview` may be written."""
        work = partial(self._examine, path, clean, preview)

        async def use() -> Found:
            if self._is_closed:  # while others had their turn
                return Found()
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)

        return await self._lane.turn(self._lane.party(host), use)

    def _examine(self, path: Path, clean: Path, preview: Path) -> Found:
        if self._is_closed:
            return Found()
        try:
            return msgspec.json.decode(self._output(path, clean, preview), type=Found)
        except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
            self.failures += 1
            logger.warning("a file could not be looked at", reason=type(error).__name__)
            for left in (clean, preview):
                left.unlink(missing_ok=True)
            return Found()

    def _output(self, path: Path, clean: Path, preview: Path) -> bytes:
        command = [sys.executable, "-P", "-m", MODULE, *map(str, (path, clean, preview))]
        with subprocess.Popen(  # noqa: S603 (our own program; the paths are ours)
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            self._process = process
            try:
                output, _ = process.communicate(timeout=SECONDS_MAX)
            finally:
                process.kill()
                self._process = None
        return output[:OUTPUT_BYTES_MAX]

    def close(self) -> None:
        """Look at nothing more; a file that is being looked at is of no use to anybody."""
        self._is_closed = True
        if (process := self._process) is not None:
            process.kill()
        self._thread.shutdown(wait=False, cancel_futures=True)
