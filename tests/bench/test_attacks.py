"""`python -m bench attacks` attacks, counts what it did, and sees what people felt."""

import os
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from bench.attacks.honest import SAY_SECONDS, TAIL_SECONDS
from bench.attacks.kinds.keeping import AT_ONCE, bans, pins, retention, rules, titles
from bench.attacks.line import named, stranger
from bench.attacks.lines import flood, trickle
from bench.attacks.run import Car, Logs, act, run, serve
from bench.attacks.serving import ABROAD
from bench.attacks.table import ATTACKS
from bench.attacks.target import PROCESSES, Attack, Tally, Target
from bench.log import fill
from bench.peers.hubbub import frame
from bench.peers.server import Server
from bench.ports import free_port
from bench.workloads import Scale

from tests.bench.test_command import bench

STALL_SECONDS = 1.0
SECONDS = 0.2
PATIENCE_SECONDS = 60.0
STANDING = {
    *("strangers", "silent-websockets", "idle-members", "tls-idle"),
    *("car-silent", "car-silent-others"),
}
"""Attacks that only hold their connections."""

LOOKING_AFTER = [one for one in ATTACKS if one.run in {rules, titles, pins, bans, retention}]


def test_people_say_everything_and_miss_nothing(tmp_path: Path) -> None:
    asked = run(Attack("idle", Target.begin, log=100), Scale(SECONDS), Logs(tmp_path))
    assert not asked.remarks
    said = int((SECONDS + TAIL_SECONDS) / SAY_SECONDS)
    for felt in (asked.attacked, asked.control):
        assert len(felt.heard) == said
        assert min(felt.heard) >= 0
        assert felt.answered
        assert felt.let_in
        assert not felt.missing


def stall(target: Target) -> None:
    target.begin()
    os.kill(target.pid, signal.SIGSTOP)
    time.sleep(STALL_SECONDS)  # there is nothing to wait for
    os.kill(target.pid, signal.SIGCONT)
    target.ends_at = 0.0


def test_a_server_that_stalls_is_seen(tmp_path: Path) -> None:
    """Whatever was due in the first half of it waits for longer than the second half."""
    outcome = run(Attack("stall", stall, log=100), Scale(2 * STALL_SECONDS), Logs(tmp_path))
    assert not outcome.remarks

    def long(felt: list[float]) -> int:
        return sum(seconds > STALL_SECONDS / 2 for seconds in felt)

    attacked, control = outcome.attacked, outcome.control
    assert long(attacked.heard) >= STALL_SECONDS / SAY_SECONDS / 2 - 1
    assert long(attacked.heard) > long(control.heard)
    assert long(attacked.answered)
    assert long(attacked.let_in)


def end(target: Target) -> None:
    target.begin()
    os.kill(target.pid, signal.SIGKILL)
    target.ends_at = 0.0


def test_a_server_that_ends_is_told(tmp_path: Path) -> None:
    outcome = run(Attack("end", end), Scale(SECONDS), Logs(tmp_path))
    assert any("The server" in remark for remark in outcome.remarks)


def fail(target: Target) -> None:
    target.ends_at = 0.0


def test_an_attack_that_does_not_begin_is_told(tmp_path: Path) -> None:
    outcome = run(Attack("fail", fail), Scale(SECONDS), Logs(tmp_path))
    assert outcome.remarks == ["The attack could not be prepared."]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    config = "[limits]\nrooms_max = 1000\n[tls]\nself_signed = true\n"
    with serve(tmp_path_factory.mktemp("server"), port, config) as server:
        fill(port, 100)
        yield server


@pytest.fixture(scope="module")
def car(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Car]:
    with Car(tmp_path_factory.mktemp("car")) as car:
        yield car


def target_at(server: Server, tally: Tally) -> Target:
    gate = PROCESSES.Barrier(1)
    return Target(server.port, server.pid, Scale(SECONDS, 100), gate, tally)


def test_moves_are_counted(server: Server) -> None:
    tally = Tally()
    flood(target_at(server, tally), 2, stranger, lambda: [frame(b"")] * 5, 3)
    assert tally.connections.value == 2
    assert tally.moves.value == 10


def test_a_trickle_takes_its_time(server: Server) -> None:
    tally = Tally()
    trickle(target_at(server, tally), 2, stranger, lambda: [frame(b"")] * 50, SECONDS / 2)
    assert 2 <= tally.moves.value <= 6


