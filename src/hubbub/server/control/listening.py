"""The control socket: a line of JSON for each command, and a line for its answer.

Whoever may open it may do everything with the folder, so it asks for no password. Commands and
answers are those of the protocol.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import HubbubError
from hubbub.chat.events import Error
from hubbub.faults import faults
from hubbub.server.control.place import LINE_BYTES_MAX, account_of, leave, listen
from hubbub.server.notes import logger
from hubbub.wire.codec import encode, ref_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hubbub.chat.events import AnyEvent

CONNECTIONS_MAX: Final = 16

TOO_LONG = Error(
    code="too_long", message=f"A command has at most {LINE_BYTES_MAX:,} bytes. Send a shorter one."
)
FAULT = Error(code="server_fault", message="The server has a fault and cannot answer this.")


class Control:
    """Listens in a folder; what has none is not run so.

    `carry_out` returns the answer to a command, which somebody with an account of the machine
    gives, or raises HubbubError.
    """

    def __init__(
        self, carry_out: Callable[[str, str], Awaitable[AnyEvent]], folder: Path | None
    ) -> None:
        self._carry_out = carry_out
        self._folder = folder
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen. Where that cannot be, the server goes on without, and the journal says so."""
        if self._folder is None:
            return
        try:
            self._server = await listen(self._folder, self._serve)
        except OSError as error:
            logger.warning("there is no control socket", reason=error.strerror or str(error))

    async def close(self) -> None:
        """Listen no more, and break off what is being answered."""
        if self._server is None or self._folder is None:
            return
        self._server.close()
        leave(self._folder)
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._connections) < CONNECTIONS_MAX:
                self._connections.add(task)
                with suppress(ConnectionError):
                    await self._answer_all(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        account, is_long = account_of(writer), False
        while True:
            try:
                line = await reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                await reader.readexactly(error.consumed)
                is_long = True
                continue
            except asyncio.IncompleteReadError as error:
                line = error.partial
            if not line:
                return
            answer = TOO_LONG if is_long else await self._answer(line, account)
            is_long = False
            writer.write(encode(answer) + b"\n")
            await writer.drain()

    async def _answer(self, line: bytes, account: str) -> AnyEvent:
        text = line.decode("utf-8", "replace")
        try:
            return await self._carry_out(text, account)
        except HubbubError as error:
            return Error.of(error, ref_of(text))
        except Exception as error:  # noqa: BLE001 (a fault ends this command, and nothing else)
            faults.note("a command of the control socket failed", error)
            return FAULT
