"""A side-car for a measurement: `python -m bench.attacks.driving ADDRESS PORT FOLDER [--turns]`.

It serves the chatroom at ADDRESS on PORT as `hubbub open` does, and tells the cookie by which a
person's page is known. `--turns`: as in serving.py.
"""

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bench.attacks.serving import TURNS, TimedLoop
from hubbub.client import parse_address
from hubbub.sidecar.noted import Note, Noted
from hubbub.sidecar.running import running
from hubbub.sidecar.way import Way

COOKIE = "cookie: "


async def drive(address: str, port: int, folder: Path) -> None:
    """Serve until this is cancelled."""
    place = parse_address(address)
    with Note(place, folder) as note:
        note.claim()
        note.write(Noted(port))
        async with running(Way(place, "", print), note) as car:
            print(COOKIE + await cookie(car.entrance("/")), flush=True)
            await asyncio.Event().wait()


async def cookie(entrance: str) -> str:
    """Return the cookie that a browser gets for a ticket."""
    parts = urlsplit(entrance)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    asked = f"GET /?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    writer.write(asked.encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer.partition("Set-Cookie: ")[2].partition(";")[0]


def main() -> None:
    """Drive as the arguments say."""
    from hubbub.cli.ending import run  # noqa: PLC0415

    if TURNS in sys.argv:
        sys.argv.remove(TURNS)
        asyncio.set_event_loop_policy(_Timed())
    address, port, folder = sys.argv[1:]
    run(drive(address, int(port), Path(folder)))


class _Timed(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self) -> TimedLoop:
        return TimedLoop()


if __name__ == "__main__":
    main()
