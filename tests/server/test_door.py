"""Who is let in first, and what becomes of those who hung up before that."""

import asyncio
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, cast

import pytest

from hubbub.chat.limits import Limits
from hubbub.faults import faults
from hubbub.server import door as doors
from hubbub.server.door import LEFT_AT_ONCE, Door
from hubbub.server.fairness import addresses
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turn, Turns
from hubbub.server.sockets.bequest import OBJECT_BYTES, WORDS_BYTES_MAX, Bequest, bequest_of
from hubbub.server.sockets.channel import Channel
from hubbub.server.sockets.keepalive import Keepalive
from hubbub.server.sockets.places import Places
from hubbub.server.sockets.streams import Streams
from hubbub.wire.relay import Arrived
from tests.interop.raw import RawPeer, frame
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import event_frame

PATIENCE_SECONDS = 30
RESET = struct.pack("ii", 1, 0)
CROWD = 3 * LEFT_AT_ONCE


class Guest(asyncio.Protocol):
    """Somebody who was let in; stays until the connection is gone, and `releases` after that."""

    def __init__(self, inside: "Inside", left: Callable[[], None]) -> None:
        self.inside = inside
        self.left = left

    def connection_made(self, _transport: asyncio.BaseTransport) -> None:
        self.inside.there += 1
        self.inside.most = max(self.inside.most, self.inside.there)

    def data_received(self, data: bytes) -> None:
        self.inside.heard.append(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.inside.there -= 1
        self.left()


class Inside:
    """Behind the door: notes who comes, how many at the same time, and what they say.

    By a fault, nobody answers the one who comes as number `fails_at`.
    """

    def __init__(self) -> None:
        self.there = self.most = self.come = 0
        self.fails_at = 0
        self.heard: list[bytes] = []

    def stranger(self, _turn: Turn, left: Callable[[], None], **_: bool) -> Guest:
        self.come += 1
        if self.come == self.fails_at:
            raise RuntimeError("a fault")
        return Guest(self, left)


class Street:
    """Before the door: comes, says something, and may hang up before anybody has opened."""

    def __init__(self) -> None:
        self.inside = Inside()
        self.host = "127.0.0.1"
        self.places = Places(Limits(connections_max=10_000))
        self.door = self.opened()
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=1000)

    def opened(self, places: int = 10_000, streams: Streams | None = None) -> Door:
        """Return a door, of so many places."""
        loop = asyncio.get_running_loop()
        turns = Turns(Accounts(Limits(), time.monotonic), time.monotonic, loop)
        inside = cast("Any", self.inside)
        return Door(turns, inside, Keepalive(60), loop, places, streams=streams)

    def come(self, said: bytes, *, hangs_up: bool = False, resets: bool = False) -> socket.socket:
        source = self.host, 0
        peer = socket.create_connection(self.listening.getsockname(), source_address=source)
        peer.sendall(said)
        if resets:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        if hangs_up or resets:
            peer.close()
        return peer

    def answer(self) -> None:
        """Accept whoever has come next."""
        sock, host = self.listening.accept()
        sock.setblocking(False)
        place = self.places.take(host[0], sock)
        assert place is not None
        self.door.knock(place)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110 (what it looks at tells nobody)
                await asyncio.sleep(0)


