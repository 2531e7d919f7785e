"""The server whose promises are checked: a process that is started, stopped, killed and starved."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from bench.measuring import PAGE_BYTES
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed
from bench.ports import free_port

CONFIG: Final = """
[limits]
messages_per_second = 0
shutdown_seconds = 2

[people]
guest_days = 100000

[tls]
self_signed = true

[log]
durability = "{durability}"
"""
NO_FAULTS: Final = ('"library": "hubbub.log.damage"',)
"""Damage is none: a commit that a power cut tore, and that nobody heard of, looks like it."""

POLL_SECONDS: Final = 0.01
STOP_SECONDS: Final = 20.0


class Server:
    """`hubbub serve` on the folder `data`, always at the same `port`.

    `more`: what else its configuration says.
    """

    def __init__(
        self,
        data: Path,
        durability: str,
        environment: Mapping[str, str],
        more: str = "",
        port: int | None = None,
    ) -> None:
        self.data = data
        self.durability = durability
        self.port = port or free_port()
        self.journal = data.with_name("journal")
        self.starts = 0
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        config = data.with_name("hubbub.toml")
        config.write_text(CONFIG.format(durability=durability) + more)
        self._command = [
            *(sys.executable, "-m", "hubbub.cli", "serve", "--listen", f"{HOST}:{self.port}"),
            *("--data", str(data), "--config", str(config)),
        ]

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start, and wait until it accepts connections; raise Failed if it does not come up."""
        self.starts += 1
        with self.journal.open("ab") as journal:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.DEVNULL,
                stdout=journal,
                stderr=subprocess.STDOUT,
                env=self._environment,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if not self.runs:
                raise Failed(f"The server did not start: {self.last_words()}")
            with suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, self.port)
                writer.close()
                return
            await asyncio.sleep(POLL_SECONDS)
        raise Failed(f"The server accepted nobody within {PATIENCE_SECONDS:.0f} seconds.")

    def faults(self) -> list[str]:
        """Return the lines of its journal that tell of a fault of its own."""
        said = self.journal.read_text("utf-8", "replace").splitlines()
        told = [one for one in said if "Traceback" in one or '"level": "error"' in one]
        return [one[:300] for one in told if not any(passing in one for passing in NO_FAULTS)]

    def last_words(self) -> str:
        """Return the end of its journal."""
        said = self.journal.read_text("utf-8", "replace").strip()
        return said[-400:] or "it said nothing"

    async def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            # Not by its own method, which may take its end from whoever waits for it.
            self.signal(signal.SIGKILL)
            await self._process.wait()

    async def stop(self) -> bool:
        """Ask it to end; return whether it did so in an orderly way."""
        assert self._process is not None
        self.signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                return await self._process.wait() == 0
        await self.kill()
        return False

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def limit_descriptors(self, spare: int | None) -> None:
        """Let it open only `spare` descriptors beyond those it has; None: as many as ever."""
        soft, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        if spare is None:
            soft = hard
        else:
            taken = {int(path.name) for path in Path(f"/proc/{self.pid}/fd").iterdir()}
            free = [number for number in range(max(taken) + spare + 2) if number not in taken]
            soft = free[spare]  # the system gives out the lowest, and none from here on
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (soft, hard))

    def limit_memory(self, spare_bytes: int | None) -> None:
        """Let it have so many more bytes of memory; None: as many as it likes."""
        limit = resource.RLIM_INFINITY
        if spare_bytes is not None:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[0])
            limit = pages * PAGE_BYTES + spare_bytes
        resource.prlimit(self.pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
