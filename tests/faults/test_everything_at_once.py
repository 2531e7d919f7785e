"""Somebody says things at a desk while all kinds of things happen: the server is killed, its log is
locked, the person's program is killed. What was said is in the log once, and in its order.
"""

import asyncio
import random
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hubbub.log.sqlite.connection import BUSY_SECONDS
from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.sessions import whole_log
from tests.faults.test_log_locked import locked

ROUNDS = 12
LINES_MAX = 40  # said in one round

# A desk without a face. It confirms each line once it is on its way, and says when all are posted.
DESK = """
import asyncio, sys
from pathlib import Path
from hubbub.desk.desk import Desk
from hubbub.desk.opening import Opening
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile

async def main(address, folder):
    profile = Profile.load(Path(folder) / "profile.json")
    desk = Desk(Opening(address=address), "ann", profile, lambda *_: False,
                stirred=lambda: None, alert=lambda *_: None)
    running = asyncio.create_task(desk.run())
    while not desk.rooms.current.filled:
        await asyncio.sleep(0.01)
        if running.done():
            running.result()
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).rstrip("\\n"):
        if line == "all posted?":
            while unsent(desk.rooms) or len(desk.left):
                await asyncio.sleep(0.01)
        else:
            desk.posting.say(desk.rooms.current, line)
        print(line, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


class Person:
    """Says numbered lines. `said`: those that the program confirmed; `doubtful`: those that were
    typed when it was killed.
    """

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self._command = [sys.executable, "-c", DESK, f"{server.host}:{server.port}", str(folder)]
        self.said: list[str] = []
        self.doubtful: set[str] = set()
        self._count = 0
        self.start()

    def start(self) -> None:
        """Begin to chat."""
        self._program = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._wait_for("ready")

    def _wait_for(self, line: str) -> None:
        stdout = self._program.stdout
        assert stdout is not None
        assert select.select([stdout], [], [], PATIENCE_SECONDS)[0], f"{line} does not come"
        assert stdout.readline() == f"{line}\n"

    def _type(self, line: str) -> None:
        stdin = self._program.stdin
        assert stdin is not None
        stdin.write(f"{line}\n")
        stdin.flush()

    def say(self, count: int) -> None:
        """Say some lines."""
        for _ in range(count):
            line = f"line {self._count}"
            self._count += 1
            self._type(line)
            self._wait_for(line)
            self.said.append(line)

    def wait_until_all_is_posted(self) -> None:
        self._type("all posted?")
        self._wait_for("all posted?")

    def kill(self, *, in_the_midst: bool = False) -> None:
        """Kill the program, perhaps just when it says something."""
        if in_the_midst:
            line = f"line {self._count}"
            self._count += 1
            self._type(line)
            self.doubtful.add(line)
        self._program.kill()
        self._program.wait(PATIENCE_SECONDS)
        for pipe in (self._program.stdin, self._program.stdout):
            if pipe is not None:
                pipe.close()


@pytest.mark.parametrize("seed", range(2))
def test_what_was_said_is_posted_once_and_in_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with ServerProcess(tmp_path / "data") as server:
        person = Person(server, tmp_path)
        try:
            for number in range(ROUNDS):
                person.say(chance.randrange(LINES_MAX))
                match number % 4:
                    case 0:
                        server.kill()
                        person.say(chance.randrange(5))
                        server.start()
                    case 1:
                        with locked(tmp_path / "data"):
                            person.say(chance.randrange(1, LINES_MAX))
                            # Now and then it lasts until the server has said that it cannot write.
                            time.sleep(chance.choice([0, 1.5 * BUSY_SECONDS]))
                    case 2:
                        person.kill(in_the_midst=True)
                        person.start()
                    case _:
                        server.kill()
                        person.say(chance.randrange(1, LINES_MAX))
                        person.kill()
                        server.start()
                        person.start()
            person.wait_until_all_is_posted()
        finally:
            person.kill()
        log = [event["text"] for event in asyncio.run(whole_log(server))]
    assert len(log) == len(set(log)), "nothing is there twice"
    assert [line for line in log if line not in person.doubtful] == person.said
    assert set(log) - set(person.said) <= person.doubtful