Scene = Callable[[Street], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture
def on_the_street() -> Play:
    """Return how a scene is played on a street of its own."""

    def play(scene: Scene) -> None:
        async def evening() -> None:
            street = Street()
            with street.listening:
                await scene(street)
                await street.door.close()

        asyncio.run(evening())

    return play


HOW = [{"hangs_up": True}, {"resets": True}]


@pytest.mark.parametrize("how", HOW, ids=["ends", "resets"])
def test_who_is_there_goes_before_all_who_hung_up(
    on_the_street: Play, how: dict[str, bool]
) -> None:
    """A newcomer's turn comes after at most so many others, however many came before."""

    async def scene(street: Street) -> None:
        for _ in range(CROWD):
            street.come(b"too late", **how)
        with street.come(b"hello"):
            for _ in range(CROWD + 1):
                street.answer()
            await street.until(lambda: b"hello" in street.inside.heard)
            assert len(street.inside.heard) <= LEFT_AT_ONCE + 1

    on_the_street(scene)


@pytest.mark.parametrize("how", HOW, ids=["ends", "resets"])
def test_few_who_hung_up_are_let_in_at_a_time_and_all_are_heard(
    on_the_street: Play, how: dict[str, bool]
) -> None:
    async def scene(street: Street) -> None:
        for number in range(CROWD):
            street.come(b"said %d;" % number, **how)
            street.answer()
        await street.until(lambda: not set(street.places))
        assert street.inside.most <= LEFT_AT_ONCE
        assert sorted(street.inside.heard) == sorted(b"said %d;" % n for n in range(CROWD))

    on_the_street(scene)


@pytest.mark.parametrize("how", HOW, ids=["ends", "resets"])
def test_who_hung_up_without_a_word_is_let_go(on_the_street: Play, how: dict[str, bool]) -> None:
    async def scene(street: Street) -> None:
        for _ in range(CROWD):
            street.come(b"", **how)
            street.answer()
        await street.until(lambda: not set(street.places))
        assert street.inside.most == 0

    on_the_street(scene)


@pytest.mark.parametrize("how", HOW, ids=["ends", "resets"])
def test_more_than_may_wait_keep_no_place_and_are_heard_all_the_same(
    on_the_street: Play, monkeypatch: pytest.MonkeyPatch, how: dict[str, bool]
) -> None:
    monkeypatch.setattr(doors, "LEFT_MAX", 5)
    said = [b"said %3d;" % number + b"x" * 3000 for number in range(CROWD)]

    async def scene(street: Street) -> None:
        for words in said:
            street.come(words, **how)
            street.answer()
        assert len(set(street.places)) <= LEFT_AT_ONCE + 5
        await street.until(lambda: len(b"".join(street.inside.heard)) == len(b"".join(said)))
        await street.until(lambda: not street.inside.there)
        assert street.inside.most <= LEFT_AT_ONCE
        assert all(words[:9] in b"".join(street.inside.heard) for words in said)

    on_the_street(scene)


def test_those_who_hung_up_take_a_quarter_of_all_places_from_however_many_addresses_they_came(
    on_the_street: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_loopback", lambda _host: False)
    monkeypatch.setattr(doors, "LEFT_AT_ONCE", 1)
    hosts = [f"127.0.0.{number}" for number in range(1, 9)]
    said = [b"said %2d;" % number for number in range(8 * len(hosts))]

    async def scene(street: Street) -> None:
        street.door = street.opened(places=40)
        for number, words in enumerate(said):
            street.host = hosts[number % len(hosts)]
            street.come(words, hangs_up=True)
            street.answer()
        assert len(set(street.places)) == len(hosts) + 40 // 4
        await street.until(lambda: len(b"".join(street.inside.heard)) == len(b"".join(said)))
        await street.until(lambda: not set(street.places))

    on_the_street(scene)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no epoll")
def test_whoever_is_let_in_is_so_in_the_turn_and_no_task_is_begun_for_them(
    on_the_street: Play,
) -> None:
    async def scene(street: Street) -> None:
        streams = Streams(asyncio.get_running_loop())
        street.door = street.opened(streams=streams)
        peers = [street.come(b"hello") for _ in range(CROWD)]
        for _ in peers:
            street.answer()
        tasks = set[int]()

        def are_in() -> bool:
            tasks.add(len(asyncio.all_tasks()))
            return len(street.inside.heard) == CROWD

        await street.until(are_in)
        assert tasks == {1}, "our own"
        for peer in peers:
            peer.close()
        await street.until(lambda: not set(street.places))
        streams.close()

    on_the_street(scene)


def test_of_those_that_keep_no_place_only_so_much_waits_and_the_journal_tells_of_the_others(
    on_the_street: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(doors, "LEFT_MAX", 5)
    monkeypatch.setattr(doors, "WORDS_BYTES_MAX", 2 * OBJECT_BYTES + 20)

    async def scene(street: Street) -> None:
        for number in range(CROWD):
            words = b"x" * (WORDS_BYTES_MAX + 1) if number == CROWD - 1 else b"too late"
            street.come(words, hangs_up=True)
            street.answer()
        street.door.tell()
        await street.until(lambda: not set(street.places))
        await street.until(lambda: len(street.inside.heard) == LEFT_AT_ONCE + 5 + 2)

    on_the_street(scene)
    assert f"this machine ({CROWD - LEFT_AT_ONCE - 5 - 2} times)" in caplog.text


def test_a_newcomer_is_let_in_before_all_who_hung_up_are_heard_and_nothing_is_dropped(
    serve: Serve, meet: Meet
) -> None:
    """Counted in what was posted until then, not in seconds."""
    people, texts = 60, 400
    with serve(messages_per_second=20, burst=200) as server, ExitStack() as stack:
        bob = meet(server, "bob")
        peers = [stack.enter_context(RawPeer(server.host, server.port)) for _ in range(people)]
        for number, peer in enumerate(peers):
            peer.send(frame(f"gone{number}") + frame("still here") * texts)
            peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            peer.sock.close()
        newcomer = meet(server, "newcomer")
        assert newcomer.room["last"] < people * texts / 2, "it did not wait for all of them"
        heard = Counter(message["from"] for message in bob.messages(people * texts))
        assert heard == {f"gone{number}": texts for number in range(people)}


@pytest.mark.parametrize("how", [{}, *HOW], ids=["stays", "ends", "resets"])
@pytest.mark.parametrize("waiting", [0, 5], ids=["keeps no place", "keeps a place"])
def test_a_fault_in_letting_one_in_frees_its_place_and_keeps_out_nobody_else(
    on_the_street: Play, monkeypatch: pytest.MonkeyPatch, how: dict[str, bool], waiting: int
) -> None:
    monkeypatch.setattr(doors, "LEFT_AT_ONCE", 1)
    monkeypatch.setattr(doors, "LEFT_MAX", waiting)

    async def scene(street: Street) -> None:
        street.inside.fails_at = 2
        peers = []
        for number in range(3):
            peers.append(street.come(b"said %d" % number, **how))
            street.answer()
        await street.until(lambda: len(street.inside.heard) == 2)
        for peer in peers:
            peer.close()
        await street.until(lambda: not set(street.places) and not street.inside.there)
        street.come(b"later", hangs_up=True)
        street.answer()
        await street.until(lambda: b"later" in street.inside.heard)

    on_the_street(scene)
    assert faults.counts.total() == 1


class OneLink:
    """A link that notes which connections are cut."""

    is_congested = False

    def __init__(self) -> None:
        self.was_cut: list[Channel] = []

    def cut(self, channel: Channel) -> None:
        self.was_cut.append(channel)


def test_a_fault_in_letting_in_one_whom_a_relay_holds_ends_that_connection_alone(
    on_the_street: Play,
) -> None:
    async def scene(street: Street) -> None:
        street.inside.fails_at = 1
        link, host = OneLink(), "10.0.0.7"
        for number in range(2):
            channel = Channel(cast("Any", link), number, host, Arrived(host=host, at=(host, 1)))
            place = street.places.take(host, None)
            assert place is not None
            street.door.bring(place, channel)
        assert [one.number for one in link.was_cut] == [0]
        assert [one.transport for one in street.places] == [channel]
        channel.lose(None)
        assert not set(street.places)

    on_the_street(scene)
    assert faults.counts.total() == 1


def test_a_fault_in_what_is_left_of_one_keeps_nobody_else_from_being_heard(
    on_the_street: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "LEFT_AT_ONCE", 1)
    monkeypatch.setattr(doors, "LEFT_MAX", 0)
    heard = Guest.data_received

    def faulty(guest: Guest, data: bytes) -> None:
        if data == b"said 1":
            raise RuntimeError("a fault")
        heard(guest, data)

    monkeypatch.setattr(Guest, "data_received", faulty)

    async def scene(street: Street) -> None:
        for number in range(3):
            street.come(b"said %d" % number, hangs_up=True)
            street.answer()
        await street.until(lambda: street.inside.heard == [b"said 0", b"said 2"])

    on_the_street(scene)
    assert faults.counts.total() == 1


SAYING = {
    "frames": lambda n: frame(f"gone{n}") + frame(f"said {n}"),
    "events": lambda n: (
        event_frame(f"gone{n}")
        + event_frame({"type": "join", "room": "lobby"})
        + event_frame({"type": "say", "room": "lobby", "text": f"said {n}"})
    ),
    "http": lambda n: (
        b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 34\r\n\r\n"
        b'{"text":"said %d","name":"gone%d"}' % (n, n)
    ),
}


def test_whatever_those_spoke_who_keep_no_place_it_is_posted(
    serve: Serve, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To let somebody in is so dear here that most have hung up by then."""
    monkeypatch.setattr(doors, "LEFT_MAX", 0)
    monkeypatch.setattr(doors, "LEFT_AT_ONCE", 1)
    with serve() as server:
        bob = meet(server, "bob")
        monkeypatch.setattr(doors, "LETTING_IN", 3000.0)
        kept = Counter[str]()

        def noted(host: str, sock: socket.socket) -> Bequest | None:
            kept["all"] += 1
            return bequest_of(host, sock)

        monkeypatch.setattr(doors, "bequest_of", noted)
        for number in range(10, 40):
            with RawPeer(server.host, server.port) as peer:
                peer.send(list(SAYING.values())[number % len(SAYING)](number))
        heard = {message["text"] for message in bob.messages(30)}
        assert heard == {f"said {number}" for number in range(10, 40)}
        assert kept["all"]
