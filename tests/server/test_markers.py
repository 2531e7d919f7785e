"""Read markers on a real server: they stay when it is stopped."""

from tests.server.conftest import Meet, Serve
from tests.server.event_peer import EventPeer

DEVICE = "the-device-of-ann-that-stays"


def known(peer: EventPeer) -> EventPeer:
    """Let a peer be the person of the device."""
    assert peer.ask(type="identify", device=DEVICE)["person"]["kind"] == "guest"
    return peer


def test_what_was_read_is_known_on_another_device_and_after_a_restart(
    serve: Serve, meet: Meet
) -> None:
    with serve() as server:
        ann = known(meet(server, "ann", room=None))
        assert ann.ask(type="join", room="lobby")["seen"] == 0
        seqs = [ann.say_and_wait(f"message {number}") for number in range(3)]
        ann.tell(type="seen", room="lobby", seq=seqs[1])
        assert ann.next("seen")["seq"] == seqs[1]
        phone = known(meet(server, "ann", room=None))
        assert phone.ask(type="join", room="lobby")["seen"] == seqs[1]
        phone.tell(type="seen", room="lobby", seq=seqs[2])
        assert ann.next("seen", seq=seqs[2])["room"] == "lobby"
    with serve() as server:
        again = known(meet(server, "ann", room=None))
        assert again.ask(type="join", room="lobby")["seen"] == seqs[2]
