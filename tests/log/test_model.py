"""Whatever is done to them, the SQLite log and the memory log answer alike."""

import asyncio
import tempfile
from collections.abc import Sequence
from copy import copy
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.chat.events import AnyLogged, Deleted, Message
from hubbub.chat.fold import fold, touched_by
from hubbub.chat.names import direct_room
from hubbub.chat.queries import PageQuery, RevisionsQuery, SearchQuery
from hubbub.log.memory import MemoryLog
from hubbub.log.sqlite import SqliteLog, index, portions, segments
from hubbub.server.fairness.searching import Search
from tests.log.drafts import ALL_WINDOWS, NOON, all_of, compared, indexed
from tests.log.test_removing import gone

ROOMS = ["lobby", "den", direct_room("alice", "bob")]

rooms = st.sampled_from(ROOMS)
names = st.sampled_from(["alice", "Alice", "bob", "Ärger"])
SPOKEN = ["ab", "abc", "Ünï", "x-y", "!", '"', "今天", "今", "AND", "ﬁ", "c++", "c", ".c", "ガ"]
words = st.lists(st.sampled_from(SPOKEN), max_size=3)
texts = words.map(" ".join)


class Intent(msgspec.Struct):
    """What a draft is made of; `target` counts among the room's messages, as the hub sees to it."""

    type: str
    room: str
    sender: str
    wait: int
    text: str
    nonce: str | None
    target: int
    on: bool


class Removal(msgspec.Struct):
    """A room is to be removed."""

    room: str


KINDS = [
    *("message", "message", "message", "topic", "edited", "deleted", "reaction"),
    *("answer", "pinned"),
]
intents = st.builds(
    Intent,
    type=st.sampled_from(KINDS),
    room=rooms,
    sender=names,
    wait=st.integers(0, 6000),
    text=texts.filter(bool),  # nobody can say nothing
    nonce=st.none() | st.sampled_from(["n", "m"]),
    target=st.integers(0, 20),
    on=st.booleans(),
)
limits = st.integers(1, 4)
bounds = st.none() | st.integers(0, 40)
operations = st.one_of(
    st.lists(intents, min_size=1, max_size=8),
    st.builds(PageQuery, room=rooms, before=bounds, after=bounds, limit=limits),
    st.builds(PageQuery, room=rooms, around=bounds, limit=limits),
    st.builds(SearchQuery, words=texts, room=st.none() | rooms, before=bounds, limit=limits),
    st.builds(Removal, room=rooms),
    st.just("reopen"),
)
Operation = list[Intent] | Removal | PageQuery | SearchQuery | str


class Pair:
    """The two logs, and what a hub would know of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory = MemoryLog()
        self.at = NOON
        self.said: dict[str, list[int]] = {room: [] for room in ROOMS}

    async def open(self) -> None:
        self.sqlite = await SqliteLog.open(self.folder, durability="process")

    async def append(self, intents: list[Intent]) -> None:
        made = [draft for intent in intents if (draft := self.draft(intent)) is not None]
        twins = [copy(draft) for draft in made]
        seqs = await self.memory.append(made)
        assert await self.sqlite.append(twins) == seqs
        assert twins == made
        for event in made:
            if isinstance(event, Message) and event.seq:
                self.said[event.room].append(event.seq)

    async def remove(self, room: str) -> None:
        self.said[room] = []
        seqs = await self.memory.append([gone(room)])
        assert await self.sqlite.append([gone(room)]) == seqs

    def draft(self, intent: Intent) -> AnyLogged | None:
        self.at += intent.wait
        fields = msgspec.to_builtins(intent)
        fields |= {"seq": 0, "prev": 0, "from": intent.sender, "at": self.at, "emoji": "👍"}
        if intent.type in {"edited", "deleted", "reaction", "answer", "pinned"}:
            said = self.said[intent.room]
            if intent.target >= len(said):
                return None
            fields |= {"target": said[intent.target], "kept": intent.on}
        if intent.type == "answer":
            fields |= {"type": "message", "reply_to": fields["target"]}
        draft: AnyLogged = msgspec.convert(fields, AnyLogged)
        return draft

    async def agree(self) -> None:
        await compared(self.sqlite)  # at whatever moment
        await indexed(self.sqlite)
        await compared(self.sqlite)
        assert set(await self.sqlite.heads()) == set(await self.memory.heads())
        for room in ROOMS:
            events = await all_of(self.memory, room)
            assert await all_of(self.sqlite, room) == events
            messages = [event for event in events if isinstance(event, Message)]
            whole = await self.memory.page(PageQuery(room=room, after=0, limit=200))
            assert folded(messages, events) == whole.messages, "what follows changes no text"
            for event in events:  # within segments and at their ends
                after = event.seq
                assert await all_of(self.sqlite, room, after=after) == [
                    later for later in events if later.seq > after
                ]
                for query in (
                    PageQuery(room=room, before=after, limit=2),
                    PageQuery(room=room, after=after, limit=2),
                    PageQuery(room=room, around=after, limit=3),
                    PageQuery(room=room, answers_to=event.seq, after=0, limit=2),
                    PageQuery(room=room, pinned=True, limit=2),
                ):
                    assert await self.sqlite.page(query) == await self.memory.page(query)
                former = RevisionsQuery(room, event.seq)
                assert await self.sqlite.revisions(former) == await self.memory.revisions(former)


def folded(messages: Sequence[Message], events: Sequence[AnyLogged]) -> list[Message]:
    """Return `messages` as a client has them once it has folded in what it heard."""
    now = {message.seq: message for message in messages}
    for event in events:
        touched = [touched_by(event)]
        if isinstance(event, Deleted) and event.target in now and not now[event.target].deleted:
            touched.append(now[event.target].reply_to)
        for seq in touched:
            if seq in now:
                now[seq] = fold(now[seq], event)
    return list(now.values())


async def both(folder: Path, steps: Sequence[Operation]) -> None:
    pair = Pair(folder)
    await pair.open()
    try:
        for step in steps:
            if isinstance(step, Removal):
                await pair.remove(step.room)
            elif isinstance(step, PageQuery):
                assert await pair.sqlite.page(step) == await pair.memory.page(step)
            elif isinstance(step, SearchQuery):
                await indexed(pair.sqlite)
                search = Search(step)
                while not search.is_done:  # in small steps, it finds what one step does
                    search.take(await pair.sqlite.search(search.query, 1), 0.0)
                assert search.page() == await pair.memory.search(step, ALL_WINDOWS)
            elif isinstance(step, str):
                await pair.sqlite.close()
                await pair.open()
            else:
                await pair.append(step)
        await pair.agree()
    finally:
        await pair.sqlite.close()


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(operations, min_size=1, max_size=12))
def test_sqlite_answers_as_memory_does(steps: list[Operation]) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(index, "INDEX_AFTER_SECONDS", 0)
        patch.setattr(segments, "SEGMENT_BYTES_MAX", 400)  # three or four messages
        patch.setattr(portions, "WINDOW_WORDS", 8)
        asyncio.run(both(Path(folder), steps))


def test_the_memory_log_never_suspends() -> None:
    log = MemoryLog()
    event = Message(room="lobby", seq=0, prev=0, sender="alice", at=NOON, text="hello")
    for step in (
        log.append([event]),
        log.heads(),
        log.epochs(),
        log.backlog("lobby", 0, 1),
        log.page(PageQuery(room="lobby")),
        log.search(SearchQuery(words="hello"), ALL_WINDOWS),
        log.close(),
    ):
        with pytest.raises(StopIteration):
            step.send(None)
