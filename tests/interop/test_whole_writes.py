"""Both frames of a message leave in one write, whole (protocol section 2).

TCP shows no writes. Two views come close: an outlet that records what the hub writes, and a
reader that keeps up: as long as it leaves only a few kilobytes unread, the kernel passes on each
write as it came, or several joined; a `recv` that ends amid a pair was then a write that did.
"""

import pytest

from hubbub.chat.commands import Join, Say
from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.interop.raw import READ_BYTES, RawPeer, frame, frames

TEXTS = ["a", "ü" * 40, "two\nlines", " ", "x" * 3000]


def assert_whole_pairs(chunk: bytes) -> list[bytes]:
    payloads, unfinished_bytes = frames(chunk)
    assert unfinished_bytes == 0, "half a frame"
    assert len(payloads) % 2 == 0, "a name without its text"
    assert all(payloads), "an empty frame"
    return payloads


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_the_hub_writes_whole_pairs_to_classic_members(batch: int) -> None:
    """`Both frames of a message go out in one write.`"""
    chatroom = Chatroom()
    ann, bob = Peer(chatroom, "ann", CLASSIC), Peer(chatroom, "bob", CLASSIC)
    eve = Peer(chatroom, "eve")
    eve.tell(Join(room="lobby"))
    for number in range(0, 100, batch):
        for text in TEXTS[:batch]:
            bob.type(f"{number} {text}")
            eve.tell(Say(room="lobby", text=text, ref="r"))
            ann.type(text)
        writes = len(ann.writes)
        chatroom.commit()
        assert len(ann.writes) == writes + 1, "one write for what was committed together"
    ann.type("/who")
    payloads = [payload for write in ann.writes for payload in assert_whole_pairs(write)]
    assert set(payloads[::2]) == {b"bob", b"eve", b"hubbub"}


@pytest.mark.parametrize("backlog_bytes", [1, 500, 100_000])
def test_the_hub_writes_whole_pairs_to_a_reader_who_was_slow(backlog_bytes: int) -> None:
    """`never split what can be whole, and keep a silent reader's place`"""
    chatroom = Chatroom()
    slow, bob = Peer(chatroom, "slow", CLASSIC), Peer(chatroom, "bob", CLASSIC)
    slow.room_bytes = 100
    for number in range(60):
        bob.type(f"{number} {TEXTS[number % len(TEXTS)]}")
        chatroom.commit()
    payloads: list[bytes] = []
    while slow.writes:
        for write in slow.writes:
            payloads += assert_whole_pairs(write)
        slow.writes.clear()
        slow._unread_bytes = 0
        slow.session.congested = False
        slow.serve(backlog_bytes)
    assert payloads[1::2] == [f"{n} {TEXTS[n % len(TEXTS)]}".encode() for n in range(60)]


def test_a_reader_who_keeps_up_never_receives_half_a_pair() -> None:
    """`Tutorial clients … lose sync on a partial read: never split what can be whole`"""
    config = Config(
        server=ServerSection(listen="127.0.0.1:0"), limits=Limits(messages_per_second=0)
    )
    with (
        serving(config) as server,
        RawPeer(server.host, server.port, "ann") as ann,
        RawPeer(server.host, server.port, "bob") as bob,
    ):
        for burst in range(100):
            texts = [f"{burst} {number} {'é' * burst}" for number in range(1 + burst % 25)]
            if burst % 2:
                bob.send(b"".join(map(frame, texts)))
            else:
                for text in texts:
                    bob.say(text)
            heard: list[bytes] = []
            while len(heard) < 2 * len(texts):
                heard += assert_whole_pairs(ann.sock.recv(READ_BYTES))
            assert heard[::2] == [b"bob"] * len(texts)
            assert heard[1::2] == [text.encode() for text in texts]
