"""`hubbub` alone joins the chatroom of this machine, or hosts one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hubbub.cli import join
from hubbub.client import address
from hubbub.server import app
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer
from tests.client.servers import scripted


async def free_port() -> int:
    async with scripted() as script:
        return int(script.address.rpartition(":")[2])


def test_it_joins_the_server_that_is_there(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(address, "DEFAULT_PORT", hubbub_server.port)
    monkeypatch.setattr("sys.stdin", None)
    join.join_or_host("ann")
    assert capsys.readouterr().err.startswith(f"connected to {hubbub_server.address}")


def test_it_hosts_a_server_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = asyncio.run(free_port())
    hosting = app.hosting

    @asynccontextmanager
    async def hosting_in_a_scratch_folder() -> AsyncIterator[str]:
        section = ServerSection(listen=f"127.0.0.1:{port}", data=str(tmp_path))
        async with hosting(Config(server=section)) as place:
            yield place

    monkeypatch.setattr(address, "DEFAULT_PORT", port)
    monkeypatch.setattr(app, "hosting", hosting_in_a_scratch_folder)
    monkeypatch.setattr("sys.stdin", None)
    join.join_or_host("ann")
    place = f"127.0.0.1:{port}"
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"hosting a chatroom; others join it with 'hubbub join {place}'"
    assert said[1].startswith(f"connected to {place}")
