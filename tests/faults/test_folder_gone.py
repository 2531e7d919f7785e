"""The server's folder is taken away while it runs: nobody is told `ok`, but what is wrong."""

import asyncio
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.sessions import Events


def delete(data: Path) -> None:
    shutil.rmtree(data)


def put_an_older_copy_back(data: Path) -> None:
    copy = data.with_name("copy")
    for path in copy.iterdir():
        shutil.copy(path, data)


def answer(server: ServerProcess, path: str) -> tuple[int, str]:
    """Return the status and the text of what the server answers over HTTP."""
    url = f"http://{server.host}:{server.port}{path}"
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def say(session: Events, text: str) -> str:
    answer = await session.ask(type="say", room="lobby", text=text, nonce=text)
    return str(answer.get("code", answer["type"]))


async def told(server: ServerProcess) -> None:
    """Wait until the server's health says that something is wrong."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await asyncio.to_thread(answer, server, "/healthz"))[0] != 503:
            pass


async def say_at(server: ServerProcess, text: str) -> None:
    async with await Events.enter(server, "ann") as ann:
        await ann.ask(type="join", room="lobby")
        assert await say(ann, text) == "ok"


async def scene(server: ServerProcess, change: Callable[[], None]) -> None:
    async with await Events.enter(server, "ann") as ann:
        await ann.ask(type="join", room="lobby")
        assert await say(ann, "ok") == "ok"
        change()
        await told(server)
        for text in ("not ok", "nor is this"):
            assert await say(ann, text) == "log_unavailable"
        metrics = await asyncio.to_thread(answer, server, "/metrics")
        assert "\nhubbub_log_damaged_places 1.0\n" in metrics[1]
        assert (await asyncio.to_thread(answer, server, "/readyz"))[0] == 503


@pytest.mark.parametrize("change", [delete, put_an_older_copy_back])
def test_nothing_is_ok_that_is_nowhere(tmp_path: Path, change: Callable[[Path], None]) -> None:
    data = tmp_path / "data"
    with ServerProcess(data) as server:
        for text in ("in the copy", "since then"):
            asyncio.run(say_at(server, text))
            server.stop()
            assert asyncio.run(server.exit_code()) == 0
            if not (tmp_path / "copy").exists():
                shutil.copytree(data, tmp_path / "copy")
            server.start()
        asyncio.run(scene(server, partial(change, data)))
    journal = (tmp_path / "data.stderr").read_text()
    assert journal.count("while the server was running; nothing can be posted") == 1
    assert "Traceback" not in journal
