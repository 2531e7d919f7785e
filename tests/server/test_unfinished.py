"""Frames of which only a part has come (protocol section 6.5)."""

import select

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.limits import Limits
from hubbub.server.fairness.shares import SHARE_BYTES_MIN, SHARED_BYTES_MAX
from hubbub.server.sockets.unfinished import UnfinishedFrames
from tests.interop.raw import RawPeer, frame
from tests.server.conftest import Connect, Serve

LONG_FRAME = 400_000_000
"""So long that there is room for two."""

MIB = 1_048_576


class Sender:
    """Receives frames of these lengths, as far as it is allowed to."""

    def __init__(self, unfinished: UnfinishedFrames, frames: list[int]) -> None:
        self.unfinished = unfinished
        self.frames = frames
        self.held = 0
        self.may_grow = True
        self.is_late = False

    def receive(self, count: int) -> None:
        """Receive so many bytes of the first frame, or the rest of it."""
        self.held += count
        if self.held >= self.frames[0]:
            del self.frames[0]
            self.held = 0
        self.go_on()

    def go_on(self) -> None:
        self.may_grow = self.unfinished.may_grow(self, self.held)

    def frame_is_late(self) -> None:
        self.is_late = True


@given(
    st.lists(
        st.lists(st.sampled_from([10, SHARE_BYTES_MIN, MIB, LONG_FRAME]), max_size=4),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from([1, SHARE_BYTES_MIN, 99 * MIB]))),
)
def test_all_half_frames_have_a_bound_and_every_frame_gets_through(
    frames: list[list[int]], steps: list[tuple[int, int]]
) -> None:
    """`All frames of which only a part has come have one more bound in common`."""
    unfinished = UnfinishedFrames(Limits(frame_bytes_max=LONG_FRAME), lambda: 0.0)
    senders = [Sender(unfinished, own) for own in frames]
    endless = [(at, 99 * MIB) for _ in range(9 * 8 * 4 * 5) for at in range(len(senders))]
    for at, count in [*steps, *endless]:
        sender = senders[at % len(senders)]
        if sender.may_grow and sender.frames:
            sender.receive(count)
        large = [sender for sender in senders if sender.held > SHARE_BYTES_MIN and sender.may_grow]
        assert len(large) * LONG_FRAME <= SHARED_BYTES_MAX
    assert not any(sender.frames for sender in senders)


def test_a_late_frame_ends_its_connection_only_while_others_wait() -> None:
    now = 0.0
    unfinished = UnfinishedFrames(
        Limits(frame_bytes_max=LONG_FRAME, handshake_seconds=60), lambda: now
    )
    late, later, waiting = (Sender(unfinished, [LONG_FRAME]) for _ in range(3))
    late.receive(MIB)
    now = 30.0
    later.receive(MIB)
    now = 70.0
    unfinished.sweep()
    assert not late.is_late
    waiting.receive(MIB)
    assert not waiting.may_grow
    unfinished.sweep()
    assert (late.is_late, later.is_late) == (True, False)
    unfinished.gone(late)
    assert waiting.may_grow


def test_a_connection_that_is_gone_does_not_wait() -> None:
    unfinished = UnfinishedFrames(Limits(frame_bytes_max=LONG_FRAME), lambda: 0.0)
    first, second, gone, last = (Sender(unfinished, [LONG_FRAME]) for _ in range(4))
    for sender in (first, second, gone, last):
        sender.receive(MIB)
    unfinished.gone(gone)
    first.receive(LONG_FRAME)
    assert (gone.may_grow, last.may_grow) == (False, True)


@pytest.fixture
def half() -> bytes:
    return frame("x" * 200_000)[:100_000]


def hears_something(peer: RawPeer) -> bool:
    return bool(select.select([peer.sock], [], [], 0)[0])


def test_a_long_frame_waits_for_others_and_short_ones_do_not(
    serve: Serve, connect: Connect, half: bytes
) -> None:
    with serve(frame_bytes_max=999_999_999, messages_per_second=0) as server:  # room for one
        first, second, bob = (connect(server, name) for name in ("first", "second", "bob"))
        first.send(half)
        second.send(half)
        bob.say("hello")
        assert (first.pair(), second.pair()) == (("bob", "hello"), ("bob", "hello"))
        assert bob.who().startswith("3 in lobby")
        first.send(frame("x" * 200_000)[100_000:])
        second.send(frame("x" * 200_000)[100_000:])
        for peer in (first, second):
            assert "200000 bytes" in peer.pair()[1], "it came whole"


def test_nobody_keeps_the_room_for_long_frames(serve: Serve, connect: Connect, half: bytes) -> None:
    limits = {"frame_bytes_max": 999_999_999, "messages_per_second": 0, "handshake_seconds": 1}
    with serve(**limits) as server:
        idle, bob = connect(server, "idle"), connect(server, "bob")
        idle.send(half)
        while not hears_something(idle):
            bob.say("x" * 200_000)
            assert "200000 bytes" in bob.pair()[1], "it came whole, sooner or later"
        sender, text = idle.pair()
        assert (sender, text.split(" within ")[0]) == ("hubbub", "A frame did not come whole")
        assert idle.rest() == b""
