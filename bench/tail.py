"""The tail under mixed load: `python -m bench tail`.

At one server 20 rooms talk, 2,000 people only sit there, one reads a million messages from the
first on and hardly keeps up, one searches each second for the commonest word, and one exports the
long room, page by page. At another one nobody does any of this. At both, two people talk at the
same moments. The busy one also tells how long its commits and fan-outs took, and how late its event
loop was.
"""

import argparse
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from bench import report as machine_report
from bench.attacks.line import Line, member, opened
from bench.attacks.lines import flood, trickle
from bench.attacks.run import Logs, run
from bench.attacks.target import LOG_ROOM, Attack, Target
from bench.crowd import allow_descriptors
from bench.log import COMMON
from bench.measuring import load_core, share
from bench.peers.hubbub import HEADER_BYTES, frame, framed_command
from bench.peers.server import HOST, PATIENCE_SECONDS
from bench.workloads import Scale

MESSAGES = 1_000_000
BUSY_ROOMS, BUSY_PEOPLE = 20, 100
SAY_SECONDS = 0.2
IDLE_ROOMS, IDLE_PEOPLE = 100, 2_000
SEARCH_SECONDS = 1.0
PAGE_MESSAGES = 200
RECEIVE_BYTES, SIP_BYTES, SIP_SECONDS = 4096, 65_536, 0.02
DESCRIPTORS = 10_000

HISTOGRAMS = {
    "commit_duration": "commits took",
    "fan_out_duration": "fan-outs took",
    "loop_lag": "the loop was late by",
}
SHARES = (0.5, 0.99, 0.999)
_BUCKET = re.compile(r'^hubbub_(\w+)_seconds_bucket\{le="([^"]+)"\} ([0-9.e+]+)', re.MULTILINE)


class _Places:
    """Where people sit down, in so many rooms in turn, and what each of them says there."""

    def __init__(self, kind: str, rooms: int) -> None:
        self._rooms = cycle(f"{kind}{number}" for number in range(rooms))
        self._room = ""

    def opening(self, target: Target) -> Line:
        """Let the next one in."""
        self._room = next(self._rooms)
        return member(self._room)(target)

    def moves(self) -> Iterator[bytes]:
        """Return what that one says."""
        return repeat(framed_command(type="say", room=self._room, text=f"hello {COMMON}"))


def _talk(target: Target) -> None:
    places = _Places("busy", BUSY_ROOMS)
    trickle(target, target.scale.of(BUSY_PEOPLE), places.opening, places.moves, SAY_SECONDS)


def _sit(target: Target) -> None:
    flood(target, target.scale.of(IDLE_PEOPLE), _Places("idle", IDLE_ROOMS).opening)


def _lag(target: Target) -> None:
    hello = frame(target.name().encode(), b"+")
    with opened(target, (hello, b'"type":"welcome"'), receive_bytes=RECEIVE_BYTES) as line:
        line.send(framed_command(type="join", room=LOG_ROOM, after=0))
        target.begin()
        while target.goes_on():
            line.discard(SIP_BYTES)
            time.sleep(SIP_SECONDS)


def _answer(line: Line, ref: str) -> dict[str, Any]:
    """Return the next answer with this ref."""
    got = b""
    while True:
        while len(got) < HEADER_BYTES or len(got) < (end := HEADER_BYTES + int(got[:HEADER_BYTES])):
            got += line.receive()
        event: dict[str, Any] = json.loads(got[HEADER_BYTES:end])
        got = got[end:]
        if event.get("ref") == ref:
            return event


def _search(target: Target) -> None:
    with member(LOG_ROOM)(target) as line:
        target.begin()
        while target.goes_on():
            line.send(framed_command(type="search", query=COMMON, ref="found"))
            _answer(line, "found")
            target.moved()
            time.sleep(min(SEARCH_SECONDS, max(0.0, target.left())))


def _export(target: Target) -> None:
    with member(LOG_ROOM)(target) as line:
        target.begin()
        after = 0
        while target.goes_on():
            asked = {"room": LOG_ROOM, "after": after, "limit": PAGE_MESSAGES}
            line.send(framed_command(type="history", **asked, ref="page"))
            page = _answer(line, "page")
            after = page["messages"][-1]["seq"] if page["more"] else 0
            target.moved()


LOADS: tuple[Callable[[Target], None], ...] = (_talk, _sit, _lag, _search, _export)


def mixed(figures: Path) -> Callable[[Target], None]:
    """Return the load, a part of it for each process; one more writes the server's figures."""

    def play(target: Target) -> None:
        """Rooms that talk, people who sit there, somebody who lags, searches, an export."""
        if target.number < len(LOADS):
            LOADS[target.number](target)
            return
        target.begin()
        time.sleep(max(0.0, target.left()))
        with urlopen(f"http://{HOST}:{target.port}/metrics", timeout=PATIENCE_SECONDS) as answer:
            figures.write_bytes(answer.read())

    return play


def histograms(metrics: str) -> dict[str, str]:
    """Return for each histogram between which bounds its middle and its tail are, in words."""
    buckets: dict[str, list[tuple[str, float]]] = {}
    for name, bound, count in _BUCKET.findall(metrics):
        buckets.setdefault(name, []).append((bound, float(count)))
    return {
        said: ", ".join(f"p{part * 100:g} ≤ {_bound(buckets[name], part)}" for part in SHARES)
        for name, said in HISTOGRAMS.items()
        if name in buckets
    }


def _bound(buckets: list[tuple[str, float]], part: float) -> str:
    _, count = buckets[-1]
    bound = next(bound for bound, upto in buckets if upto >= part * count)
    return "more than all bounds" if bound == "+Inf" else f"{float(bound) * 1e3:g} ms"


def _told(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return ", ".join(f"p{part * 100:g} {share(ordered, part) * 1e3:.1f} ms" for part in SHARES)


def main(given: list[str]) -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser("python -m bench tail", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it takes (60)")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    asked = parser.parse_args(given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end too
    os.sched_setaffinity(0, {load_core()})
    allow_descriptors(DESCRIPTORS)
    described = machine_report.machine()
    print("machine: " + ", ".join(f"{key} {value}" for key, value in described.items()), flush=True)
    scale = Scale(asked.seconds, 10 if asked.quick else 1)
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        figures = Path(name) / "metrics"
        load = Attack("mixed", mixed(figures), processes=len(LOADS) + 1, log=MESSAGES)
        outcome = run(load, scale, Logs(Path(name)))
        for where, felt in (("beside the load", outcome.attacked), ("alone", outcome.control)):
            print(f"{where}: messages came after {_told(felt.heard)}")
            print(f"{where}: answers came after {_told(felt.answered)}")
        for said, where in histograms(figures.read_text()).items():
            print(f"{said}: {where}")
        for remark in outcome.remarks:
            print(remark)
