"""Full collections of garbage, for which everybody waits, are rare in a server."""

import gc
import subprocess
import sys
from contextlib import suppress

from hubbub.server.interpreter import loading

GROWING = """
import gc
before = gc.get_stats()[2]["collections"]
kept = [[] for _ in range(500_000)]
print(gc.get_stats()[2]["collections"] - before)
"""


def full_collections(*, serving: bool) -> int:
    """Return how many there are while half a million objects are made and kept."""
    prologue = (
        "from hubbub.server.interpreter import set_for_serving\n"
        "import hubbub.cli.serve\n"
        "set_for_serving()\n"
    )
    program = (prologue if serving else "") + GROWING
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


def test_what_is_loaded_is_not_walked_meanwhile() -> None:
    before = gc.get_stats()
    with suppress(OSError), loading():
        kept = [[number] for number in range(100_000)]
        assert gc.get_stats() == before
        raise OSError(len(kept))
    assert gc.isenabled()


def test_what_grows_in_a_flood_is_not_walked_again_and_again() -> None:
    assert full_collections(serving=False) > 0, "CPython's own way, or this shows nothing"
    assert full_collections(serving=True) == 0
