"""What comes over HTTP is taken in piece by piece, and paid for by its lines."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from hubbub.hub.cost import LINE
from hubbub.server.http.visit import KEPT_BYTES_MAX, PIECE_BYTES, Visit
from hubbub.server.sockets.partings import Partings
from tests.server.clockwork import Clockwork
from tests.server.transports import FakeTransport


class Asked:
    """A turn that grants so many pieces, and notes what was spent."""

    host = "192.0.2.1"

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.spent = 0.0
        self.waits = 0

    def grant(self) -> float:
        self.pieces -= 1
        return float(self.pieces >= 0)

    def spend(self, units: float) -> None:
        self.spent += units

    def wait(self, act: Callable[[], None]) -> None:
        self.waits += 1
        self.act = act


class Fed:
    """What answers, and notes what it gets."""

    heads, is_in_body, is_leaving, is_held, stops_reading = 0, True, False, False, False

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def connection_made(self, _transport: object) -> None:
        """Begin."""

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)

    def connection_lost(self, _error: object) -> None:
        """Be gone."""


def visit_of(fed: Fed, turn: Asked) -> Visit:
    patience = SimpleNamespace(begin=lambda _visit: None, end=lambda _visit: None)
    room = SimpleNamespace(may_grow=lambda _visit, _size: True, gone=lambda _visit: None)
    return Visit(
        cast("Any", fed),
        cast("Any", patience),
        cast("Any", room),
        cast("Any", turn),
        lambda: None,
        partings=Partings(Clockwork()),
    )


def test_a_body_in_chunks_of_one_byte_is_paid_for_by_the_chunk_and_waits_for_turns() -> None:
    chunks = 10_000
    turn, fed = Asked(3), Fed()
    visit = visit_of(fed, turn)
    transport = FakeTransport(visit)
    transport.receive(b"1\r\nx\r\n" * chunks)
    assert [len(piece) for piece in fed.pieces] == [PIECE_BYTES] * 3
    assert (turn.waits, transport.notes) == (1, ["pause_reading"])
    assert turn.spent > 3 * PIECE_BYTES // 6 * 2 * LINE


def test_a_file_in_chunks_of_one_byte_is_paid_for_by_the_chunk_and_waits_for_turns() -> None:
    turn, fed = Asked(3), Fed()
    visit = visit_of(fed, turn)
    transport = FakeTransport(visit)
    visit.carry(0)
    transport.receive(b"1\r\nx\r\n" * 10_000)
    assert [len(piece) for piece in fed.pieces] == [PIECE_BYTES] * 3
    assert turn.waits == 1
    assert turn.spent > 3 * PIECE_BYTES // 6 * 2 * LINE


def test_a_request_that_comes_in_one_piece_with_the_end_of_a_file_is_carried_no_more() -> None:
    """Of a body that is no file, what came has a bound, together with those of all others."""

    class Next(Fed):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.heads = 1  # and it is in the body of this one

    visit = visit_of(Next(), Asked(3))
    transport = FakeTransport(visit)
    visit.carry(3)
    assert visit.is_carrying
    transport.receive(b"endPOST ")
    assert not visit.is_carrying


def test_what_follows_a_request_to_leave_http_waits_for_the_answer_and_not_for_a_turn() -> None:
    """Else whoever gets it by the answer could not wait for a turn, as somebody does already."""

    async def waits(*, is_leaving: bool) -> int:
        turn, fed = Asked(0), Fed()
        fed.is_leaving = is_leaving
        visit = visit_of(fed, turn)
        transport = FakeTransport(visit)
        asked = asyncio.ensure_future(visit.may_spend(1))
        await asyncio.sleep(0)
        transport.receive(b"x")
        before = turn.waits
        turn.act()
        await asked
        return turn.waits - before

    assert asyncio.run(waits(is_leaving=False)) == 1
    assert asyncio.run(waits(is_leaving=True)) == 0


def test_what_is_dear_waits_for_a_turn_and_is_paid_for_in_it() -> None:
    async def scene() -> None:
        turn = Asked(1)
        visit = visit_of(Fed(), turn)
        FakeTransport(visit)
        await visit.may_spend(100)
        assert (turn.spent, turn.waits) == (100, 0)
        dear = asyncio.ensure_future(visit.may_spend(100))
        await asyncio.sleep(0)
        assert (turn.spent, turn.waits, dear.done()) == (100, 1, False)
        turn.act()
        await dear
        assert turn.spent == 200

    asyncio.run(scene())


def test_what_trickles_in_of_a_file_is_paid_for_and_wakes_nobody_until_it_is_worth_it() -> None:
    turn, fed = Asked(1), Fed()
    visit = visit_of(fed, turn)
    transport = FakeTransport(visit)
    visit.carry(10 * KEPT_BYTES_MAX)
    transport.receive(*[b"x"] * 1000)
    assert (fed.pieces, turn.waits) == ([], 0)
    assert turn.spent > 1000
    rest = bytes(KEPT_BYTES_MAX - 1000)
    transport.receive(rest)
    assert fed.pieces == [b"x" * 1000 + rest]


def test_the_end_of_a_file_is_waited_for_no_longer_than_it_takes_to_come() -> None:
    fed = Fed()
    visit = visit_of(fed, Asked(3))
    transport = FakeTransport(visit)
    visit.carry(3)
    transport.receive(b"a", b"b")
    assert fed.pieces == []
    transport.receive(b"c")
    assert fed.pieces == [b"abc"]


def test_of_a_file_whose_length_nobody_knows_everything_is_passed_on_at_once() -> None:
    fed = Fed()
    visit = visit_of(fed, Asked(3))
    transport = FakeTransport(visit)
    visit.carry(0)
    transport.receive(b"a", b"b")
    assert fed.pieces == [b"a", b"b"]


def test_where_aiohttp_holds_back_what_came_before_everything_is_passed_on_at_once() -> None:
    """How much it has is not known then, nor how much is still to come."""
    fed = Fed()
    fed.stops_reading = True
    visit = visit_of(fed, Asked(3))
    transport = FakeTransport(visit)
    visit.carry(100)
    transport.receive(b"a")
    assert fed.pieces == [b"a"]


def test_what_little_came_of_a_file_is_there_when_it_is_asked_for_or_the_connection_lost() -> None:
    fed = Fed()
    visit = visit_of(fed, Asked(3))
    transport = FakeTransport(visit)
    visit.carry(100)
    transport.receive(b"a")
    assert visit.feed_kept()
    assert not visit.feed_kept(), "nothing more came"
    transport.receive(b"b")
    transport.lose()
    assert fed.pieces == [b"a", b"b"]
