"""A connection that changes hands loses nothing on the way."""

import pytest

from hubbub.server.sockets.handover import hand_over
from tests.server.transports import FakeTransport, Recorder


def handed_over(successor: Recorder, **state: bool) -> FakeTransport:
    transport = FakeTransport(Recorder())
    hand_over(transport, successor, b"GET ", **state)
    assert transport.protocol is successor
    return transport


def test_the_successor_hears_everything_in_its_order() -> None:
    successor = Recorder()
    transport = handed_over(successor, ended=True, congested=True)
    assert successor.heard == ["connected", "paused", b"GET ", "ended"]
    assert transport.notes == ["resume_reading"]


def test_the_successor_hears_nothing_that_did_not_happen() -> None:
    successor = Recorder()
    handed_over(successor)
    assert successor.heard == ["connected", b"GET "]


@pytest.mark.parametrize("wants_to_answer", [True, False])
def test_after_the_end_the_connection_stays_as_long_as_the_successor_says(
    wants_to_answer: bool,
) -> None:
    transport = handed_over(Recorder(eof=wants_to_answer), ended=True)
    assert transport.is_closing() is not wants_to_answer


def test_a_pause_for_the_sake_of_the_bytes_holds() -> None:
    """Reading is resumed for the successor before it gets the bytes, not after."""

    class Pausing(Recorder):
        def data_received(self, _data: bytes) -> None:
            transport.pause_reading()

    transport = FakeTransport(Recorder())
    hand_over(transport, Pausing(), b"GET ")
    assert transport.notes == ["resume_reading", "pause_reading"]
