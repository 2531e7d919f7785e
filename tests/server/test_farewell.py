"""Last words."""

from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.farewell import DISCARDED_BYTES_MAX, Farewell
from hubbub.server.sockets.receiving import RECEIVE_BYTES
from tests.server.test_deadlines import Clock, at_once
from tests.server.transports import FakeTransport


class Parting:
    """A peer that is told to go. `half`: whether its connection has halves."""

    def __init__(self, *, half: bool = True) -> None:
        self.left = 0
        self.clock = Clock()
        self.lingering = Deadlines(3, self.clock)
        farewell = Farewell(b"Bye.", self.lingering, self._leave)
        self.transport = FakeTransport(farewell, can_write_eof=half)

    def _leave(self) -> None:
        self.left += 1


def test_the_peer_may_finish_its_sentence() -> None:
    parting = Parting()
    assert parting.transport.written == b"Bye."
    assert parting.transport.notes == ["write_eof"]
    parting.transport.receive(b"still talking")
    assert not parting.transport.is_closing()
    assert not parting.transport.protocol.eof_received(), "asyncio closes the connection then"
    parting.transport.lose()
    parting.clock.now = 3
    parting.lingering.sweep(at_once)
    assert parting.left == 1
    assert parting.transport.notes == ["write_eof"]


def test_the_peer_may_not_take_for_ever() -> None:
    parting = Parting()
    parting.clock.now = 3
    parting.lingering.sweep(at_once)
    assert parting.transport.notes == ["write_eof", "abort"]


def test_what_is_passed_over_is_counted_in_place_and_has_a_bound() -> None:
    parting = Parting()
    farewell = parting.transport.protocol
    assert isinstance(farewell, Farewell)
    pieces = 0
    while "pause_reading" not in parting.transport.notes:
        assert len(farewell.get_buffer(-1)) == RECEIVE_BYTES, "a few calls of the system"
        farewell.buffer_updated(RECEIVE_BYTES)
        pieces += 1
    assert pieces == DISCARDED_BYTES_MAX // RECEIVE_BYTES + 1


def test_where_a_connection_has_no_halves_it_is_closed() -> None:
    """As inside TLS."""
    assert Parting(half=False).transport.notes == ["close"]
