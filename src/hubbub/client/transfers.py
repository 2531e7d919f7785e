"""The bytes of files over HTTP: sent on after a lost connection, and fetched on likewise.

Imported for the first file: aiohttp takes a quarter of a second to load.
"""

import asyncio
import hashlib
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

import aiohttp
import msgspec

from hubbub.chat.errors import HubbubError, Refused, Unreachable
from hubbub.chat.files import FileSummary
from hubbub.client.address import Address
from hubbub.client.retry import Backoff

Progress = Callable[[int, int], None]
"""Told how many bytes there are so far, and how many there will be."""

PIECE_BYTES: Final = 262_144
SILENCE_SECONDS: Final = 60.0
GIVE_UP_SECONDS: Final = 30.0
"""Of waiting in a row, while no byte passes."""

FAREWELL_SECONDS: Final = 2.0
"""To tell the server that an upload is given up, which it would find out in a day."""

_OK: Final = 200
_NO_CONTENT: Final = 204
_PARTIAL: Final = 206
_CONFLICT: Final = 409


class _Problem(msgspec.Struct):
    code: str = "error"
    detail: str = "The server refused this."


class _Whole(msgspec.Struct):
    file: FileSummary


class Transfers:
    """To and from the server at `address`. `proof`: the name and secret of a session, as it is.

    `fingerprint`: that of the server's certificate; empty where there is no TLS. `authorities`:
    those of whom one vouched for it, and may have for the next one by now.
    """

    def __init__(
        self,
        address: Address,
        fingerprint: str,
        proof: Callable[[], tuple[str, str]],
        authorities: ssl.SSLContext | None = None,
    ) -> None:
        self._server = f"https://{address}" if fingerprint else f"http://{address}"
        self._ssl: ssl.SSLContext | aiohttp.Fingerprint | bool = authorities or True
        if fingerprint and authorities is None:
            self._ssl = aiohttp.Fingerprint(bytes.fromhex(fingerprint))
        self._proof = proof

    @asynccontextmanager
    async def _http(self) -> AsyncIterator[aiohttp.ClientSession]:
        waits = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE_SECONDS)
        # The certificate that the chat was let in with, or one that is vouched for as that was.
        connector = aiohttp.TCPConnector(ssl=self._ssl)
        async with aiohttp.ClientSession(timeout=waits, connector=connector) as session:
            yield session

    async def send(
        self, path: str, source: BinaryIO, size: int, progress: Progress | None
    ) -> FileSummary:
        """Send what `source` has to an upload's address; return the file that it became.

        Raises Refused, and Unreachable if nothing more passes.
        """
        backoff, offset = Backoff(give_up_seconds=GIVE_UP_SECONDS), 0
        async with self._http() as http:
            while True:
                try:
                    sent = _Sent(source, offset, size, progress)
                    if (file := await self._send(http, path, sent)) is not None:
                        return file
                    reached = await self._offset(http, path)
                except (aiohttp.ClientError, OSError, TimeoutError) as error:
                    await _wait(backoff, error)
                    reached = await self._asked_again(http, path, backoff)
                if reached > offset:
                    backoff.reset()
                offset = reached

    async def _send(
        self, http: aiohttp.ClientSession, path: str, sent: "_Sent"
    ) -> FileSummary | None:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": f"{sent.offset}",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": f"{sent.size - sent.offset}",
        }
        url = self._server + path
        async with http.patch(url, headers=headers, data=sent.pieces()) as answer:
            if answer.status == _OK:
                return msgspec.json.decode(await answer.read(), type=_Whole).file
            if answer.status in {_NO_CONTENT, _CONFLICT}:
                return None
            raise await _refusal(answer)

    async def _offset(self, http: aiohttp.ClientSession, path: str) -> int:
        async with http.head(self._server + path) as answer:
            if answer.status != _OK:
                raise Refused(
                    "The server knows nothing of this upload any more. Send the file once more.",
                    code="no_such_upload",
                )
            return int(answer.headers["Upload-Offset"])

    async def _asked_again(self, http: aiohttp.ClientSession, path: str, backoff: Backoff) -> int:
        while True:
            try:
                return await self._offset(http, path)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                await _wait(backoff, error)

    async def give_up(self, path: str) -> None:
        """Have the server expect no more of an upload, if it can be told now."""
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with (
                asyncio.timeout(FAREWELL_SECONDS),
                self._http() as http,
                http.delete(self._server + path),
            ):
                pass

    # Fetching.

    async def fetch(self, path: str, *, bytes_max: int | None = None) -> bytes:
        """Return what is at an address of the server's; raise Refused if it is longer than that."""
        url = self._server + path
        async with self._http() as http:
            try:
                async with http.get(url, headers=self._headers()) as answer:
                    if answer.status != _OK:
                        raise await _refusal(answer)
                    return await _read(answer, bytes_max)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise Unreachable(f"The server did not give out this file: {error}") from error

    def _headers(self) -> dict[str, str]:
        """Return what says who asks."""
        name, secret = self._proof()
        pair = b64encode(f"{name}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"} if secret else {}

    async def download(self, file: FileSummary, to: Path, progress: Progress | None) -> None:
        """Write a file to `to`, once all of it has come and is what it should be."""
        part = to.with_name(f"{to.name}.part")
        backoff, has = Backoff(give_up_seconds=GIVE_UP_SECONDS), 0
        part.write_bytes(b"")
        async with self._http() as http:
            while has < file.size:
                try:
                    await self._append(http, file, part, progress)
                except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
                    await _wait(backoff, error)
                reached = part.stat().st_size
                if reached > has:
                    backoff.reset()
                has = reached
        if await asyncio.to_thread(_hash_of, part) != file.sha256:
            part.unlink()
            raise HubbubError(f"'{file.name}' did not come as it is on the server. Try again.")
        part.replace(to)

    async def _append(
        self, http: aiohttp.ClientSession, file: FileSummary, part: Path, progress: Progress | None
    ) -> None:
        has = await asyncio.to_thread(lambda: part.stat().st_size)
        ranged = {"Range": f"bytes={has}-", "If-Range": f'"{file.sha256}"'} if has else {}
        url = self._server + file.path
        async with http.get(url, headers=self._headers() | ranged) as answer:
            if answer.status not in {_OK, _PARTIAL}:
                raise await _refusal(answer)
            with part.open("ab" if answer.status == _PARTIAL else "wb") as out:
                async for piece in answer.content.iter_chunked(PIECE_BYTES):
                    await asyncio.to_thread(out.write, piece)
                    if progress is not None:
                        progress(out.tell(), file.size)


