"""Peers that hang up at once are seen to a few in each turn of the loop."""

import asyncio
import socket
import struct
import time
from contextlib import ExitStack

import pytest

from hubbub.server.sockets.partings import AT_ONCE, Partings
from tests.interop.raw import RawPeer
from tests.server.conftest import Meet, Serve

CROWD = 3 * AT_ONCE
RESET = struct.pack("ii", 1, 0)
POLL_SECONDS = 0.02


def test_few_are_seen_to_in_a_turn_and_all_in_their_order() -> None:
    async def scene() -> None:
        partings = Partings(asyncio.get_running_loop())
        seen: list[int] = []
        for number in range(CROWD):
            partings.see_to(lambda number=number: seen.append(number))  # type: ignore[misc]
        turns = 0
        while len(seen) < CROWD:
            assert len(seen) == AT_ONCE * (turns + 1)
            turns += 1
            await asyncio.sleep(0)
        assert seen == list(range(CROWD))
        partings.see_to(lambda: seen.append(-1))
        assert seen[-1] != -1, "this turn has seen to as many as it may"
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        partings.see_to(lambda: seen.append(-2))
        assert seen[-2:] == [-1, -2]

    asyncio.run(scene())


def test_those_after_whom_more_is_to_be_done_are_fewer_in_a_turn() -> None:
    async def scene() -> None:
        partings = Partings(asyncio.get_running_loop())
        seen: list[int] = []
        for number in range(CROWD):
            partings.see_to(lambda number=number: seen.append(number), AT_ONCE // 5)  # type: ignore[misc]
        assert seen == list(range(5))
        await asyncio.sleep(0)
        assert seen == list(range(10))

    asyncio.run(scene())


def test_a_fault_of_one_keeps_no_other() -> None:
    async def scene() -> None:
        told: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: told.append(context["exception"]))
        partings = Partings(loop)
        seen: list[int] = []

        def act(number: int) -> None:
            if number == AT_ONCE:
                raise ValueError
            seen.append(number)

        for number in range(CROWD):
            partings.see_to(lambda number=number: act(number))  # type: ignore[misc]
        async with asyncio.timeout(10):
            while len(seen) < CROWD - 1:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0)
        assert [type(one) for one in told] == [ValueError]

    asyncio.run(scene())


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("resets", [False, True], ids=["end", "reset"])
def test_a_crowd_that_hangs_up_at_once_is_gone_and_all_it_said_is_there(
    serve: Serve, meet: Meet, *, resets: bool
) -> None:
    with serve() as server:
        bob = meet(server, "bob")
        with ExitStack() as stack:
            crowd = [
                stack.enter_context(RawPeer(server.host, server.port, f"ann {number}"))
                for number in range(CROWD)
            ]
            for peer in crowd:
                peer.say("goodbye")
                if resets:
                    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        assert len(bob.messages(CROWD)) == CROWD
        while len(bob.ask(type="members", room="lobby")["members"]) > 1:
            time.sleep(POLL_SECONDS)
