"""Where a server can be reached by those who may use its folder, and by nobody else.

It is the file `control` in the folder: a Unix socket that its owner alone may open. Where the
system has none, or the folder's path is too long for one, it is an ordinary file, which its owner
alone may read. It holds a port of the loopback address, and a secret to be given there first.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import socket
import stat
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NAME: Final = "control"
LINE_BYTES_MAX: Final = 1_048_576
"""The longest command."""

ANSWER_BYTES_MAX: Final = 16_777_216
"""More than any answer has: a page has 1 MiB of text, and in JSON up to twice as much."""

PATH_BYTES_MAX: Final = 100
"""The longest path of a socket that every system takes."""

SECONDS: Final = 10.0
"""How long a server may take to accept a connection, and a peer to give the secret."""

_UCRED: Final = struct.Struct("3i")
_HAS_SOCKETS: Final = hasattr(socket, "AF_UNIX") and os.name == "posix"


class _Door(msgspec.Struct):
    port: int
    secret: str


async def listen(folder: Path, serve: Serve) -> asyncio.Server:
    """Have `serve` called for each connection at the folder's place; raises OSError."""
    path = folder / NAME
    with suppress(FileNotFoundError):
        path.unlink()  # of a server that was killed: whoever has the log has the folder
    if _HAS_SOCKETS and len(os.fsencode(path)) <= PATH_BYTES_MAX:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.bind(os.fspath(path))
            path.chmod(0o600)  # before anybody can connect
            return await asyncio.start_unix_server(serve, sock=sock, limit=LINE_BYTES_MAX)
        except BaseException:
            sock.close()
            raise
    return await _listen_on_loopback(path, serve)


async def _listen_on_loopback(path: Path, serve: Serve) -> asyncio.Server:
    secret = secrets.token_urlsafe(16)

    async def serve_proven(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given = b""
        with suppress(TimeoutError, OSError, ValueError):
            async with asyncio.timeout(SECONDS):
                given = (await reader.readline()).strip()
        if hmac.compare_digest(given, secret.encode()):
            await serve(reader, writer)
        else:
            writer.close()

    server = await asyncio.start_server(serve_proven, "127.0.0.1", 0, limit=LINE_BYTES_MAX)
    try:
        port = server.sockets[0].getsockname()[1]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(_Door(port, secret)))
    except BaseException:
        server.close()
        raise
    return server


def leave(folder: Path) -> None:
    """Take the place away: nobody listens there any more."""
    with suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


def account_of(writer: asyncio.StreamWriter) -> str:
    """Return the account of whoever is connected, as the system says it; empty if it does not."""
    sock = writer.get_extra_info("socket")
    if sock is None or not hasattr(socket, "SO_PEERCRED") or sock.family != socket.AF_UNIX:
        return ""
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    _, user, _ = _UCRED.unpack(raw)
    import pwd  # noqa: PLC0415 (Windows has none)

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


async def reach(folder: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection to the server that has the folder; raise ConfigError if there is none."""
    path = folder / NAME
    try:
        async with asyncio.timeout(SECONDS):
            if stat.S_ISSOCK(path.stat().st_mode):
                return await asyncio.open_unix_connection(path, limit=ANSWER_BYTES_MAX)
            door = msgspec.json.decode(path.read_bytes(), type=_Door)
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", door.port, limit=ANSWER_BYTES_MAX
            )
            writer.write(f"{door.secret}\n".encode())
            return reader, writer
    except PermissionError:
        raise ConfigError(
            f"Only the account that the server of {folder} runs under may run it from here. Use "
            "that account, or root.",
            code="not_yours",
        ) from None
    except (OSError, ValueError, msgspec.DecodeError):
        raise ConfigError(
            f"No server runs on the folder {folder}. Name another one with --data, or the server's "
            "address with --at.",
            code="not_running",
        ) from None
