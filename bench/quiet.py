"""What a member takes who only sits there, as Python counts it: `python -m bench.quiet`.

A server runs in this process, and Python notes what is allocated. The members are those of another
process. `--by lines` says where most of it is allocated.
"""

import argparse
import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers import EVENTS, HUBBUB, IRC, WEBSOCKETS
from bench.peers.api import Conversation
from bench.peers.peer import Dialect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving

SPOKEN: dict[str, Dialect] = {
    "frames": EVENTS.members[0],
    "plain": HUBBUB.members[0],
    "websocket": WEBSOCKETS.members[0],
    "irc": IRC.members[0],
}
FIRST, MEMBERS = 100, 600
"""Before the first are there, caches are not full, nor all that is loaded late."""

QUIET_SECONDS = 10.0
ROOM = "lobby"
SHOWN = 40


def sit(spoken: str, port: int, first: int, count: int) -> None:
    """Let members in, say so, and wait until nobody wants them any more."""
    dialect, seats = SPOKEN[spoken], []
    for number in range(first, first + count):
        seat, name = Conversation(port), f"{spoken[0]}{number:05}"  # or caches know it
        if opening := dialect.opening(name):
            seat.say(opening)
            if dialect.opened:
                seat.read_until(dialect.opened)
        seat.say(dialect.join(name, ROOM))
        seat.read_until(dialect.joined)
        seats.append(seat)
    print("here", flush=True)
    sys.stdin.read()


@contextmanager
def sitting(spoken: str, port: int, first: int, count: int) -> Iterator[None]:
    """Have members of another process be there."""
    asked = (spoken, port, first, count)
    command = [sys.executable, "-m", "bench.quiet", "--sit", *map(str, asked)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n", "all of them came in"
        yield
        process.communicate()


def counted() -> tracemalloc.Snapshot:
    """Return what is allocated once the members have been quiet for a while."""
    time.sleep(QUIET_SECONDS)
    gc.collect()
    return tracemalloc.take_snapshot()


def main() -> None:
    """Print how many bytes each member takes, by what they speak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spoken", nargs="+", choices=SPOKEN, default=["frames", "websocket"])
    parser.add_argument("--by", choices=["lines"])
    parser.add_argument("--sit", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.sit:
        spoken, *numbers = asked.sit
        sit(spoken, *map(int, numbers))
        return
    tracemalloc.start()
    try:
        for spoken in asked.spoken:
            tell(spoken, lines=bool(asked.by))
    finally:
        tracemalloc.stop()


def tell(spoken: str, *, lines: bool) -> None:
    """Print what each member takes, and the `lines` where most of it is allocated."""
    with TemporaryDirectory(prefix="hubbub-bench-") as folder:
        config = Config(server=ServerSection(listen="127.0.0.1:0", data=folder))
        with serving(config) as server, sitting(spoken, server.port, 0, FIRST):
            before = counted()
            with sitting(spoken, server.port, FIRST, MEMBERS):
                after = counted()
    found = after.compare_to(before, "lineno")
    print(f"{spoken:10} {sum(one.size_diff for one in found) / MEMBERS:6,.0f} bytes each")
    for one in found[:SHOWN] if lines else ():
        frame, count = one.traceback[0], one.count_diff / MEMBERS
        place = "/".join(Path(frame.filename).parts[-3:])
        print(f"    {one.size_diff / MEMBERS:7.1f} in {count:4.2f}  {place}:{frame.lineno}")


if __name__ == "__main__":
    main()
