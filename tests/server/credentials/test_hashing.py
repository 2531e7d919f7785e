"""Hashes of passwords, made by threads in fair turns."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type

from hubbub.server.credentials.hashing import (
    MEMORY_KIB,
    NOBODYS_HASH,
    PASSES,
    Hashing,
    argon2id,
)

ANN, BOB = "192.0.2.1", "192.0.2.2"
PATIENCE_SECONDS = 30


class Watched(PasswordHasher):
    """Counts what it does, and by which parameters; may be held up by the test."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str] = []
        self.threads: set[int] = set()
        self.may_go_on = threading.Semaphore(0)
        self.is_held = False
        self.seconds = 0.0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.threads.add(threading.get_ident())
        if self.is_held:
            assert self.may_go_on.acquire(timeout=PATIENCE_SECONDS)
        self.seconds += 0.03
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.verified.append(str(hash))
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> Watched:
    return Watched()


@pytest.fixture
def hashing(hasher: Watched) -> Iterator[Hashing]:
    hashing = Hashing(lambda: hasher.seconds, hasher, places=1)
    yield hashing
    hashing.close()


def play(scenario: Callable[[], Coroutine[None, None, None]]) -> None:
    async def session() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await scenario()

    asyncio.run(session())


def test_a_hash_fits_its_password_and_no_other() -> None:
    async def scenario() -> None:
        hashing = Hashing(lambda: 0.0)
        first, second = [await hashing.hash(ANN, "open sesame") for _ in range(2)]
        assert first != second, "each has a salt of its own"
        assert "sesame" not in first
        assert await hashing.verify(ANN, "open sesame", first)
        assert not await hashing.verify(ANN, "Open sesame", first)
        assert not await hashing.verify(ANN, "", first)
        hashing.close()

    play(scenario)


def test_a_hash_is_as_dear_as_is_recommended_and_so_is_that_of_nobody() -> None:
    made = extract_parameters(argon2id().hash("x"))
    assert (made.type, made.memory_cost, made.time_cost) == (Type.ID, MEMORY_KIB, PASSES)
    assert MEMORY_KIB >= 19 * 1024
    assert PASSES >= 2
    assert extract_parameters(NOBODYS_HASH) == made


def test_unknown_names_and_wrong_passwords_cost_one_verification_each(
    hashing: Hashing, hasher: Watched
) -> None:
    async def scenario() -> None:
        known = await hashing.hash(ANN, "open sesame")
        assert not await hashing.verify(ANN, "wrong", known)
        assert not await hashing.verify(ANN, "wrong", "")
        assert hasher.verified == [known, NOBODYS_HASH]

    play(scenario)


def test_hashes_are_made_beside_the_event_loop(hashing: Hashing, hasher: Watched) -> None:
    async def scenario() -> None:
        hasher.is_held = True
        making = asyncio.ensure_future(hashing.hash(ANN, "x"))
        for _ in range(100):
            await asyncio.sleep(0)  # the loop goes on
        assert not making.done()
        hasher.may_go_on.release()
        await making
        assert hasher.threads
        assert threading.get_ident() not in hasher.threads

    play(scenario)


def test_many_of_one_address_do_not_keep_another_waiting(hashing: Hashing, hasher: Watched) -> None:
    async def scenario() -> None:
        done: list[str] = []

        async def ask(host: str) -> None:
            await hashing.hash(host, "x")
            done.append(host)

        hasher.is_held = True
        crowd = [asyncio.ensure_future(ask(ANN)) for _ in range(20)]
        await asyncio.sleep(0)
        other = asyncio.ensure_future(ask(BOB))
        await asyncio.sleep(0)
        for _ in range(21):
            hasher.may_go_on.release()
        await asyncio.gather(other, *crowd)
        assert done.index(BOB) <= 1

    play(scenario)


def test_a_hash_that_nobody_waits_for_any_more_is_not_made(
    hashing: Hashing, hasher: Watched
) -> None:
    async def scenario() -> None:
        hasher.is_held = True
        first = asyncio.ensure_future(hashing.hash(ANN, "x"))
        gone = [asyncio.ensure_future(hashing.verify(ANN, "x", "")) for _ in range(20)]
        await asyncio.sleep(0)
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        hasher.may_go_on.release()
        await first
        assert hashing.lane.waiting == 0
        assert not hasher.verified

    play(scenario)


def test_a_damaged_hash_is_no_wrong_password(hashing: Hashing) -> None:
    async def scenario() -> None:
        with pytest.raises(InvalidHashError):
            await hashing.verify(ANN, "x", "no hash")

    play(scenario)
