"""Moves a chatroom between one machine and a stream: the log in a folder goes on as either.

What always holds. Seqs, epochs, people and nonces stay as they are, so nobody who comes back
notices more than a lost connection. A folder is a log of its own or a node's, never both: its
epochs say which. If a move is broken off, the folder is what it was, and the move can be made
again.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from hubbub.chat.errors import LogError
from hubbub.log.chunks import Chunks
from hubbub.log.epochs import begun_at
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.objects import Objects
from hubbub.log.jetstream.pieces import number_of
from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.folder import claimed

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


async def bring(
    folder: Path,
    servers: Sequence[str],
    stream: str,
    replicas: int,
    *,
    files: Iterable[Path] = (),
    credentials: str = "",
    bucket: Chunks | None = None,
) -> int:
    """Make a stream that goes on where the log in `folder` ends; return the newest seq there.

    The servers or the `bucket` keep the `files` first, under the names of their paths.
    `credentials`: a file, if the servers need one. Raises LogError, `log_in_use` if a server uses
    the folder.
    """
    _check_name(stream)
    with claimed(folder) as claim:
        if not (folder / "hubbub.db").is_file():
            raise LogError(
                f"There is no log in {folder}. Name the folder that a server kept one in."
            )
    if claim.lost_wal:  # what a power cut took of its end is noted: no seq of that is given again
        log = await SqliteLog.open(folder, durability="power")
        await log.close()
    node = await JetStreamLog.open(folder, durability="power")
    try:
        link = await Link.open(servers, stream, credentials)
        try:
            await _begin(node, link, replicas, files, bucket)
        finally:
            await link.close()
        return node.last
    finally:
        await node.close()


async def _begin(
    log: JetStreamLog, link: Link, replicas: int, files: Iterable[Path], bucket: Chunks | None
) -> None:
    """Make the stream that goes on where `log` ends; that is a node's from then on."""
    is_there = await link.stream_found() is not None
    epochs = [*await log.epochs(), begun_at(log.last)]
    if not is_there:
        objects = Objects(link, epochs, replicas, bucket=bucket)
        for path in files:
            await objects.keep(path.name, path)
    if is_there or await link.stream_made(replicas, epochs, number_of(log.last)) is None:
        raise LogError(f"The NATS servers have a stream '{link.stream}' already. Name another one.")
    await log.keep_epochs(epochs)


async def take_back(
    folder: Path,
    servers: Sequence[str],
    stream: str,
    bring_files: Callable[[JetStreamLog], Awaitable[None]],
    *,
    credentials: str = "",
    bucket: Chunks | None = None,
) -> int:
    """Bring `folder` to where the stream ends, and make it a log of its own; return its last seq.

    The folder is a node's, or a new one. `bring_files` brings what the node lacks of files, from
    the servers or the `bucket`. Raises LogError, `log_in_use` if a server uses the folder.
    """
    _check_name(stream)
    link = await Link.open(servers, stream, credentials)
    try:
        if await link.stream_found() is None:
            raise LogError(
                f"The NATS servers have no stream '{stream}'. Name the one that was made for it."
            )
    finally:
        await link.close()
    node = await JetStreamLog.join(folder, servers, stream, credentials=credentials, bucket=bucket)
    try:
        await bring_files(node)
    finally:
        await node.close()
    log = await SqliteLog.open(folder, durability="power")  # it begins an epoch: no node any more
    try:
        return log.last
    finally:
        await log.close()


def _check_name(stream: str) -> None:
    if not _NAME.fullmatch(stream):
        raise LogError(
            f"A stream cannot be called {stream!r}. Use letters, digits, '-' and '_' alone."
        )
