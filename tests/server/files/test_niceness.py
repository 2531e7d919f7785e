"""Files are written, hashed and looked at where the event loop leaves time for it."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hubbub.server.fairness.niceness import NICENESS, step_back
from tests.server.event_peer import EventPeer
from tests.server.files.conftest import ServeFiles
from tests.server.files.sharing import share

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere threads have no priority of their own"
)


def test_the_threads_of_files_come_after_the_event_loop(serve_files: ServeFiles) -> None:
    with serve_files() as server, EventPeer(server, "ann") as ann:
        share(server, ann, b"some bytes")
        found = {
            thread.name.partition("_")[0]: os.getpriority(os.PRIO_PROCESS, thread.native_id)
            for thread in threading.enumerate()
            if thread.native_id is not None
        }
    assert found["files"] == found["examining"] == max(os.nice(0), NICENESS)
    assert found["hubbub-server"] == os.nice(0)


def test_a_process_that_looks_at_a_file_is_nice_from_its_start() -> None:
    command = [sys.executable, "-S", "-c", "import os; print(os.nice(0))"]
    with ThreadPoolExecutor(1, initializer=step_back) as thread:
        said = thread.submit(subprocess.check_output, command, timeout=60).result()
    assert int(said) == max(os.nice(0), NICENESS)
