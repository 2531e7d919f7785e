"""Workers of a server: real processes that share its port, and what the loss of one does."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turns
from hubbub.server.gate import Gate
from hubbub.server.relaying import workers
from hubbub.server.relaying.forwarding import Forwards
from hubbub.server.relaying.uplink import Uplink
from hubbub.server.relaying.worker import Orders
from hubbub.server.sockets.sending import Sending
from hubbub.testing import LocalServer
from tests.faults.serving import PATIENCE_SECONDS, ServerProcess, serve_command
from tests.faults.test_killed import assert_nothing_lost, five_kills
from tests.interop.raw import RawPeer
from tests.server.event_peer import EventPeer
from tests.server.websocket_peer import WebSocketPeer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux divides up a port")

TWO = "[server]\nworkers = 2\n"
QUICK = "[limits]\nshutdown_seconds = 1\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with two workers."""
    with ServerProcess(tmp_path / "data", TWO + QUICK) as server:
        yield server


def workers_of(server: ServerProcess) -> list[int]:
    """Return the processes of the server's workers, each of which listens."""
    tasks = Path(f"/proc/{server.pid}/task").iterdir()
    children = [int(one) for task in tasks for one in (task / "children").read_text().split()]
    return sorted(pid for pid in children if b"relaying.worker" in _command(pid))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def holder_of(server: ServerProcess, sock: socket.socket) -> int:
    """Return the worker that holds the connection of a peer's socket."""
    ends = [f"0100007F:{port:04X}" for port in (server.port, sock.getsockname()[1])]
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = [row[9] for row in rows if row[1:3] == ends]
    for pid in workers_of(server):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if str(descriptor.readlink()) == f"socket:[{inode}]":
                    return pid
            except FileNotFoundError:
                continue
    raise AssertionError("no worker has it")


def place_of(server: ServerProcess) -> LocalServer:
    return LocalServer(server.host, server.port)


def one_at_each(
    server: ServerProcess, stack: ExitStack, enter: Callable[[int], RawPeer]
) -> dict[int, RawPeer]:
    """Let people enter until one of them is at each worker; the others leave again."""
    found: dict[int, RawPeer] = {}
    for number in range(200):
        peer = stack.enter_context(enter(number))
        if found.setdefault(holder_of(server, peer.sock), peer) is not peer:
            peer.sock.close()
        if len(found) == len(workers_of(server)):
            return found
    raise AssertionError(f"all came to {list(found)}")


def kill_and_await_another(server: ServerProcess, victim: int) -> None:
    """Kill a worker, and return when another one has taken its place and listens."""
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while victim in workers_of(server) or len(workers_of(server)) < 2:
        assert time.monotonic() < deadline, "no other worker came"
        time.sleep(0.05)


def test_members_of_every_kind_at_different_workers_hear_the_same(server: ServerProcess) -> None:
    """`All members of a room receive its events in the same order.`"""
    place = place_of(server)
    with ExitStack() as stack:
        classic = one_at_each(
            server, stack, lambda number: RawPeer(place.host, place.port, f"classic{number}")
        )
        events = one_at_each(server, stack, lambda number: EventPeer(place, f"event{number}"))
        sockets = one_at_each(server, stack, lambda number: WebSocketPeer(place, f"web{number}"))
        speakers = [stack.enter_context(EventPeer(place, f"speaker{n}")) for n in range(4)]
        for number in range(50):
            for speaker in speakers:
                speaker.tell(type="say", room="lobby", text=f"{speaker.welcome['name']} {number}")
        heard = [[peer.pair()[1] for _ in range(200)] for peer in classic.values()]
        for peer in (*events.values(), *sockets.values()):
            assert isinstance(peer, EventPeer)
            heard.append([peer.next("message")["text"] for _ in range(200)])
        assert len(heard) == 6
        order = heard[0]
        for one in heard:
            assert one == order
        for speaker in speakers:
            name = speaker.welcome["name"]
            own = [int(text.split()[1]) for text in order if text.startswith(f"{name} ")]
            assert own == list(range(50)), "each sender's messages are in its order"