class _Sent:
    """What one request sends of a file."""

    def __init__(self, source: BinaryIO, offset: int, size: int, progress: Progress | None) -> None:
        self._source = source
        self._progress = progress
        self.offset = offset
        self.size = size

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes, and tell of those before, which are on their way."""
        at = self.offset
        await asyncio.to_thread(self._source.seek, at)
        while at < self.size:
            if self._progress is not None:
                self._progress(at, self.size)
            piece = await asyncio.to_thread(self._source.read, min(PIECE_BYTES, self.size - at))
            if not piece:
                raise HubbubError("The file became shorter while it was sent.", code="too_large")
            at += len(piece)
            yield piece
        if self._progress is not None:
            self._progress(at, self.size)


async def _wait(backoff: Backoff, error: Exception) -> None:
    seconds = backoff.next_seconds()
    if seconds is None:
        raise Unreachable(f"The connection for the file is lost: {error}.") from error
    await asyncio.sleep(seconds)


async def _read(answer: aiohttp.ClientResponse, bytes_max: int | None) -> bytes:
    if bytes_max is None:
        return await answer.read()
    found = bytearray()
    async for piece in answer.content.iter_chunked(PIECE_BYTES):
        found += piece
        if len(found) > bytes_max:
            raise Refused("The server sent more than such a file can have.")
    return bytes(found)


async def _refusal(answer: aiohttp.ClientResponse) -> Refused:
    try:
        problem = msgspec.json.decode(await answer.read(), type=_Problem)
    except msgspec.DecodeError:
        problem = _Problem(detail=f"The server answered with {answer.status}.")
    return Refused(problem.detail, code=problem.code)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
