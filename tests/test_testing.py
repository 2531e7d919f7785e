"""The server for other programs' tests keeps to the configuration that it is given."""

import asyncio
from pathlib import Path

from hubbub.chat.limits import Limits
from hubbub.client import connect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving


async def said(address: str) -> int | None:
    async with asyncio.timeout(60), connect(address, name="ann") as chat:
        return await chat.say("hello")


def test_it_has_a_free_port_unless_told_otherwise() -> None:
    with serving() as one, serving(Config(limits=Limits(listed_max=1))) as other:
        assert len({1234, one.port, other.port}) == 3


def test_it_keeps_to_the_address_and_the_folder(tmp_path: Path) -> None:
    section = ServerSection(listen="127.0.0.1:0", data=str(tmp_path))
    for seq in (1, 2):
        with serving(Config(server=section)) as server:
            assert asyncio.run(said(server.address)) == seq