def test_http_is_answered_through_workers(server: ServerProcess) -> None:
    address = f"http://{server.host}:{server.port}"
    page = subprocess.run(
        ["curl", "-s", f"{address}/"], capture_output=True, timeout=60, check=True
    ).stdout
    assert b"<html" in page
    with EventPeer(place_of(server), "ann") as ann:
        subprocess.run(
            ["curl", "-s", "-d", '{"text":"by curl"}', f"{address}/api/rooms/lobby/messages"],
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert ann.next("message")["text"] == "by curl"


def test_a_killed_worker_loses_its_own_members_alone_and_another_takes_its_place(
    server: ServerProcess,
) -> None:
    place = place_of(server)
    with ExitStack() as stack:
        at = one_at_each(server, stack, lambda number: EventPeer(place, f"event{number}"))
        (victim, lost), (_, staying) = at.items()
        assert isinstance(lost, EventPeer)
        assert isinstance(staying, EventPeer)
        seq = staying.say_and_wait("before")
        lost.next("message")
        kill_and_await_another(server, victim)
        with suppress(ConnectionError):  # a killed process's connections may be reset
            lost.rest()
        missed = staying.say_and_wait("while it is away")
        # The name is kept for whoever lost the connection.
        name, secret = lost.welcome["name"], lost.welcome["session"]
        again = stack.enter_context(EventPeer(place, name, room=None))
        if again.welcome["held"]:
            assert again.ask(type="resume", session=secret)["type"] == "ok"
        again.tell(type="join", room="lobby", after=seq)
        assert again.next("message") == staying_event(staying, missed)


def staying_event(peer: EventPeer, seq: int) -> dict[str, object]:
    page = peer.ask(type="history", room="lobby", limit=1)
    (message,) = page["messages"]
    assert message["seq"] == seq
    return {**message, "type": "message"}


def test_workers_that_are_killed_under_load_lose_repeat_and_reorder_nothing(
    server: ServerProcess,
) -> None:
    victims = 0

    def kill() -> None:
        nonlocal victims
        workers = workers_of(server)
        victims += 1
        kill_and_await_another(server, workers[victims % len(workers)])

    assert_nothing_lost(*asyncio.run(five_kills(server, kill)))


def test_a_worker_that_stands_still_keeps_only_its_own_members_waiting(
    server: ServerProcess,
) -> None:
    place = place_of(server)
    with ExitStack() as stack:
        at = one_at_each(server, stack, lambda number: EventPeer(place, f"event{number}"))
        (stuck, waiting), (_, going) = at.items()
        assert isinstance(waiting, EventPeer)
        assert isinstance(going, EventPeer)
        os.kill(stuck, signal.SIGSTOP)
        try:
            last = [going.say_and_wait(f"{number} {'x' * 500}") for number in range(400)][-1]
        finally:
            os.kill(stuck, signal.SIGCONT)
        seqs: list[int] = []
        while not seqs or seqs[-1] < last:
            seqs.append(waiting.next("message")["seq"])
        assert len(seqs) == 400, "it misses nothing"


def test_a_server_that_stops_has_its_workers_say_goodbye_and_end(server: ServerProcess) -> None:
    place = place_of(server)
    with ExitStack() as stack:
        at = one_at_each(server, stack, lambda number: EventPeer(place, f"event{number}"))
        workers = workers_of(server)
        for pid in (*workers, server.pid):  # as a terminal or systemd tells them all
            os.kill(pid, signal.SIGTERM)
        for peer in at.values():
            assert isinstance(peer, EventPeer)
            assert peer.next("bye")["reason"] == "The server is shutting down."
            peer.sock.close()
        assert asyncio.run(server.exit_code()) == 0
        for pid in workers:
            assert not Path(f"/proc/{pid}").exists()


def test_a_terminal_that_hangs_up_ends_no_worker(server: ServerProcess) -> None:
    place = place_of(server)
    with ExitStack() as stack:
        at = one_at_each(server, stack, lambda number: EventPeer(place, f"event{number}"))
        for pid in at:
            os.kill(pid, signal.SIGHUP)
        for peer in at.values():
            assert isinstance(peer, EventPeer)
            peer.say_and_wait("still here")
        assert workers_of(server) == sorted(at)


def test_workers_that_cannot_start_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MODULE", "hubbub.server.relaying.nothing")
    monkeypatch.setattr(workers, "START_SECONDS", 3600.0)

    async def scene() -> None:
        limits = Limits(connections_max=100)
        loop = asyncio.get_running_loop()
        turns = Turns(Accounts(limits, time.monotonic), time.monotonic, loop)
        gate = Gate(limits, turns, Forwards(Uplink(Sending(loop), lambda: None)))
        orders = Orders(limits=limits, addresses=[], form="json", level="info")
        with pytest.raises(ConfigError, match="The workers did not start"):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await workers.Workers(2, orders, gate, Sending(loop)).open()

    asyncio.run(scene())


def test_all_workers_together_let_in_as_many_as_the_server_allows(tmp_path: Path) -> None:
    config = f"{TWO}[limits]\nconnections_max = 6\n"
    with ServerProcess(tmp_path / "data", config) as server, ExitStack() as stack:
        for number in range(6):
            stack.enter_context(RawPeer(server.host, server.port, f"classic{number}"))
        late = stack.enter_context(RawPeer(server.host, server.port))
        assert b"as many connections as it allows" in late.rest()


def test_two_servers_do_not_share_a_port_by_mistake(server: ServerProcess, tmp_path: Path) -> None:
    command = serve_command(tmp_path / "other", f"{server.host}:{server.port}", TWO)
    second = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    assert second.returncode
    assert b"another program uses that port" in second.stderr
