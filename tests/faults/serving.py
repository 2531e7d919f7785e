"""`hubbub serve` as a process of its own, on a real data folder."""

import asyncio
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from bench.ports import free_port

PATIENCE_SECONDS = 60


def serve_command(
    data: Path, listen: str = "127.0.0.1:0", config: str = "", program: str = "hubbub.cli"
) -> list[str]:
    """Return the command line of a server; `config` is the text of its configuration file."""
    command = [sys.executable, "-m", program, "serve", "--listen", listen, "--data", str(data)]
    if config:
        path = data.with_name(f"{data.name}.toml")
        path.write_text(config)
        command += ["--config", str(path)]
    return command


class ServerProcess:
    """A server whose log is in `data`; it comes back on the same port, which nobody else takes.

    That is `port`, if one is given. The system never grants it more than so many `descriptors`.
    `program`: another module to run.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        data: Path,
        config: str = "",
        environment: Mapping[str, str] | None = None,
        *,
        descriptors: int | None = None,
        program: str = "hubbub.cli",
        port: int | None = None,
    ) -> None:
        self._data = data
        self._program = program
        self._descriptors = descriptors
        self._config = config
        self._environment = {**os.environ, **(environment or {})}
        self.port = port or free_port()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it accepts connections."""
        listen = f"{self.host}:{self.port}"
        command = serve_command(self._data, listen, self._config, self._program)
        if self._descriptors is not None:
            command = ["sh", "-c", f'ulimit -n {self._descriptors}; exec "$@"', "sh", *command]
        errors = self._data.with_name(f"{self._data.name}.stderr")
        with errors.open("ab") as stderr:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=stderr, env=self._environment
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_SECONDS)
        line = self._process.stdout.readline().decode() if ready else ""
        assert line.endswith("\n"), f"it did not start: {errors.read_text()}"

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def freeze(self) -> None:
        """Have it stand still, connections and all, until `thaw`."""
        self._process.send_signal(signal.SIGSTOP)
        self.stood_still()

    def stood_still(self) -> None:
        """Wait until it stands still, with all of its threads, for whatever reason."""
        _, status = os.waitpid(self._process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), "it has ended"

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut of the process does."""
        self._process.kill()
        self._reap()

    def stop(self) -> None:
        """Ask it to end."""
        self._process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self.stop()
        self._reap()

    def stays(self, seconds: float) -> bool:
        """Return whether it still runs after so long."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is None

    async def exit_code(self) -> int:
        """Wait until it has ended."""
        return await asyncio.to_thread(self._reap)

    def _reap(self) -> int:
        code = self._process.wait(PATIENCE_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    def limit_file_bytes(self, limit: int = resource.RLIM_INFINITY) -> None:
        """Let it write no file beyond `limit` bytes."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def limit_descriptors(self, spare: int | None = None) -> None:
        """Let it open no more than `spare` descriptors beyond those it has, or as many as ever."""
        soft, hard = resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE)
        if spare is None:
            soft = hard
        else:
            taken = {int(path.name) for path in Path(f"/proc/{self._process.pid}/fd").iterdir()}
            free = [number for number in range(max(taken) + spare + 2) if number not in taken]
            soft = free[spare]  # the system gives out the lowest, and none from here on
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, (soft, hard))

    def largest_file_bytes(self) -> int:
        """Return the size of the largest file in the data folder."""
        sizes = [0]
        for path in self._data.rglob("*"):
            with suppress(FileNotFoundError):
                sizes.append(path.stat().st_size)
        return max(sizes)

    def resident_bytes_peak(self) -> int:
        """Return the most memory it ever had."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return int(fields["VmHWM"].split()[0]) * 1024
