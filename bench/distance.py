"""A server far away: what passes there and back takes its time, and only so much fits through."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue

PIECE_BYTES = 16_384
START_SECONDS = 10


@contextmanager
def far_away(
    host: str, port: int, *, round_trip_seconds: float, bytes_per_second: float
) -> Iterator[str]:
    """Yield the address under which a server is that far away, until the block ends."""
    begun: Queue[tuple[str, Callable[[], object]]] = Queue()

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what is read: each piece when it would have come."""
        loop = asyncio.get_running_loop()
        free_at = 0.0
        try:
            while piece := await reader.read(PIECE_BYTES):
                free_at = max(free_at, loop.time()) + len(piece) / bytes_per_second
                loop.call_at(free_at + round_trip_seconds / 2, writer.write, piece)
        except OSError:
            pass
        finally:
            end = max(free_at, loop.time()) + round_trip_seconds / 2
            loop.call_at(end, writer.close)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, port)
        try:
            await asyncio.gather(passed_on(reader, back), passed_on(there, writer))
        except asyncio.CancelledError:
            for one in (writer, back):
                one.transport.abort()  # and end as always: of more, asyncio would complain

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(meet, "127.0.0.1")
        name, number = server.sockets[0].getsockname()[:2]
        begun.put((f"{name}:{number}", lambda: loop.call_soon_threadsafe(over.set)))
        await over.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    address, end = begun.get(timeout=START_SECONDS)
    try:
        yield address
    finally:
        end()
        thread.join()
