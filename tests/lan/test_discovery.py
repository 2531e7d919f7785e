"""Chatrooms are announced and found, on the loopback interface alone."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from zeroconf import Error, ServiceInfo, ServiceStateChange
from zeroconf.asyncio import AsyncZeroconf

from hubbub.lan import announcing, looking
from hubbub.lan.announcing import SERVICE, announced
from hubbub.lan.looking import FOUND_MAX, NAME_CHARS_MAX, Found, look

LOOPBACK = ["127.0.0.1"]
PATIENCE_SECONDS = 20
LOOK_SECONDS = 0.3


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this machine a name that no other test run has."""
    monkeypatch.setattr(socket, "gethostname", lambda: f"box-{os.getpid()}.example.org")


@pytest.fixture(scope="module", autouse=True)
def _multicast() -> None:
    """Skip where the loopback interface passes on no multicast."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):
        group = socket.inet_aton("224.0.0.251") + socket.inet_aton(LOOPBACK[0])
        try:
            ear.bind(("", 0))
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            own = socket.inet_aton(LOOPBACK[0])
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
            mouth.sendto(b"?", ("224.0.0.251", ear.getsockname()[1]))
            ear.settimeout(1)
            ear.recv(1)
        except OSError:
            pytest.skip("the loopback interface of this machine passes on no multicast")


def announcement(
    port: int, complain: Callable[[str], None], *, locked: bool = True, fingerprint: str = ""
) -> AbstractAsyncContextManager[None]:
    return announced(
        port,
        LOOPBACK,
        version="0",
        locked=locked,
        fingerprint=fingerprint,
        complain=complain,
        interfaces=LOOPBACK,
    )


async def found_until(count: int) -> list[Found]:
    """Look again and again until so many of our own are found."""
    own = f"box-{os.getpid()}"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = [one for one in await look(LOOK_SECONDS, LOOPBACK) if one.name.startswith(own)]
            if len(found) == count:
                return found


def test_what_is_announced_is_found_until_it_is_taken_back() -> None:
    async def scene() -> None:
        complaints: list[str] = []
        async with announcement(4001, complaints.append):
            assert await found_until(1) == [Found(f"box-{os.getpid()}", "127.0.0.1", 4001, True)]
            async with announcement(4002, complaints.append, locked=False, fingerprint="ab" * 32):
                second = (await found_until(2))[1]
                assert second == Found(f"box-{os.getpid()}-2", "127.0.0.1", 4002, False, tls=True)
        assert await found_until(0) == []
        assert not complaints

    asyncio.run(scene())


def test_nothing_secret_is_announced() -> None:
    async def scene() -> None:
        async with announcement(4001, print), AsyncZeroconf(interfaces=LOOPBACK) as zeroconf:
            async with asyncio.timeout(PATIENCE_SECONDS):
                name = f"box-{os.getpid()}.{SERVICE}"
                while not (service := await zeroconf.async_get_service_info(SERVICE, name)):
                    pass
            assert service.decoded_properties == {
                "name": f"box-{os.getpid()}",
                "version": "0",
                "locked": "1",
            }

    asyncio.run(scene())


def test_a_name_moves_nothing_on_the_screen() -> None:
    async def scene() -> None:
        own = f"box-{os.getpid()}"
        async with AsyncZeroconf(interfaces=LOOPBACK) as zeroconf:
            for name in (f"{own} \u202egnp\x85" + "x" * 30, f"{own} \x1b[31mred", f"{own}\n2"):
                service = ServiceInfo(
                    SERVICE,
                    f"{own}.{SERVICE}",
                    port=4003,
                    parsed_addresses=LOOPBACK,
                    server=f"{own}.local.",
                )
                # No library announces such names, but anybody can.
                service.name = f"{name}.{SERVICE}"
                zeroconf.zeroconf.registry.async_add(service)
            (one,) = await found_until(1)
        assert one.name == f"{own} gnp{'x' * 30}"[:NAME_CHARS_MAX]
        assert not one.locked

    asyncio.run(scene())


def test_no_more_is_taken_in_than_can_be_shown() -> None:
    ear = looking._Ear(None)  # type: ignore[arg-type]
    for number in range(1000):
        ear.notice(name=str(number), state_change=ServiceStateChange.Added)
    assert len(ear.names) == FOUND_MAX


@pytest.mark.parametrize("error", [OSError("no network"), Error("broken"), Error()])
def test_a_network_that_cannot_be_told_is_no_reason_not_to_serve(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        complaints: list[str] = []
        told = asyncio.Event()

        def complain(sentence: str) -> None:
            complaints.append(sentence)
            told.set()

        async with announcement(4001, complain), asyncio.timeout(PATIENCE_SECONDS):
            await told.wait()
        (sentence,) = complaints
        assert sentence.startswith("This chatroom cannot be announced (")
        assert "()" not in sentence

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(announcing, "AsyncZeroconf", fail)
    asyncio.run(scene())


def test_without_a_network_nothing_is_found_and_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(**_: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(looking, "AsyncZeroconf", fail)

    async def scene() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await look(seconds=10 * PATIENCE_SECONDS) == []

    asyncio.run(scene())
