"""What a message costs in system calls, counted at a server that runs.

A call takes a microsecond or several. A message that comes alone pays for a whole commit, so this
is where one more would be felt first.
"""

from pathlib import Path

from bench.durable import crowd_in
from bench.load import Load
from bench.peers import HUBBUB
from bench.ports import free_port
from bench.tracing import counted

from tests.bench.test_durable import needs_strace

MEMBERS = 10
BESIDES = 40
"""Calls that have nothing to do with messages: the log is watched, and the clock."""

PER_MESSAGE_MAX = {
    "sendto": MEMBERS,  # one to each member
    "write": 2,  # one to wake the event loop, one to note the seq
    "newfstatat": 4,  # the two files of the log, before the commit and after it
    "pread64": 4,
    "statfs": 1,
    "lseek": 0,
    "fsync": 0,
    "fdatasync": 0,
}


def test_a_message_that_comes_alone_takes_so_many_system_calls(tmp_path: Path) -> None:
    needs_strace()
    with (
        crowd_in(tmp_path, free_port(), HUBBUB, MEMBERS) as crowd,
        counted(crowd.server.pid, *PER_MESSAGE_MAX) as calls,
    ):
        said = Load(crowd).flat_out(1.0, 1).messages  # each once the last is heard
    assert calls["sendto"] >= said * MEMBERS, "each of them gets a write of its own"
    too_many = {
        call: calls[call]
        for call, per_message in PER_MESSAGE_MAX.items()
        if calls[call] > said * per_message + BESIDES
    }
    assert too_many == {}
