"""A list of addresses, as a stranger may have written it: real servers, of which one is theirs."""

import asyncio
from contextlib import ExitStack

import pytest

from hubbub.chat.commands import Login
from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import (
    Backoff,
    Chat,
    Offline,
    Online,
    connect,
    one_chatroom,
    parse_address,
)
from hubbub.client.nodes import Nodes, at_home
from hubbub.testing import LocalServer, serving
from tests.cli.folders import own_folders
from tests.losing import at_its_own_port

from .overheard import overheard

__all__ = ["own_folders"]

DEVICE = "device-of-ann-and-of-nobody-else"
PASSWORD = "rotu-mika-tedo"
QUICKLY = Backoff(0.05, 0.1)
ROUNDS = 3
PATIENCE_SECONDS = 60


async def online(chat: Chat) -> str:
    """Return where the chat is online next."""
    async for event in chat:
        if isinstance(event, Online):
            return event.address
    raise AssertionError("the chat has ended")


async def tries(chat: Chat) -> str:
    """Let the chat try all that it has to try; return what it says of it."""
    reasons = []
    async for event in chat:
        assert not isinstance(event, Online), event.address
        if isinstance(event, Offline):
            reasons.append(event.reason)
        if len(reasons) == ROUNDS:
            return reasons[-1]
    raise AssertionError("the chat has ended")


def test_a_stranger_in_a_list_is_shown_neither_device_nor_anything_else_of_the_first(
    hubbub_server: LocalServer,
) -> None:
    async def scene(lost: ExitStack, bank: LocalServer) -> None:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            overheard(hubbub_server) as evil,
            connect(
                f"{bank.address},{evil.address}", name="ann", device=DEVICE, reconnect=QUICKLY
            ) as ann,
        ):
            assert await online(ann) == bank.address
            await asyncio.to_thread(lost.close)
            said = asyncio.create_task(ann.say("for the bank"))
            why = await tries(ann)
            assert f"{evil.address} is left out, as nothing shows that it is the same" in why
            assert evil.heard == b""
            said.cancel()
            # It would have heard it: whoever names it alone is known there, as somebody else.
            async with connect(evil.address, name="ann", device=f"{DEVICE}-2") as there:
                assert there.person is not None
            assert f"{DEVICE}-2".encode() in evil.heard

    with ExitStack() as lost:
        asyncio.run(scene(lost, lost.enter_context(serving(at_its_own_port()))))


def test_a_stranger_in_a_list_is_not_asked_to_take_a_proof_of_who_somebody_is(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        proof = Login(name="ann", password=PASSWORD)
        async with overheard(hubbub_server) as evil:
            with pytest.raises(Unreachable, match=f"{evil.address} is left out"):
                async with connect(f"127.0.0.1:1,{evil.address}", name="ann", proof=proof):
                    pass
            assert evil.heard == b""

    asyncio.run(scene())


def test_where_the_first_cannot_be_reached_it_is_said_why_the_others_are_not_tried(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        async with overheard(hubbub_server) as evil:
            with pytest.raises(Unreachable, match=f"{evil.address} is left out"):
                async with connect(f"127.0.0.1:1,{evil.address}", name="ann", device=DEVICE):
                    pass
            assert evil.heard == b""

    asyncio.run(scene())


def test_a_stranger_in_a_list_is_not_given_the_password() -> None:
    async def scene(lost: ExitStack, bank: LocalServer, other: LocalServer) -> None:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            overheard(other) as evil,
            connect(
                f"{bank.address},{evil.address}", name="ann", password=PASSWORD, reconnect=QUICKLY
            ) as ann,
        ):
            assert await online(ann) == bank.address
            await asyncio.to_thread(lost.close)
            assert f"{evil.address} is left out" in await tries(ann)
            assert evil.heard == b""
            async with connect(evil.address, name="ann", password=PASSWORD):
                assert PASSWORD.encode() in evil.heard, "it is given where it was meant for"

    with ExitStack() as lost, serving(at_its_own_port(PASSWORD)) as other:
        asyncio.run(scene(lost, lost.enter_context(serving(at_its_own_port(PASSWORD))), other))


def test_whoever_comes_in_passing_goes_on_anywhere_and_shows_nothing_there(
    hubbub_server: LocalServer,
) -> None:
    async def scene(lost: ExitStack, bank: LocalServer) -> None:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            overheard(hubbub_server) as evil,
            connect(f"{bank.address},{evil.address}", name="eve", reconnect=QUICKLY) as eve,
        ):
            assert await online(eve) == bank.address
            secret = eve.session
            assert secret
            await asyncio.to_thread(lost.close)
            assert await online(eve) == evil.address
            assert b"eve" in evil.heard
            assert secret.encode() not in evil.heard
            assert eve.session not in ("", secret)

    with ExitStack() as lost:
        asyncio.run(scene(lost, lost.enter_context(serving(at_its_own_port()))))


def test_what_is_said_in_private_is_not_shown_to_a_stranger_in_a_list(
    hubbub_server: LocalServer,
) -> None:
    async def scene(lost: ExitStack, bank: LocalServer) -> None:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            overheard(hubbub_server) as evil,
            connect(bank.address, name="ben", reconnect=False) as ben,
            connect(f"{bank.address},{evil.address}", name="eve", reconnect=QUICKLY) as eve,
        ):
            assert await online(eve) == bank.address
            room = (await eve.direct(ben.name)).room
            await asyncio.to_thread(lost.close)
            before = asyncio.create_task(eve.say("said before", room))
            assert await online(eve) == evil.address
            with pytest.raises(Refused, match="private room is at another server"):
                await before
            with pytest.raises(Refused, match="private room is at another server"):
                await eve.say("said after", room)
            await eve.say("to all", "lobby")
            assert b"to all" in evil.heard
            for hidden in ("said before", "said after", room):
                assert hidden.encode() not in evil.heard

    with ExitStack() as lost:
        asyncio.run(scene(lost, lost.enter_context(serving(at_its_own_port()))))


def test_who_knows_that_all_addresses_are_one_chatroom_s_says_so(
    hubbub_server: LocalServer,
) -> None:
    async def scene(lost: ExitStack, first: LocalServer) -> None:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            overheard(hubbub_server) as second,
            connect(
                one_chatroom(f"{first.address},{second.address}"),
                name="ann",
                device=DEVICE,
                reconnect=QUICKLY,
            ) as ann,
        ):
            assert await online(ann) == first.address
            await asyncio.to_thread(lost.close)
            assert await online(ann) == second.address
            assert DEVICE.encode() in second.heard

    with ExitStack() as lost:
        asyncio.run(scene(lost, lost.enter_context(serving(at_its_own_port()))))


def test_what_a_chatroom_told_counts_for_what_belongs_to_it_wherever_it_stands_in_a_list(
    hubbub_server: LocalServer,
) -> None:
    """What is kept at `home` is given at the first address of the list if home has told of it."""

    async def scene() -> None:
        home = "127.0.0.1:1"
        async with overheard(hubbub_server) as node:
            listed = f"{node.address},{home}"
            Nodes(parse_address(home)).learn(
                parse_address(home), [home, node.address], locked=False
            )
            at = at_home(listed, home)
            assert [one.assumed for one in Nodes(at).known().others] == [False]
            async with connect(at, name="ann", device=DEVICE) as ann:
                assert ann.addresses == [node.address, home]

    asyncio.run(scene())
