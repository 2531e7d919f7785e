"""Peers that do nothing, or half of something, delay nobody (protocol section 6)."""

from contextlib import ExitStack, suppress

import pytest

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer, frame

HALVES = {
    "nothing": b"",
    "a digit": b"5",
    "half a header": b"5    ",
    "a header": b"5         ",
    "half a body": b"5         he",
    "half of an HTTP request": b"GET / HT",
    "the start of a word": b"G",
}


def assert_all_served(server: LocalServer) -> None:
    with (
        RawPeer(server.host, server.port, "ann") as ann,
        RawPeer(server.host, server.port, "bob") as bob,
    ):
        for number in range(50):
            ann.say(f"{number} {'é' * number}")
            assert bob.pair() == ("ann", f"{number} {'é' * number}")
            bob.say("yes")
            assert ann.pair() == ("bob", "yes")


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_strangers_who_hold_half_of_something_delay_nobody(
    hubbub_server: LocalServer, half: bytes
) -> None:
    """`A connection that says nothing, or half a frame, delays nobody.`"""
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(RawPeer(hubbub_server.host, hubbub_server.port)).send(half)
        assert_all_served(hubbub_server)


@pytest.mark.parametrize("half", [half for half in HALVES.values() if not half[:1].isalpha()])
def test_members_who_hold_half_a_frame_delay_nobody_and_may_go_on(
    hubbub_server: LocalServer, half: bytes
) -> None:
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "slow") as slow,
        RawPeer(hubbub_server.host, hubbub_server.port, "ear") as ear,
    ):
        slow.send(half)
        assert_all_served(hubbub_server)
        slow.send(frame("hello")[len(half) :])
        heard = ear.pair()
        while heard[0] != "slow":
            heard = ear.pair()
        assert heard == ("slow", "hello")
        assert [slow.pair() for _ in range(100)][-1] == ("bob", "yes")


def test_a_member_who_never_reads_delays_nobody_and_keeps_its_place(
    hubbub_server: LocalServer,
) -> None:
    """`A reader that falls behind is not dropped and not buffered for: it is … served from the
    log at its own pace until it has caught up.`
    """
    big = "é" * 30_000
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "idle") as idle,
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
    ):
        for number in range(200):  # 12 MB: more than the kernel keeps for a reader
            ann.say(f"{number} {big}")
            assert bob.pair() == ("ann", f"{number} {big}")
        assert "3 in lobby" in bob.who()
        for number in range(200):
            assert idle.pair() == ("ann", f"{number} {big}")
        ann.say("live again")
        assert idle.pair() == ("ann", "live again")


def test_one_who_neither_reads_answers_nor_stops_asking_delays_nobody(
    hubbub_server: LocalServer,
) -> None:
    """`What the server holds for one connection is bounded, whatever the peer does.`"""
    with RawPeer(hubbub_server.host, hubbub_server.port, "asker") as asker:
        asker.sock.setblocking(False)
        question = frame("/help") * 1000
        with suppress(BlockingIOError):
            while asker.sock.send(question) == len(question):  # until nobody listens any more
                pass
        assert_all_served(hubbub_server)