class Once(Target):
    """Ends an attack with its first move, or where it begins if it makes none."""

    stands = False

    def begin(self) -> None:
        super().begin()
        if self.stands:
            self.ends_at = 0.0

    def moved(self, moves: int = 1) -> None:
        super().moved(moves)
        self.ends_at = 0.0


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_every_attack_does_something(
    attack: Attack, server: Server, request: pytest.FixtureRequest
) -> None:
    tally = Tally()
    gate = PROCESSES.Barrier(1)
    attacked: Server = request.getfixturevalue("car") if attack.car else server
    # On one server: no attack may need a name that is kept for somebody of the one before.
    number = ATTACKS.index(attack)
    target = Once(attacked.port, attacked.pid, Scale(PATIENCE_SECONDS, 100), gate, tally, number)
    target.cookie = attacked.cookie if isinstance(attacked, Car) else ""
    target.stands = attack.name in STANDING
    act(attack.run, target)
    assert target.has_begun
    assert tally.connections.value
    assert tally.moves.value or target.stands


class Heard(socket.socket):
    """Counts what the server says, by type, on any connection of an attack."""

    types: ClassVar[Counter[bytes]] = Counter()

    def recv(self, *how: int) -> bytes:
        got = super().recv(*how)
        self.types.update(re.findall(rb'"type":"(\w+)"', got))
        return got


@pytest.mark.parametrize("attack", LOOKING_AFTER, ids=lambda attack: attack.name)
def test_what_those_ask_for_who_look_after_a_room_is_done_all_the_time(
    attack: Attack, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.attacks.line.socket.socket", Heard)
    Heard.types.clear()
    tally, gate = Tally(), PROCESSES.Barrier(1)
    number = len(ATTACKS) + LOOKING_AFTER.index(attack)
    target = Target(server.port, server.pid, Scale(SECONDS, 100), gate, tally, number)
    act(attack.run, target)
    assert tally.moves.value > AT_ONCE, "it does not wait for an answer"
    assert Heard.types[b"room"]
    assert not Heard.types[b"error"]


def test_whoever_reads_what_is_there_does_not_wait_for_more(server: Server) -> None:
    target = Target(
        server.port, server.pid, Scale(SECONDS), PROCESSES.Barrier(1), Tally(), 2 * len(ATTACKS)
    )
    with named(target) as line:
        started = time.monotonic()
        for _ in range(3):
            line.discard()
        assert time.monotonic() - started < PATIENCE_SECONDS / 2


def test_every_attack_has_a_name_and_says_what_it_does() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert all(attack.title.endswith(".") for attack in ATTACKS)


def test_one_command_prints_a_line_for_each() -> None:
    ran = bench(
        "attacks", "--quick", "--seconds", "0.1", "--only", "pings", "--only", "http-nowhere"
    )
    assert ran.returncode == 0, ran.stderr
    assert [line.split()[0] for line in ran.stdout.splitlines()[-2:]] == ["pings", "http-nowhere"]


def test_what_there_is_not_is_told() -> None:
    ran = bench("attacks", "--only", "tickling")
    assert ran.returncode == 1
    assert "There is no attack 'tickling'. There are: empty-frames, " in ran.stderr


def test_the_longest_turns_are_told_whatever_else_the_machine_does(tmp_path: Path) -> None:
    asked = run(Attack("idle", Target.begin), Scale(SECONDS), Logs(tmp_path), turns=True)
    (told,) = asked.remarks
    longest = re.fullmatch(
        r"Its longest turns took ([\d.]+), [\d.]+, [\d.]+ ms of CPU time\.", told
    )
    assert longest
    assert float(longest[1]) > 0


def test_an_attack_may_come_from_many_addresses(tmp_path: Path) -> None:
    """Each of which has a limit of its own, which this machine has not."""
    config = "[limits]\nconnections_per_address_max = 1\n"
    with serve(tmp_path, free_port(), config, ABROAD) as server:
        tally, gate = Tally(), PROCESSES.Barrier(1)
        target = Target(server.port, server.pid, Scale(PATIENCE_SECONDS), gate, tally, abroad=True)
        lines = [named(target) for _ in range(10)]
        assert len({line.sock.getsockname()[0] for line in lines}) == len(lines)
        for line in lines:
            line.sock.close()
