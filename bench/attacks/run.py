"""Lets one attack loose on a server, beside one that is left alone.

Both servers share a core, and attackers and honest people share the other one. So the control pays
for everything that an attack takes from the machine, and the difference between the two is what the
attacked server itself makes people wait. In turns, the noise of the machine would not be the same,
and the attackers' own CPU time would count against the server.
"""

import multiprocessing
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BrokenBarrierError
from typing import TYPE_CHECKING

from bench.attacks.driving import COOKIE
from bench.attacks.honest import TAIL_SECONDS, Door, Felt, People, converse
from bench.attacks.line import member
from bench.attacks.lines import RETURN_SECONDS, flood
from bench.attacks.serving import ABROAD, TOLD, TURNS
from bench.attacks.target import (
    CROWD_ROOM,
    PROCESSES,
    Attack,
    HungUp,
    Over,
    Tally,
    Target,
)
from bench.log import fill
from bench.peers.hubbub import CONFIG
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed, Server
from bench.ports import free_port
from bench.workloads import Scale

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

SAMPLE_SECONDS = 0.2
NOBODY = 65534
RECEIVE_BYTES = 4096


@dataclass(slots=True)
class Outcome:
    """What one attack did. Times in seconds; memory is what the server had at most beyond before.

    `connections` and `moves` are those of the attack, `server_seconds` is CPU time of the server
    during `seconds`. `remarks` are sentences about whatever went wrong.
    """

    attack: Attack
    attacked: Felt = field(default_factory=Felt)
    control: Felt = field(default_factory=Felt)
    seconds: float = 0.0
    server_seconds: float = 0.0
    bytes_grown: int = 0
    connections: int = 0
    moves: int = 0
    remarks: list[str] = field(default_factory=list)


def serve(folder: Path, port: int, config: str = "", *changed: str) -> Server:
    """Start a server with the default settings, and those of `config`.

    `changed`: what is otherwise than usual (serving.py).
    """
    file = folder / "hubbub.toml"
    file.write_text(config)
    program = ["bench.attacks.serving", *changed] if changed else ["hubbub.cli"]
    command = [
        *(sys.executable, "-m", *program, "serve", "--listen", f"127.0.0.1:{port}"),
        *("--data", str(folder / "log"), "--config", str(file)),
    ]
    return Server(command, port, folder)


class Car(Server):
    """A side-car, and the server to which it leads."""

    def __init__(self, folder: Path, *changed: str) -> None:
        chatroom = free_port()
        self._chatroom = serve(folder, chatroom)
        try:
            (folder / "car").mkdir()
            port = free_port()
            module = [sys.executable, "-m", "bench.attacks.driving"]
            command = [*module, f"{HOST}:{chatroom}", f"{port}", str(folder / "cars"), *changed]
            super().__init__(command, port, folder / "car")
            self.cookie = self._told()
        except BaseException:
            self._chatroom.stop()
            raise

    def _told(self) -> str:
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            _, found, rest = self.output.read_text("utf-8", "replace").partition(COOKIE)
            if found and "\n" in rest:
                return rest.partition("\n")[0]
            time.sleep(SAMPLE_SECONDS)
        raise Failed("The side-car told no cookie.")

    def stop(self) -> bool:
        """End both; return whether they went by themselves."""
        has_gone = super().stop()
        return self._chatroom.stop() and has_gone


def _door(server: Server) -> Door:
    return Door(server.port, server.cookie if isinstance(server, Car) else "")


def _serve(attack: Attack, folder: Path, *changed: str) -> Server:
    if attack.car:
        return Car(folder, *changed)
    if attack.abroad:
        changed = (ABROAD, *changed)
    return serve(folder, free_port(), attack.config, *changed)


