"""Who comes, and in which order they are let in."""

import asyncio
import socket
import time
from typing import Any, cast

from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turns
from hubbub.server.gate import ACCEPTS_AT_ONCE, Gate
from tests.server.turning import HERE, THERE, Room


class Crowd:
    """A socket that listens, where somebody has come and hung up each time that it is asked."""

    def __init__(self) -> None:
        self.accepted = 0

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        self.accepted += 1
        ours, theirs = socket.socketpair()
        theirs.close()
        return ours, ("192.0.2.1", self.accepted)


def test_of_many_who_come_at_once_some_are_accepted_in_each_turn_of_the_loop() -> None:
    """A thousand of them would keep everybody waiting for 50 ms."""

    async def scene() -> None:
        loop, limits = asyncio.get_running_loop(), Limits()
        turns = Turns(Accounts(limits, time.monotonic), time.monotonic, loop)
        gate, crowd = Gate(limits, turns, cast("Any", None)), Crowd()
        for turn in (1, 2, 3):
            gate._accept(cast("Any", crowd))
            assert crowd.accepted == turn * ACCEPTS_AT_ONCE <= turn * 20
        assert gate.connections == 0, "they had hung up"
        await gate.close()
        await gate.cut()

    asyncio.run(scene())


def test_a_crowd_from_many_addresses_is_served_in_order_of_arrival_and_behind_members() -> None:
    room = Room(Limits())
    letting_in, count = 13.0, 1000
    before = [
        room.worker(f"10.0.{number // 250}.{number % 250}", is_stranger=True).do(letting_in)
        for number in range(count)
    ]
    newcomer = room.worker(HERE, is_stranger=True).do(letting_in)
    for number in range(count):
        room.worker(f"10.1.{number // 250}.{number % 250}", is_stranger=True).do(letting_in)
    member = room.worker(THERE).do(1.0)
    while newcomer.costs:
        assert room.loop.go_on(), "its turn comes"
    assert room.done.index(member) < 20, "it waits for what had begun"
    assert set(room.done[: room.done.index(newcomer)]) == {*before, member}
