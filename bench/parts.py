"""What a message costs in each part of the server: `python -m bench.parts`.

No sockets and no second thread: each part is driven by plain calls on a fixed script, and its CPU
time is divided by the messages. Under a profiler it is the fixed script to look at:
`python -m cProfile -s tottime -m bench.parts`. With `--rooms 256` each message of a batch is said
in another room, of four listeners, which is what a commit brings where there are many small rooms.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers.peer import TEXT_BYTES
from hubbub.chat.heard import Heard, PlainLine
from hubbub.chat.limits import Limits
from hubbub.hub import Hub, Session
from hubbub.hub.speech import Allowed
from hubbub.log.batch import in_log_order
from hubbub.log.damage import Damage
from hubbub.log.sqlite.portions import fill_portion
from hubbub.log.sqlite.writer import Writer
from hubbub.server.fairness.turns import SLICE_UNITS
from hubbub.wire.framed import CLASSIC, FramedDialect
from hubbub.wire.frames import encode_frame

MEMBERS = 10
SPEAKERS = 4
BATCH_MESSAGES = 256
SMALL_ROOM_MEMBERS = 4
INDEXED_BATCHES = 16
"""So many are indexed together: what a busy server commits in a tenth of a second."""
RUNS = 5
AT = 1_795_586_505_796
SLICE = Allowed(AT, SLICE_UNITS, 1_000_000, list[float]().append)
PARTS = ("read frames", "decide", "commit", "fan out", "index")

Costs = dict[str, float]
"""CPU time by part."""


class Silence:
    """The sending half of a connection that leads nowhere."""

    def write(self, payload: bytes) -> None:
        """Take what is written."""

    def end(self) -> None:
        """Do nothing."""


def crowded(hub: Hub, count: int, kind: str) -> list[Session]:
    """Let classic sessions in."""
    return [hub.enter(f"{kind}{n:03}", CLASSIC, Silence(), f"{kind}{n}")[0] for n in range(count)]


class Script:
    """One server's parts, and the CPU time that each has taken; a speaker to each of `rooms`."""

    def __init__(self, folder: Path, rooms: int) -> None:
        self.costs: Costs = dict.fromkeys(PARTS, 0.0)
        self._hub = Hub(Limits(), server="bench")
        is_one = rooms == 1
        members = crowded(self._hub, MEMBERS if is_one else rooms * SMALL_ROOM_MEMBERS, "m")
        self._speakers = crowded(self._hub, SPEAKERS if is_one else rooms, "s")
        if not is_one:
            for number, session in enumerate((*members, *self._speakers)):
                self._hub.line(session, f"/join room{number % rooms}", AT)
            while self._hub.has_announcements:
                self._hub.announce()
        self._dialects = [FramedDialect(self._hub.limits.frame_bytes_max) for _ in self._speakers]
        for dialect in self._dialects:
            list(dialect.receive(encode_frame(b"name")))
        self._writer = Writer(folder, "process")
        self._connection = self._writer.open()
        self._started = 0.0

    def play(self, batches: int) -> None:
        """Take so many batches from their frames to their members, then into the search index."""
        stream = encode_frame(b"x" * TEXT_BYTES) * (BATCH_MESSAGES // len(self._speakers))
        for number in range(1, batches + 1):
            self._begin()
            heard = [list(dialect.receive(stream)) for dialect in self._dialects]
            self._end("read frames")
            for speaker, lines in zip(self._speakers, heard, strict=True):
                self._decide(speaker, iter(lines))
            self._end("decide")
            batch = self._hub.take()
            seqs = self._writer.commit(self._connection, [draft.event for draft in batch])
            self._end("commit")
            self._hub.acknowledge(batch, seqs)
            self._hub.apply(in_log_order([draft.event for draft in batch]))
            self._end("fan out")
            if number % INDEXED_BATCHES == 0 or number == batches:
                self._begin()
                while fill_portion(self._writer, Damage("a bench"), self._connection):
                    pass
                self._end("index")
        self._connection.close()

    def _decide(self, speaker: Session, lines: Iterator[Heard]) -> None:
        """Act on lines as a conversation does."""
        for line in lines:
            _, odd = self._hub.speak(speaker, line, lines, SLICE)
            if odd is not None:
                assert isinstance(odd, PlainLine)
                self._hub.line(speaker, odd.text, AT)

    def _begin(self) -> None:
        self._started = time.thread_time()

    def _end(self, part: str) -> None:
        ended = time.thread_time()
        self.costs[part] += ended - self._started
        self._started = ended


def played(batches: int, rooms: int = 1) -> Costs:
    """Play the script on a fresh log; return the CPU microseconds of a message by part."""
    with TemporaryDirectory(prefix="hubbub-bench-") as folder:
        script = Script(Path(folder), rooms)
        script.play(batches)
    messages = batches * BATCH_MESSAGES
    return {part: seconds / messages * 1e6 for part, seconds in script.costs.items()}


def main() -> None:
    """Print the median of each part, and their sum."""
    parser = argparse.ArgumentParser("python -m bench.parts", description=__doc__)
    parser.add_argument("--batches", type=int, default=400, help="of 256 messages each (400)")
    parser.add_argument(
        "--rooms", type=int, choices=(1, BATCH_MESSAGES), default=1, help="with a share of it (1)"
    )
    asked = parser.parse_args()
    runs = [played(asked.batches, asked.rooms) for _ in range(RUNS)]
    medians = {part: statistics.median(run[part] for run in runs) for part in PARTS}
    for part, cost in [*medians.items(), ("together", sum(medians.values()))]:
        print(f"{part:12} {cost:6.2f} µs per message")


if __name__ == "__main__":
    main()
