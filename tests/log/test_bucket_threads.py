"""A process that has used a bucket ends as it should, whatever the store does."""

import subprocess
import sys
import textwrap
from pathlib import Path

from bench.ports import free_port

PATIENCE_SECONDS = 60
ENDS = 5
"""Where this went wrong, it did so in one of five ends."""


def started(script: str) -> subprocess.Popen[str]:
    lines = f"import asyncio\nfrom hubbub.log.bucket.threads import in_thread\n{script}"
    command = [sys.executable, "-c", textwrap.dedent(lines)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def ended(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, said
    return said


GIVEN_UP = """
from threading import Event, Timer
go_on, began = Event(), Event()
{timer}
def work():
    began.set()
    go_on.wait()
    print("done", flush=True)
async def go():
    waiting = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(began.wait)
    waiting.cancel()
asyncio.run(go())
"""


def test_the_end_waits_for_a_request_that_nobody_waits_for_any_more() -> None:
    timer = "timer = Timer(0.2, go_on.set); timer.daemon = True; timer.start()"
    assert ended(started(GIVEN_UP.format(timer=timer))) == "done\n"


def test_the_end_comes_though_a_request_does_not() -> None:
    assert ended(started(GIVEN_UP.format(timer=""))) == ""


def test_what_a_request_raises_is_raised() -> None:
    script = """
async def go():
    print(await in_thread(lambda: 1 + 1))
    try:
        await in_thread(lambda: 1 / 0)
    except ZeroDivisionError:
        print("raised")
asyncio.run(go())
"""
    assert ended(started(script)) == "2\nraised\n"


def test_a_process_that_ends_at_once_is_not_aborted() -> None:
    port = free_port()
    script = f"""
from hubbub.chat.errors import LogError
from hubbub.log.bucket import chunks
from hubbub.log.bucket.address import BucketAddress
chunks.RETRIES_MAX = 0
address = BucketAddress("bucket", "", "http://127.0.0.1:{port}", "r", "k", "s", "")
async def go():
    try:
        await chunks.Bucket(address).put("a.b", 0, bytes(chunks.CHUNK_BYTES))
    except LogError:
        print("refused")
asyncio.run(go())
"""
    for process in [started(script) for _ in range(ENDS)]:
        assert ended(process) == "refused\n"
