"""What is logged besides messages, and what programs add to them."""

from typing import TYPE_CHECKING

import msgspec

from hubbub.chat.events import Message
from hubbub.chat.queries import HappenedQuery, PageQuery
from hubbub.log.port import Log
from tests.log.drafts import all_of, deleted, edited, reacted, said, seqs, signalled, titled
from tests.log.test_conformance import Play

if TYPE_CHECKING:
    from hubbub.chat.events import AnyLogged


def test_what_else_happened_is_told_by_itself(play: Play) -> None:
    async def scenario(log: Log) -> None:
        drafts: list[AnyLogged] = [
            said("one"),
            titled("first"),
            reacted(1, "👍"),
            edited(1, "uno"),
            said("elsewhere", room="den"),
            titled("second"),
            deleted(1),
            titled("there", room="den"),
            signalled({"+note": "1"}),
        ]
        for draft in drafts:
            await log.append([draft])

        async def told(after: int, before: int, limit: int, *, newest: bool) -> list[int]:
            query = HappenedQuery(
                room="lobby", after=after, before=before, limit=limit, newest=newest
            )
            return seqs(await log.happened(query))

        for newest in (True, False):
            assert await told(0, 100, 10, newest=newest) == [2, 3, 6, 9]
            assert await told(2, 9, 10, newest=newest) == [3, 6]
        assert await told(0, 100, 2, newest=True) == [6, 9]
        assert await told(0, 100, 2, newest=False) == [2, 3]
        query = HappenedQuery(room="nowhere", after=0, before=9, limit=9, newest=True)
        assert await log.happened(query) == []

    play(scenario)


def test_what_programs_add_goes_with_the_text(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for _ in range(3):
            await log.append([msgspec.structs.replace(said("text"), tags={"+note": "secret"})])
        await log.append([edited(2, "other")])
        await log.append([deleted(3)])
        page = await log.page(PageQuery(room="lobby"))
        assert [one.tags for one in page.messages] == [{"+note": "secret"}, {}, {}]
        kept = [one for one in await all_of(log, "lobby") if isinstance(one, Message)]
        assert [one.tags for one in kept] == [{"+note": "secret"}, {}, {}]

    play(scenario)
