"""Whoever is said to keep what it delivers does, and who does not is told."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from bench.measuring import sync_seconds
from bench.peers import DURABLE
from bench.peers.hubbub import CONFIG, Classic, Hubbub
from bench.peers.peer import Keeps, Peer
from bench.peers.redis import Redis
from bench.peers.server import Failed

from bench import durable
from tests.bench.test_peers import present

IN_FLIGHT = 16


@pytest.mark.parametrize("peer", DURABLE, ids=lambda peer: peer.name)
def test_what_a_member_saw_is_there_after_a_kill(peer: Peer) -> None:
    if peer.keeps is Keeps.POWER:
        needs_strace()
    durable.check(present(peer), 2, IN_FLIGHT)


class Forgetful(Redis):
    """Says that it keeps what it does not."""

    keeps = Keeps.KILL

    def stored(self, port: int, room: str) -> int:
        del port, room
        return durable.SETTLING_MESSAGES


def test_a_server_that_forgets_is_no_result() -> None:
    present(Redis())
    with pytest.raises(Failed, match=r"Members saw [0-9]+ messages before it was killed, and 0"):
        durable.check(Forgetful(), 2, IN_FLIGHT)


class Lazy(Hubbub):
    """Does not wait for the disk, and says that it does."""

    def command(self, folder: Path, port: int) -> list[str]:
        command = super().command(folder, port)
        (folder / "hubbub.toml").write_text(CONFIG)
        return command


def test_a_server_that_does_not_sync_is_no_result() -> None:
    needs_strace()
    with pytest.raises(Failed, match=r"It synced [0-9]+ times for [0-9]+ messages"):
        durable.check(Lazy("lazy", Classic(), keeps=Keeps.POWER), 2, IN_FLIGHT)


def test_the_disk_of_this_machine_takes_some_time() -> None:
    assert 0 < sync_seconds() < 10


def needs_strace() -> None:
    """Skip the test where system calls cannot be counted."""
    if (strace := shutil.which("strace")) is None:
        why = "strace is not installed (apt install strace)."
        assert not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"), why
        pytest.skip(why)
    tried = subprocess.run([strace, "-qq", "-o", "/dev/null", "true"], check=False, timeout=30)
    if tried.returncode:
        pytest.skip("strace may not trace other programs here.")
