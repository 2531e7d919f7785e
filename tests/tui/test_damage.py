"""A server whose log is damaged: the screen says that something is missing, and where."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from hubbub.client import connect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving

from .seats import seat


def test_what_is_missing_is_said_where_it_would_stand(tmp_path: Path) -> None:
    data = tmp_path / "server"
    config = Config(server=ServerSection(data=str(data)))

    async def before() -> None:
        with serving(config) as server:
            async with connect(server.address, name="bob") as bob:
                for text in ("before it", "to be damaged", "behind it"):
                    await bob.say(text)

    async def after() -> None:
        with serving(config) as server:
            async with seat(server.address, tmp_path) as ann:
                await ann.until("behind it")
                await ann.until("Something is missing here (from 2 to 2)")
                await ann.until("damaged: 2–2 missing")
                assert "to be damaged" not in ann.screen

    asyncio.run(before())
    with closing(sqlite3.connect(data / "hubbub.db", isolation_level=None)) as file:
        file.execute("UPDATE segments SET body = 'x' WHERE last = 2")
    asyncio.run(after())
