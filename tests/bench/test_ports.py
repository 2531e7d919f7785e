"""Ports that a server finds free whenever it starts, whatever else happens on the machine."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from bench.peers.server import HOST, Failed
from bench.ports import drawn, free_port, free_ports, given_by_nobody

from bench import ports
from hubbub.sidecar import ports as side_cars

SOME = 200


def told(folder: Path, low: int, high: int) -> Path:
    """Return a file that tells which ports a system gives out."""
    file = folder / "ip_local_port_range"
    file.write_text(f"{low}\t{high}\n")
    return file


def test_they_are_none_that_the_system_or_a_side_car_gives_out(tmp_path: Path) -> None:
    found = given_by_nobody(told(tmp_path, 30_010, ports.LAST - 2))
    assert found[0] == ports.FIRST
    assert side_cars.FIRST - 1 in found
    assert found[-12:] == [*range(side_cars.LAST + 1, 30_010), ports.LAST - 1, ports.LAST]
    assert len(found) == side_cars.FIRST - ports.FIRST + 12


def test_where_the_system_does_not_tell_they_are_below_those_of_iana(tmp_path: Path) -> None:
    assert given_by_nobody(tmp_path / "none")[-1] == 49_151


def test_where_the_system_gives_out_all_they_are_any(tmp_path: Path) -> None:
    assert len(given_by_nobody(told(tmp_path, 1024, ports.LAST))) > ports.LAST - ports.FIRST


def test_who_connects_or_listens_at_any_is_given_none_of_them() -> None:
    ours = set(given_by_nobody(ports.SYSTEM_GIVES))
    if ours == {*range(ports.FIRST, ports.LAST + 1)}:
        pytest.skip("this system gives out all")
    with ExitStack() as stack:
        for _ in range(SOME):
            listening = stack.enter_context(socket.create_server((HOST, 0)))
            peer = stack.enter_context(socket.create_connection(listening.getsockname()))
            assert not ours & {listening.getsockname()[1], peer.getsockname()[1]}


def test_no_process_is_given_one_twice() -> None:
    found = [*free_ports(SOME), free_port(), *free_ports(SOME)]
    assert len({*found}) == len(found)
    assert {*found} <= {*given_by_nobody(ports.SYSTEM_GIVES)}


def test_one_at_which_somebody_listens_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = free_port()
    monkeypatch.setattr(ports, "FIRST", only)
    others = told(tmp_path, only + 1, ports.LAST)
    with socket.create_server((HOST, only)), pytest.raises(Failed, match="All 1 ports"):
        next(drawn(others))
    assert next(drawn(others)) == only


def test_processes_beside_each_other_begin_somewhere_else() -> None:
    script = "from bench.ports import free_port; print(free_port())"
    beginnings = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, timeout=60
        ).stdout
        for _ in range(3)
    }
    assert len(beginnings) > 1
