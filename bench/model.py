"""What a room of a million members would cost, and a million rooms: `python -m bench.model`.

Nobody has run either. The model is arithmetic on what was measured: each figure says where it
stands in the documents, and a test sees that it still does. What was not measured at such a size is
listed below the tables, and is not in them.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final, NamedTuple

from hubbub.server.clustering.names import LOOK_SECONDS


class Figure(NamedTuple):
    """A measured number, and the words of the document that has it."""

    value: float
    document: str
    quote: str


WRITE: Final = Figure(3e-6, "performance.md", "6 µs ÷ members + 3 µs ÷ messages per commit")
"""Seconds of CPU time to write what was committed to one member."""

MESSAGE: Final = Figure(6e-6, "performance.md", "**A message** costs about 6 µs")
"""Seconds of CPU time for each message at the node where it is said, without its writes."""

REST: Final = Figure(2.0, "performance.md", "the rest leaves a third of the core free")
"""After a fan-out a node rests for this multiple of it."""

APPLY: Final = Figure(
    1 / 44_000, "clustering.md", "one node took 44,000 to\n79,000 messages a second"
)
"""Seconds for each message of the stream, at every node: the slower of the two."""

APPEND: Final = Figure(0.87e-3, "clustering.md", "0.87 ms through three")
"""Seconds until an append is acknowledged by three servers and applied."""

STREAM: Final = Figure(17_000, "clustering.md", "17,000 small messages, or 2,400 of 8 kB, a second")
"""Messages that one stream of three servers takes in a second, on two cores they shared."""

STREAM_LONG: Final = Figure(2_400, "clustering.md", STREAM.quote)
"""The same, if each is 8 kB: what is said at once in a room."""

LOOK: Final = Figure(66e-6, "clustering.md", "34 µs of CPU time if there is one, and 66 µs")
"""Seconds of CPU time of three servers to say whether a node is still registered."""

IDLE: Final = Figure(4_185, "performance.md", "| bytes each | 3,331 | 4,185 |")
"""Bytes of memory for each member, over a WebSocket."""

ROOM: Final = Figure(652, "clustering.md", "652 bytes and 7 µs for each room")
"""Bytes of memory for each room at every node."""

ROOM_START: Final = Figure(7e-6, "clustering.md", ROOM.quote)
"""Seconds for each room when a node starts."""

EVENT_BYTES: Final = 203
"""A message of 60 letters as JSON: with name, nonce, time and numbers."""

LONG_BYTES: Final = 8192
LINK_BYTES: Final = 125_000_000
"""A second of a link of 1 Gbit/s."""

CORE: Final = 1 / (1 + REST.value)
"""The share of a core that fan-out may take."""

MEMBERS: Final = 1_000_000
ROOMS: Final = 1_000_000
MEMBERS_OF_EACH: Final = 5


class Load(NamedTuple):
    """What a part carries, as a share of what it can; above 1 it breaks."""

    part: str
    share: float
    words: str


def looks(nodes: float) -> Load:
    """Return what it costs the servers that so many nodes ask whether they are registered."""
    asked = nodes / LOOK_SECONDS
    return Load("registrations", asked * LOOK.value, f"{asked:,.0f} asked for/s")


def of_one_room(members: int, nodes: int, rate: float) -> list[Load]:
    """Return what a room of so many members costs each node, with `rate` messages a second.

    A node's core that is full with fan-out does not break: more messages share a commit, and wait.
    """
    local = members / nodes
    fan_out = local * WRITE.value
    commits = min(rate, CORE / fan_out)
    batch = rate / commits
    node = commits * fan_out / CORE + rate * APPLY.value
    out = local * rate * EVENT_BYTES
    appends = rate / max(1.0, min(batch, LONG_BYTES / EVENT_BYTES))
    stream = appends / (STREAM.value if batch < 2 else STREAM_LONG.value)
    feed = rate * EVENT_BYTES * nodes
    return [
        Load("a node's core", node, f"{commits:.2g} commits/s, each written in {fan_out:.2g} s"),
        Load("a node's link", out / LINK_BYTES, f"{out * 8 / 1e6:,.0f} Mbit/s to its members"),
        Load("the stream", stream, f"{appends:,.0f} appends/s"),
        Load("the servers' links", feed / LINK_BYTES, f"{feed * 8 / 1e6:,.0f} Mbit/s to all nodes"),
        looks(nodes),
    ]


def wait_of_one_room(members: int, nodes: int, rate: float) -> float:
    """Return how long the last member waits for a message at the most, in seconds."""
    fan_out = members / nodes * WRITE.value
    commits = min(rate, CORE / fan_out)
    return APPEND.value + 1 / commits * (rate > commits) + fan_out


def of_many_rooms(rooms: int, nodes: int, streams: int, rate: float) -> list[Load]:
    """Return what so many rooms cost, with `rate` messages a second in all of them together.

    With several streams, each node keeps the rooms of one.
    """
    rate_each = rate / streams
    nodes_each = nodes / streams
    said = rate_each / nodes_each
    node = rate_each * APPLY.value + said * (MESSAGE.value + MEMBERS_OF_EACH * WRITE.value)
    memory = rooms / streams * ROOM.value + rooms * MEMBERS_OF_EACH / nodes * IDLE.value
    feed = rate_each * EVENT_BYTES * nodes_each
    start = rooms / streams * ROOM_START.value
    return [
        Load("a stream", rate_each / STREAM.value, f"{rate_each:,.0f} appends/s"),
        Load("a node's core", node, f"{rate_each:,.0f} applied/s, {said:,.0f} of them said there"),
        Load("the servers' links", feed / LINK_BYTES, f"{feed * 8 / 1e6:,.0f} Mbit/s to its nodes"),
        looks(nodes_each),
        Load("a node's memory", memory / 16e9, f"{memory / 1e9:.1f} GB of 16"),
        Load("a node's start", start / 60, f"{start:.0f} s of 60 for its rooms"),
    ]


def first_to_break(loads: Sequence[Load]) -> Load:
    """Return the part that carries the most of what it can."""
    return max(loads, key=lambda load: load.share)


def streams_for(rate: float) -> int:
    """Return how many streams so many messages need, if none is to be above 70 %."""
    return ceil(rate / (0.7 * min(STREAM.value, 1 / APPLY.value)))


def table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def one_room() -> Iterator[Sequence[str]]:
    """Yield the rows of one room: messages a second, nodes, what it comes to."""
    for rate in (1.0, 10.0, 100.0):
        for nodes in (20, 100, 500):
            loads = of_one_room(MEMBERS, nodes, rate)
            worst = first_to_break(loads)
            wait = wait_of_one_room(MEMBERS, nodes, rate)
            shares = [f"{load.share:.0%}" for load in loads]
            verdict = f"{worst.part}: {worst.words}"
            yield [f"{rate:,.0f}", f"{nodes}", *shares, f"{wait:.2g} s", verdict]


def many_rooms() -> Iterator[Sequence[str]]:
    """Yield the rows of many rooms: messages a second, streams, nodes, what it comes to."""
    for rate in (1_000.0, 10_000.0, 100_000.0):
        for streams in sorted({1, streams_for(rate)}):
            nodes = max(60, streams * 3)
            loads = of_many_rooms(ROOMS, nodes, streams, rate)
            worst = first_to_break(loads)
            shares = [f"{load.share:.0%}" for load in loads]
            verdict = f"{worst.part}: {worst.words}"
            yield [f"{rate:,.0f}", f"{streams}", f"{nodes}", *shares, verdict]


NOT_IN_IT: Final = (
    "presence: who comes and goes in a room of a million, and lists of its members; and the beat "
    "that each node hears of each other one, every second",
    "one stream of more than a million subjects: what its servers keep in memory for each",
    "the bytes on the disk: each node holds all that its stream does, until retention drops it",
    "TLS, search, files, and what clients do with a hundred messages a second",
)


def main() -> None:
    """Print both."""
    parts = ["a node's core", "a node's link", "the stream", "the servers' links", "registrations"]
    print(f"A room of {MEMBERS:,} members, in shares of what each part can carry:\n")
    head = ["messages/s", "nodes", *parts, "the last one waits", "the most"]
    print(table(head, one_room()))
    print(f"\n{ROOMS:,} rooms of {MEMBERS_OF_EACH}:\n")
    parts = ["a stream", "a node's core", "the servers' links", "registrations"]
    parts += ["a node's memory", "its start"]
    head = ["messages/s", "streams", "nodes", *parts, "the most"]
    print(table(head, many_rooms()))
    print("\nNot in it, because nobody has measured it:\n")
    print("\n".join(f"- {what}" for what in NOT_IN_IT))


if __name__ == "__main__":
    main()