class Logs:
    """Folders with logs of some length, each filled once and copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filled: dict[int, Path] = {}

    def copy(self, messages: int, to: Path) -> None:
        """Put a log with so many messages there."""
        if messages not in self._filled:
            folder = self._folder / f"log-{messages}"
            folder.mkdir()
            port = free_port()
            with serve(folder, port, CONFIG):
                fill(port, messages)
            self._filled[messages] = folder / "log"
        shutil.copytree(self._filled[messages], to / "log")


def run(attack: Attack, scale: Scale, logs: Logs, *, turns: bool = False) -> Outcome:
    """Return what honest people felt at a server under attack, and at one that was not.

    With `turns`, the one under attack tells of its longest turns.
    """
    outcome = Outcome(attack)
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        folders = [Path(name) / part for part in ("attacked", "control")]
        for folder in folders:
            folder.mkdir()
            if attack.log:
                logs.copy(scale.of(attack.log), folder)
        attacked = _serve(attack, folders[0], *([TURNS] if turns else []))
        try:
            with _serve(attack, folders[1]) as control:
                _watch(outcome, attacked, control, scale, turns=turns)
        except Failed as failure:
            outcome.remarks.append(str(failure))
        finally:
            if not attacked.stop():
                outcome.remarks.append("It did not stop when it was asked to.")
        told = attacked.output.read_text("utf-8", "replace")
        if "Traceback" in told:
            outcome.remarks.append("Its journal has a traceback.")
        if turns:
            longest = ", ".join(told.rpartition(TOLD)[2].split())
            outcome.remarks.append(f"Its longest turns took {longest} ms of CPU time.")
    return outcome


def _watch(
    outcome: Outcome, attacked: Server, control: Server, scale: Scale, *, turns: bool
) -> None:
    """Run the attack and the people, and measure the server meanwhile."""
    attack, tally = outcome.attack, Tally()
    parts = [(attack.run, attacked, tally)] * attack.processes
    if attack.crowd:
        sit = _crowd(scale.of(attack.crowd))
        parts += [(sit, server, Tally()) for server in (attacked, control)]
    gate = PROCESSES.Barrier(len(parts) + 2)
    theirs, ours = multiprocessing.Pipe(duplex=False)[::-1]
    doors = [_door(attacked), _door(control)]
    with _processes() as start:
        for door in doors:
            _visit(door.port)
        start(_people, doors, attack, scale.seconds, gate, theirs)
        _receive(ours)
        bytes_before = attacked.resident_bytes()
        for number, (role, server, counts) in enumerate(parts):
            is_attack, door = role is attack.run, _door(server)
            is_abroad = attack.abroad and is_attack
            target = Target(
                door.port, server.pid, scale, gate, counts, number, is_abroad, door.cookie
            )
            start(_act_as_another if attack.by_others and is_attack else act, role, target)
        try:
            gate.wait(PATIENCE_SECONDS)
        except BrokenBarrierError:
            raise Failed("The attack could not be prepared.") from None
        if turns:
            os.kill(attacked.pid, signal.SIGUSR1)  # what it took to start does not count
        started, cpu_before = time.monotonic(), attacked.cpu_seconds()
        ends = started + scale.seconds + 3 * PATIENCE_SECONDS
        while not ours.poll(SAMPLE_SECONDS) and time.monotonic() < ends:
            outcome.bytes_grown = max(outcome.bytes_grown, attacked.resident_bytes() - bytes_before)
        outcome.seconds = time.monotonic() - started
        outcome.server_seconds = attacked.cpu_seconds() - cpu_before
        outcome.attacked, outcome.control = _receive(ours)
    outcome.connections = tally.connections.value
    outcome.moves = tally.moves.value
    for where, felt in (("", outcome.attacked), ("The control: ", outcome.control)):
        if felt.missing:
            outcome.remarks.append(f"{where}{felt.missing} messages or answers never came.")


def _visit(port: int) -> None:
    """Be the first to speak HTTP: the memory of aiohttp does not belong to an attack."""
    with socket.create_connection((HOST, port), PATIENCE_SECONDS) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while sock.recv(RECEIVE_BYTES):
            pass


@contextmanager
def _processes() -> Iterator[Callable[..., None]]:
    """Return how a function is started in a process; all are ended with the block."""
    running: list[ForkProcess] = []

    def start(work: Callable[..., None], *arguments: object) -> None:
        process = PROCESSES.Process(target=work, args=arguments, daemon=True)
        process.start()
        running.append(process)

    try:
        yield start
    finally:
        wait([process.sentinel for process in running], timeout=1.0)
        for process in running:
            process.kill()
            process.join()
            process.close()


def _receive(ours: "Connection[object, object]") -> tuple[Felt, Felt]:
    if not ours.poll(PATIENCE_SECONDS):
        raise Failed("The honest people did not get in.")
    said = ours.recv()
    if isinstance(said, Failed):
        raise said
    assert isinstance(said, tuple)
    return said


def _people(
    doors: list[Door],
    attack: Attack,
    seconds: float,
    gate: Barrier,
    theirs: "Connection[object, object]",
) -> None:
    """Be all honest people, in a process of their own; report what they felt."""
    try:
        everybody = [People(door, attack) for door in doors]
        theirs.send((Felt(), Felt()))
        gate.wait(PATIENCE_SECONDS * 2)
        converse(everybody, seconds + TAIL_SECONDS, PATIENCE_SECONDS)
        theirs.send(tuple(people.felt for people in everybody))
    except Failed as failure:
        theirs.send(failure)
    except OSError as error:
        theirs.send(Failed(f"The server hung up on an honest person: {error.strerror}."))
    except BrokenBarrierError:
        pass


def act(role: Callable[[Target], None], target: Target) -> None:
    """Play a part in a process of its own, again and again if the server hangs up."""
    with suppress(Over):
        while target.goes_on():
            with suppress(HungUp):
                role(target)
            time.sleep(RETURN_SECONDS)
    if not target.has_begun:
        target.gate.abort()


def _act_as_another(role: Callable[[Target], None], target: Target) -> None:
    """Play a part as another user of this machine, if we may be one."""
    if os.getuid() == 0:
        os.setuid(NOBODY)
    act(role, target)


def _crowd(count: int) -> Callable[[Target], None]:
    """Return the part of people who sit in a room, and read."""

    def sit(target: Target) -> None:
        flood(target, count, member(CROWD_ROOM))

    return sit
