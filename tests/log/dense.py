"""A log as if its seqs were 1, 2, 3 and so on, for tests of one whose seqs are far apart."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import fields, replace

from hubbub.chat.events import AnyLogged, Entry, Fact, Page, Reaction, Revisions
from hubbub.chat.queries import (
    Drops,
    Epoch,
    HappenedQuery,
    Head,
    Over,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.log.feed import Feed
from hubbub.log.port import Log

T = TypeVar("T")

SEQ_MAX = 2**63 - 1
SEQS = {
    *("seq", "prev", "target", "reply_to", "last", "first", "after", "before", "upto"),
    *("expects", "start", "dropped", "removed", "reached", "around", "answers_to", "targets"),
}
"""Fields that hold seqs, whatever has them."""


class Dense(Log):
    """`inner`, with each seq replaced by its place among those of `given`, counted from 1."""

    def __init__(self, inner: Log, given: list[int]) -> None:
        self.inner = inner
        self.damage = inner.damage
        self._given = given

    def _out(self, value: T) -> T:
        return _mapped(value, self._place)

    def _in(self, value: T) -> T:
        return _mapped(value, self._seq)

    def _place(self, seq: int) -> int:
        return bisect_left(self._given, seq) + 1 if seq else 0

    def _seq(self, place: int) -> int:
        given = self._given
        if 0 < place <= len(given):
            return given[place - 1]
        beyond = place - len(given) if place else 0
        return min((given[-1] if given and place else 0) + beyond, SEQ_MAX)

    @property
    def search_seconds(self) -> float:
        return self.inner.search_seconds

    async def heads(self) -> list[Head]:
        return self._out(await self.inner.heads())

    async def epochs(self) -> list[Epoch]:
        return self._out(await self.inner.epochs())

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        if any(self._is_of_the_same(draft, drafts) for draft in drafts):
            return [seq for draft in drafts for seq in await self.append([draft])]
        within = [self._in(replace(draft)) for draft in drafts]
        seqs = await self.inner.append(within)
        self._given.extend(sorted(one.seq for one in within if one.seq))
        for draft, one in zip(drafts, within, strict=True):
            draft.seq, draft.prev = self._place(one.seq), self._place(one.prev)
        return [self._place(seq) for seq in seqs]

    def _is_of_the_same(self, draft: Entry, drafts: Sequence[Entry]) -> bool:
        """Return whether a draft is about one that is appended with it, whose seq was foreseen."""
        about = getattr(draft, "target", None) or getattr(draft, "reply_to", None) or 0
        expected = getattr(draft, "expects", None) or 0
        return len(drafts) > 1 and max(about, expected) > len(self._given)

    async def facts(self, prefix: str = "") -> list[Fact]:
        return self._out(await self.inner.facts(prefix))

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        return self._out(self.inner.look_up(keys))

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        return self._out(self.inner.led_to(lead, limit))

    def guests(self, limit: int) -> list[Fact]:
        return self._out(self.inner.guests(limit))

    def check(self) -> None:
        self.inner.check()

    async def try_writing(self) -> None:
        await self.inner.try_writing()

    def free_bytes(self) -> int | None:
        return self.inner.free_bytes()

    def follow(self) -> Feed:
        return DenseFeed(self.inner.follow(), self._out)

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        return self._out(await self.inner.backlog(room, self._seq(after), bytes_max))

    async def page(self, query: PageQuery) -> Page:
        return self._out(await self.inner.page(self._in(query)))

    async def happened(self, query: HappenedQuery) -> list[AnyLogged]:
        return self._out(await self.inner.happened(self._in(query)))

    async def seqs_at(self, query: TimeQuery) -> tuple[int, int]:
        low, high = await self.inner.seqs_at(query)
        return self._place(low), self._place(high)

    async def reactions(self, query: ReactionsQuery) -> list[Reaction]:
        return self._out(await self.inner.reactions(self._in(query)))

    async def revisions(self, query: RevisionsQuery) -> Revisions:
        return self._out(await self.inner.revisions(self._in(query)))

    async def holder(self, file: str) -> tuple[str, int] | None:
        found = await self.inner.holder(file)
        return found and (found[0], self._place(found[1]))

    async def was_said(self, file: str) -> bool:
        return await self.inner.was_said(file)

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        within = {room: replace(one, upto=self._seq(one.upto)) for room, one in over.items()}
        drops = await self.inner.drop(within)
        dropped = {room: self._out(one) for room, one in drops.dropped.items()}
        return Drops(dropped, drops.left)

    async def surplus(self, room: str, messages: int) -> int:
        return self._place(await self.inner.surplus(room, messages))

    async def stored(self) -> dict[str, int]:
        return await self.inner.stored()

    @property
    def loosenings(self) -> int:
        return self.inner.loosenings

    async def loose(self) -> list[str]:
        return await self.inner.loose()

    async def held(self, hashes: Sequence[str]) -> set[str]:
        return await self.inner.held(hashes)

    async def forget_loose(self, hashes: Sequence[str]) -> None:
        await self.inner.forget_loose(hashes)

    async def search(self, query: SearchQuery, windows: int) -> Page:
        return self._out(await self.inner.search(self._in(query), windows))

    async def close(self) -> None:
        await self.inner.close()


class DenseFeed(Feed):
    """What `inner` hands out, as `out` has it."""

    def __init__(self, inner: Feed, out: Callable[[list[Entry]], list[Entry]]) -> None:
        super().__init__()
        self._inner = inner
        self._out = out

    def take_some(self, weigh: Callable[[Sequence[Entry]], int], weight_max: int) -> list[Entry]:
        return self._out(self._inner.take_some(weigh, weight_max))

    async def wait(self) -> None:
        await self._inner.wait()


def _mapped(value: T, mapping: Callable[[int], int]) -> T:
    """Return `value` with each seq in it replaced by what `mapping` returns for it."""

    def mapped(one: object, *, is_seq: bool = False) -> object:
        if is_seq and isinstance(one, int):
            return mapping(one)
        if isinstance(one, msgspec.Struct):
            changed = {
                field.name: mapped(getattr(one, field.name), is_seq=field.name in SEQS)
                for field in fields(one)
            }
            return replace(one, **changed)
        if isinstance(one, list | tuple):
            return type(one)(mapped(part, is_seq=is_seq) for part in one)
        return one

    return mapped(value)  # type: ignore[return-value]
