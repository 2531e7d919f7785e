"""Work in the background: its faults are seen, and what is owed is waited for."""

import asyncio

import pytest

from hubbub.desk.errands import Errands


async def fail() -> None:
    raise KeyError("a fault")


async def forever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("before", [True, False])
def test_a_fault_in_the_background_ends_the_main_work(before: bool) -> None:
    async def scene() -> None:
        errands = Errands()

        async def main() -> None:
            if not before:
                errands.spawn(fail())
            await forever()

        if before:
            errands.spawn(fail())
            await asyncio.sleep(0)
        with pytest.raises(KeyError, match="a fault"):
            await errands.beside(main())

    asyncio.run(scene())


def test_errands_end_with_the_main_work_and_put_away_what_they_hold() -> None:
    async def scene() -> None:
        errands = Errands()
        put_away: list[str] = []

        async def holding() -> None:
            try:
                await forever()
            finally:
                await asyncio.sleep(0)
                put_away.append("a text")

        errands.spawn(holding())
        await errands.beside(asyncio.sleep(0))
        assert put_away == ["a text"]

    asyncio.run(scene())


def test_what_is_owed_is_waited_for_and_what_it_leaves_behind() -> None:
    async def scene() -> None:
        errands = Errands()
        done: list[str] = []

        async def first() -> None:
            errands.spawn(second(), owed=True)

        async def second() -> None:
            await asyncio.sleep(0)
            done.append("second")

        errands.spawn(forever())
        errands.spawn(first(), owed=True)
        assert await errands.settle(20)
        assert done == ["second"]
        errands.spawn(forever(), owed=True)
        assert not await errands.settle(0)
        await errands.beside(asyncio.sleep(0))

    asyncio.run(scene())


@pytest.mark.parametrize("late", [True, False])
def test_what_an_errand_holds_is_put_away_even_if_it_had_no_turn_yet(late: bool) -> None:
    async def scene() -> None:
        errands = Errands()
        put_away = asyncio.Event()

        async def holding() -> None:
            try:
                await forever()
            finally:
                put_away.set()

        async def main() -> None:
            if not late:
                errands.spawn(holding())

        await errands.beside(main())
        if late:
            errands.spawn(holding())
        async with asyncio.timeout(20):
            await put_away.wait()

    asyncio.run(scene())
