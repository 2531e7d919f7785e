"""Each peer that is installed delivers what is said exactly, and a wrong count fails the run."""

import os

import pytest
from bench.load import Load
from bench.peers import HUBBUB, OTHERS, PEERS
from bench.peers.hubbub import Classic, Event, Hubbub
from bench.peers.peer import Peer
from bench.peers.server import Failed, HungUp
from bench.workloads import IN_FLIGHT, crowd_at

from bench import load

MEMBERS, SPEAKERS = 3, 2


def present(peer: Peer) -> Peer:
    if (why := peer.absence()) and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(why)
    assert not why, why
    return peer


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_everybody_gets_everything_once(peer: Peer) -> None:
    with crowd_at(present(peer)) as crowd:
        crowd.fill(rooms=1, members=MEMBERS, speakers=SPEAKERS)
        crowd.settle(watched=MEMBERS)
        flow = Load(crowd).flat_out(0.2, IN_FLIGHT)  # raises Failed if a count is wrong
    hearers = MEMBERS + peer.hears_others * (SPEAKERS - 1) + peer.hears_itself
    assert flow.messages >= IN_FLIGHT
    assert flow.deliveries == flow.messages * hearers
    assert flow.latencies
    assert min(flow.latencies) > 0


ROOMED = [HUBBUB, *(peer for peer in OTHERS if peer.has_rooms)]


@pytest.mark.parametrize("peer", ROOMED, ids=lambda peer: peer.name)
def test_rooms_are_apart(peer: Peer) -> None:
    with crowd_at(present(peer)) as crowd:
        crowd.fill(rooms=3, members=2, speakers=1)
        crowd.settle(watched=1)
        flow = Load(crowd).flat_out(0.1, window=1)
    assert flow.messages >= 3
    assert flow.deliveries == flow.messages * 2


def test_a_steady_rate_says_so_many_messages() -> None:
    with crowd_at(HUBBUB) as crowd:
        crowd.fill(rooms=1, members=MEMBERS, speakers=SPEAKERS)
        crowd.settle(watched=1)
        flow = Load(crowd).steady(0.2, per_second=100)
    assert flow.messages == 20
    assert len(flow.latencies) <= 20


class OffByOne(Classic):
    """Expects a byte more or less than comes."""

    def __init__(self, more: int) -> None:
        self._more = more

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        return super().heard_bytes(room, first, count) + self._more


@pytest.mark.parametrize("more", [-1, 1])
def test_a_wrong_count_is_no_result(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "STALLED_SECONDS", 0.2)
    with crowd_at(Hubbub("wrong", OffByOne(more))) as crowd:
        crowd.fill(rooms=1, members=MEMBERS, speakers=SPEAKERS)
        crowd.settle(watched=1)
        with pytest.raises(Failed, match="did not get exactly what was said"):
            Load(crowd).flat_out(0.1, IN_FLIGHT)


def test_a_server_that_ends_is_no_result() -> None:
    with crowd_at(HUBBUB) as crowd:
        crowd.fill(rooms=1, members=MEMBERS, speakers=SPEAKERS)
        crowd.settle(watched=1)
        crowd.server.stop()
        with pytest.raises(Failed, match="The server"):
            Load(crowd).flat_out(5.0, IN_FLIGHT)


def test_of_a_server_that_hung_up_is_told_whether_it_ran_and_what_it_said_last() -> None:
    def be_hung_up_on(*, has_ended: bool) -> None:
        with crowd_at(HUBBUB) as crowd:
            if has_ended:
                crowd.server.stop()
            raise HungUp("It hung up.")

    said = r"it said last: .*127\.0\.0\.1"
    with pytest.raises(Failed, match=rf"It hung up\. The server still ran; {said}"):
        be_hung_up_on(has_ended=False)
    with pytest.raises(Failed, match=rf"It hung up\. The server had ended with code 0; {said}"):
        be_hung_up_on(has_ended=True)


@pytest.mark.parametrize("first", [1, 2, 9, 10, 95, 99_999])
@pytest.mark.parametrize("count", [0, 1, 5, 1000])
def test_events_grow_with_their_numbers(first: int, count: int) -> None:
    def number_bytes(seq: int) -> int:
        return len(str(seq)) + len(str(seq - 1))

    heard = Event().heard_bytes("r", first, count)
    shortest = Event().heard_bytes("r", 1, 1) - number_bytes(1)
    assert heard == sum(shortest + number_bytes(seq) for seq in range(first, first + count))
