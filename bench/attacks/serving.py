"""`hubbub` with something changed for a measurement: `python -m bench.attacks.serving`.

`--abroad`: it takes each address of loopback for one of another machine, but for 127.0.0.1. So an
attack can come from many addresses, and nothing leaves this machine. `--turns`: its loop is that of
asyncio, and tells at the end how much CPU time its longest turns took since the last SIGUSR1. Other
work on the machine does not change that, or hardly.
"""

import asyncio
import atexit
import heapq
import signal
import sys
import time

OWN = "127.0.0.1"
LONGEST = 3
ABROAD, TURNS = "--abroad", "--turns"
TOLD = "longest turns:"


class TimedLoop(asyncio.SelectorEventLoop):
    """Keeps what its longest turns took, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._longest: list[float] = []
        signal.signal(signal.SIGUSR1, lambda *_: self._longest.clear())
        atexit.register(self._tell)

    def _run_once(self) -> None:
        started = time.thread_time()
        super()._run_once()  # type: ignore[misc]
        heapq.heappush(self._longest, time.thread_time() - started)
        if len(self._longest) > LONGEST:
            heapq.heappop(self._longest)

    def _tell(self) -> None:
        told = (f"{seconds * 1e3:.1f}" for seconds in sorted(self._longest, reverse=True))
        print(TOLD, *told, file=sys.stderr, flush=True)


def main() -> None:
    """Change what is asked for before the rest is loaded, and takes it over."""
    from hubbub.server import loop  # noqa: PLC0415
    from hubbub.server.fairness import addresses  # noqa: PLC0415

    if ABROAD in sys.argv:
        addresses.is_loopback = lambda host: host == OWN
    if TURNS in sys.argv:
        loop.new_event_loop = TimedLoop
    sys.argv = [one for one in sys.argv if one not in (ABROAD, TURNS)]

    from hubbub.cli import main as hubbub  # noqa: PLC0415

    hubbub()


if __name__ == "__main__":
    main()
