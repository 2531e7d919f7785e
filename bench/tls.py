"""What TLS costs the server: `python -m bench.tls`. The same things are done without and with it.

Counted is the processor time that the server's process takes, and its memory: what else the machine
does meanwhile hardly matters.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hubbub.tls.certificates import server_context
from hubbub.tls.self_signed import make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDSHAKES = 500
MEMBERS = 200
MESSAGES = 200
TEXT_BYTES = 100
IDLE = 1000
AT_ONCE = 50


class Server(NamedTuple):
    """A server in a process of its own."""

    pid: int
    port: int

    @property
    def cpu_seconds(self) -> float:
        """What its threads have taken so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_bytes(self) -> int:
        """How much memory it has."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class Line(NamedTuple):
    """A connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, text: str) -> None:
        """Send a frame."""
        body = text.encode()
        self.writer.write(str(len(body)).ljust(10).encode() + body)


@contextlib.contextmanager
def serving(folder: Path, certificate: Path, key: Path) -> Iterator[Server]:
    """Run a server."""
    config = folder / "hubbub.toml"
    config.write_text("[limits]\nmessages_per_second = 0\n")
    options = ["--listen", "127.0.0.1:0", "--data", str(folder / "data"), "--config", str(config)]
    options += ["--tls-cert", str(certificate), "--tls-key", str(key)]
    process = subprocess.Popen(
        [sys.executable, "-m", "hubbub.cli", "serve", *options], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline().decode().rpartition(":")[2])
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


async def connected(server: Server, context: ssl.SSLContext | None) -> Line:
    """Return a new connection."""
    return Line(*await asyncio.open_connection("127.0.0.1", server.port, ssl=context))


async def many(server: Server, context: ssl.SSLContext | None, count: int) -> list[Line]:
    """Return so many connections, made a few at a time."""
    lines: list[Line] = []
    while len(lines) < count:
        wanted = min(AT_ONCE, count - len(lines))
        lines += await asyncio.gather(*(connected(server, context) for _ in range(wanted)))
    return lines


def hang_up(lines: list[Line]) -> None:
    """Close connections."""
    for line in lines:
        line.writer.transport.abort()


async def coming(server: Server, context: ssl.SSLContext | None) -> float:
    """Return the processor time for a connection that comes and goes, in microseconds."""
    before = server.cpu_seconds
    for _ in range(HANDSHAKES // AT_ONCE):
        hang_up(await many(server, context, AT_ONCE))
    await asyncio.sleep(0.5)
    return (server.cpu_seconds - before) / HANDSHAKES * 1e6


async def delivering(server: Server, context: ssl.SSLContext | None) -> float:
    """Return the processor time for one delivery, in microseconds."""
    members = await many(server, context, MEMBERS)
    for number, member in enumerate(members):
        member.say(f"m{number}{'s' if context else ''}")
    sender = await connected(server, None)
    sender.say("sender" + ("s" if context else ""))
    await asyncio.sleep(2)
    text = "x" * TEXT_BYTES
    size = 10 + len("sender") + (1 if context else 0) + 10 + TEXT_BYTES
    before = server.cpu_seconds
    for _ in range(MESSAGES):
        sender.say(text)
        await asyncio.gather(*(member.reader.readexactly(size) for member in members))
    used = server.cpu_seconds - before
    hang_up([*members, sender])
    await asyncio.sleep(1)
    return used / (MEMBERS * MESSAGES) * 1e6


async def idle(server: Server, context: ssl.SSLContext | None) -> float:
    """Return the memory for a connection that says nothing but its name, in KiB."""
    before = server.resident_bytes
    lines = await many(server, context, IDLE)
    for number, line in enumerate(lines):
        line.say(f"member {number}")
    await asyncio.sleep(5)
    used = server.resident_bytes - before
    hang_up(lines)
    await asyncio.sleep(2)
    return used / IDLE / 1024


async def measure(folder: Path) -> None:
    """Print what each thing costs, without TLS and with it."""
    certificate, key = folder / "c.pem", folder / "k.pem"
    make_certificate(certificate, key, ["localhost"])
    assert server_context(certificate, key)
    believing = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    believing.check_hostname, believing.verify_mode = False, ssl.CERT_NONE
    for name, work, unit in (
        ("a connection that comes and goes", coming, "µs of processor time"),
        (f"a delivery of {TEXT_BYTES} bytes", delivering, "µs of processor time"),
        ("an idle member", idle, "KiB of memory"),
    ):
        figures = []
        for context in (None, believing):
            # One server for each: memory that was used once is used again.
            with (
                tempfile.TemporaryDirectory() as data,
                serving(Path(data), certificate, key) as one,
            ):
                hang_up(await many(one, context, 1))  # what is loaded late is there then
                figures.append(await work(one, context))
        plain, tls = figures
        print(f"{name}: {plain:.1f} without TLS, {tls:.1f} with it ({unit})")


def main() -> None:
    """Measure in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
