"""A turn of the loop writes for a bounded time; what does not fit into it comes soon, in order."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hubbub.chat.limits import Limits
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config
from hubbub.server.sockets import sending
from hubbub.server.sockets.sending import (
    LENT_SECONDS_MAX,
    SHORT_BYTES,
    TURN_BYTES,
    WRITE_BYTES,
    Sending,
)
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.interop.raw import RawPeer, frame
from tests.server.clockwork import Clockwork
from tests.server.event_peer import EventPeer

WRITES_PER_TURN = 4
LONG = b"x" * (TURN_BYTES // WRITES_PER_TURN - WRITE_BYTES)
MEMBERS = 10
MESSAGES = 30
QUICK = Config(limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS))


class Room:
    """Connections that write to a notebook, on a loop whose turns are the test's."""

    def __init__(self) -> None:
        self.loop = Clockwork()
        self.sending = Sending(self.loop)
        self.written: list[str] = []


class Writer:
    """Writes as a connection does."""

    def __init__(self, room: Room, name: str) -> None:
        self.room = room
        self.name = name
        self.owes = False

    def write(self, payload: bytes) -> None:
        if self.room.sending.may_write(len(payload)):
            self.room.written.append(self.name)
        else:
            self.owes = True
            self.room.sending.put_off(self, len(payload))

    def pay(self) -> None:
        if self.owes:
            self.owes = False
            self.room.written.append(self.name)


def test_no_turn_writes_for_longer_than_it_may_and_nothing_is_forgotten() -> None:
    room = Room()
    for number in range(50):
        Writer(room, f"m{number}").write(LONG)
    turns = [len(room.written)]
    while room.loop.turn():
        turns.append(len(room.written) - sum(turns))
    assert max(turns) <= WRITES_PER_TURN
    assert room.written == [f"m{number}" for number in range(50)]


def test_what_is_short_comes_before_what_is_long() -> None:
    room = Room()
    for number in range(50):
        Writer(room, f"m{number}").write(LONG)
    Writer(room, "short").write(b"x" * SHORT_BYTES)
    at_once = len(room.written)
    room.loop.turn()
    assert room.written[at_once] == "short"


def test_what_fits_into_a_turn_is_owed_to_nobody() -> None:
    room = Room()
    for _ in range(3):
        for _ in range(WRITES_PER_TURN):
            Writer(room, "m").write(LONG)
        assert not room.sending.owes
        while room.loop.turn():
            pass
    for _ in range(WRITES_PER_TURN + 1):
        Writer(room, "m").write(LONG)
    assert room.sending.owes
    while room.loop.turn():
        pass
    assert not room.sending.owes


def test_whoever_was_paid_meanwhile_is_not_paid_again() -> None:
    room = Room()
    writers = [Writer(room, f"m{number}") for number in range(50)]
    for writer in writers:
        writer.write(LONG)
    writers[-1].pay()
    while room.loop.turn():
        pass
    assert sorted(room.written) == sorted(writer.name for writer in writers)


@pytest.fixture
def puts_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """Return a server that writes once in a turn, and puts off all else."""
    monkeypatch.setattr(sending, "TURN_BYTES", 1)
    with serving(QUICK, MemoryLog()) as server:
        yield server


def test_each_member_hears_everything_in_order_though_it_is_put_off(puts_off: LocalServer) -> None:
    with ExitStack() as stack:
        members = [
            stack.enter_context(EventPeer(puts_off, f"m{number}")) for number in range(MEMBERS)
        ]
        for number in range(MESSAGES):
            for member in members:
                member.tell(type="say", room="lobby", text="hello", ref=f"said {number}")
                member.tell(type="ping", ref=f"ping {number}")
        for member in members:
            refs: list[str] = []
            seqs: list[int] = []
            confirmed: list[int] = []
            while len(seqs) < MEMBERS * MESSAGES or len(refs) < MESSAGES:
                event = member.event()
                if event["type"] == "message":
                    seqs.append(event["seq"])
                elif "seq" in event:
                    confirmed.append(event["seq"])
                    assert event["seq"] not in seqs, "an ok comes before its message"
                elif event["type"] == "ok":
                    refs.append(event["ref"])
            assert seqs == list(range(1, MEMBERS * MESSAGES + 1))
            assert refs == [f"ping {number}" for number in range(MESSAGES)]
            assert len(confirmed) == MESSAGES


def test_last_words_come_behind_what_was_put_off(puts_off: LocalServer) -> None:
    with ExitStack() as stack:
        peers = [
            stack.enter_context(RawPeer(puts_off.host, puts_off.port, f"m{number}"))
            for number in range(MEMBERS)
        ]
        for peer in peers:
            peer.send(frame("/topic") + b"no header!")
        for peer in peers:
            told = peer.rest()
            assert 0 < told.index(b"has no topic") < told.index(b"header")


def test_a_worker_that_has_ever_more_to_write_is_waited_for_no_longer() -> None:
    """`for 50 ms at the most`"""
    room = Room()
    waited = []
    for _ in range(40):
        room.sending.lend("a worker")
        waited.append(room.sending.owes)
        room.loop.seconds += LENT_SECONDS_MAX / 4
    assert waited.count(False) >= 7
    room.sending.lend("a worker")
    room.sending.give_back("a worker")
    assert not room.sending.owes
