"""What relays are told of a log makes a copy that reads alike, wherever they begin to follow."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from hubbub.chat.events import NOTHING, Deleted, Edited, Entry, Fact, Message, Reaction
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.log.port import Log
from hubbub.log.sqlite import Projection
from hubbub.server.relaying.ticker import in_order, settled
from tests.log.feeds import handed_out

ROOMS = ["lobby", "garden", "kitchen"]


class Copied(Projection):
    """A copy of which only what it applied is wanted."""

    async def append(self, drafts: Sequence[Entry]) -> list[int]:  # noqa: ARG002 (it takes none)
        raise AssertionError("nothing is appended to a copy")


def fact(key: str, value: int | None, expects: int | None = None) -> Fact:
    raw = NOTHING if value is None else Raw(b"%d" % value)
    return Fact(seq=0, prev=0, sender="", at=1, key=key, value=raw, expects=expects)


def said(room: str, number: int) -> Message:
    text, nonce = f"number {number}", f"n{number}"
    return Message(room=room, seq=0, prev=0, sender="ann", at=number, text=text, nonce=nonce)


def changes() -> list[list[Entry]]:
    """Return batches of all kinds; the facts compare themselves with seqs that stand, or do not."""
    common: dict[str, Any] = {"seq": 0, "prev": 0, "sender": "ann", "at": 5}
    batches: list[list[Entry]] = [
        [said(ROOMS[number % 3], number), said(ROOMS[(number + 1) % 3], number + 100)]
        for number in range(40)
    ]
    batches[3].append(fact("a/1", 1, expects=0))
    batches[5] += [fact("a/1", 2, expects=0), fact("a/2", 1)]  # the first one does not take
    batches[9] += [fact("b/1", 7), fact("b/2", 8)]
    batches[12].append(fact("b/", None))
    batches[15] += [fact("a/2", 3), fact("a/2", None)]
    batches.append([Edited(room="lobby", target=1, text="other words", **common)])
    batches.append([Deleted(room="garden", target=2, **common)])
    batches.append([Reaction(room="lobby", target=1, emoji="🍲", on=True, **common)])
    batches.append([fact("gone/kitchen", 1)])
    batches.append([said("kitchen", 500)])
    return batches


async def reads(log: Log) -> list[object]:
    """Return what can be read of a log that people could see."""
    facts = [(one.key, one.seq, bytes(one.value)) for one in await log.facts()]
    pages = [await log.page(PageQuery(room=room, after=0, limit=100)) for room in ROOMS]
    lasts = {head.room: head.last for head in await log.heads()}
    return [facts, [[replace(one, prev=0) for one in page.messages] for page in pages], lasts]


def test_a_copy_reads_like_the_log_wherever_it_begins_to_follow(tmp_path: Path) -> None:
    async def scene() -> None:
        batches = changes()
        for start in (0, 4, 13, 43, len(batches)):
            log = MemoryLog()
            copy = await Copied.open(tmp_path / str(start), durability="process")
            feed = log.follow()
            for batch in batches[:start]:
                await log.append([replace(one) for one in batch])
            end = max((one.seq for one in handed_out(feed)), default=0)
            await copy.apply([one async for one in in_order(log, end)])
            for batch in batches[start:]:
                await log.append([replace(one) for one in batch])
                await copy.apply(settled(handed_out(feed), log))
            assert await reads(copy) == await reads(log), start
            await copy.close()

    asyncio.run(scene())
