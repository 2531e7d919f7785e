"""The server's clock jumps, forwards and backwards, while it runs and while it is away: a repeat is
a repeat all the same (protocol section 6.3).
"""

import asyncio
import itertools
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.sessions import Events, whole_log
from tests.faults.test_own_programs import wait_for_lines
from tests.interop.terminal import hubbub

HOUR = 3600
YEARS = 10 * 366 * 24 * HOUR
JUMPS = (HOUR, -HOUR, YEARS, -YEARS, 0)

# Found by every Python that starts with this folder on its path.
WRONG_CLOCK = """
import pathlib, time
offset = pathlib.Path(__file__).with_name("offset")
right, right_ns = time.time, time.time_ns
time.time = lambda: right() + int(offset.read_text())
time.time_ns = lambda: right_ns() + int(offset.read_text()) * 10**9
"""

Jump = Callable[[int], None]


@pytest.fixture
def jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Let the wall clock of all that is started from now on be wrong by so many seconds."""
    folder = tmp_path / "clock"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WRONG_CLOCK)

    def set_offset(seconds: int) -> None:
        fresh = folder / "fresh"
        fresh.write_text(str(seconds))
        fresh.replace(folder / "offset")

    set_offset(0)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return set_offset


async def say(server: ServerProcess, *nonces: str) -> list[int]:
    """Say things in a session of its own; return their seqs."""
    async with await Events.enter(server, "ann") as ann:
        await ann.ask(type="join", room="lobby")
        answers = [await ann.ask(type="say", room="lobby", text=n, nonce=n) for n in nonces]
        return [answer["seq"] for answer in answers]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_nonce_is_known_whatever_the_clock_says(
    tmp_path: Path, jump: Jump, restarts: bool
) -> None:
    with ServerProcess(tmp_path / "data") as server:
        assert asyncio.run(say(server, "n0")) == [1]
        for number, seconds in enumerate(JUMPS, 1):
            jump(seconds)
            if restarts:
                server.kill()
                server.start()
            known = [f"n{earlier}" for earlier in range(number)]
            seqs = asyncio.run(say(server, *known, f"n{number}"))
            assert seqs == list(range(1, number + 2))
        log = asyncio.run(whole_log(server))
    assert [event["text"] for event in log] == [f"n{number}" for number in range(len(JUMPS) + 1)]
    ats = [event["at"] for event in log]
    assert max(ats) - min(ats) > YEARS * 1000, "the clock did jump"


def test_a_script_says_everything_once_around_kills_and_jumps(tmp_path: Path, jump: Jump) -> None:
    lines = [f"line {number}" for number in range(2000)]
    shown, said = tmp_path / "shown", tmp_path / "said"
    said.write_text("".join(f"{line}\n" for line in lines))
    with ServerProcess(tmp_path / "data") as server, shown.open("w") as out, said.open() as stdin:
        address = f"{server.host}:{server.port}"
        tail = subprocess.Popen(
            hubbub("tail", address, "--name", "ear", "--after", "0", "--json"),
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        send = subprocess.Popen(hubbub("send", address, "--name", "ci", "-"), stdin=stdin)
        try:
            for count, seconds in zip((300, 800, 1300), JUMPS, strict=False):
                wait_for_lines(shown, count)
                server.kill()
                jump(seconds)
                server.start()
            assert send.wait(PATIENCE_SECONDS) == 0
            events = [json.loads(line) for line in wait_for_lines(shown, len(lines))]
        finally:
            for process in (tail, send):
                process.kill()
                process.wait()
    assert [event["text"] for event in events] == lines
    assert all(one["seq"] == after["prev"] for one, after in itertools.pairwise(events))
