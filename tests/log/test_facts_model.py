"""Whatever is said under whatever keys, both logs hold what a plain model does."""

import asyncio
import tempfile
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.chat.events import NOTHING, Entry
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import fact, said, told

KEYS = ["read/a/lobby", "read/a/den", "read/ab/x", "name/ärger", "name/今", "p", "read0", '"\\']
PREFIXES = ["", "read", "read/", "read/a/", "name/", "name/ä", "p", "q", "read/a/lobby", "%", "_"]


class Intent(NamedTuple):
    """A fact to be; `expects` is how many facts ago the one was that it expects, 0 for none."""

    key: str
    value: object
    expects: int | None


values = st.none() | st.booleans() | st.integers(0, 9) | st.text("aä今\n\"'\\", max_size=3)
intents = st.builds(
    Intent,
    key=st.sampled_from(KEYS),
    value=st.just(NOTHING) | values.filter(lambda value: value is not None),
    expects=st.none() | st.integers(0, 4),
)
clearings = st.builds(
    Intent,
    key=st.sampled_from(["read/", "read/a/", "name/", "q/", "read/a//"]),
    value=st.just(NOTHING),
    expects=st.none() | st.just(0),
)
steps = st.lists(intents | clearings | st.just("said"), min_size=1, max_size=8) | st.just("reopen")


class Model:
    """What stands, as seq and value, by key; and the seq of each fact so far."""

    def __init__(self) -> None:
        self.stands: dict[str, tuple[int, object]] = {}
        self.last = 0

    def take(self, intents: Sequence[Intent]) -> list[Entry]:
        """Take in a batch; return its drafts, with what they expect as seqs."""
        drafts: list[Entry] = []
        for seq, (key, value, ago) in enumerate(intents, self.last + 1):
            expects = None if ago is None else max(0, seq - ago) if ago else 0
            drafts.append(fact(key, value, expects=expects))
            stood = self.stands[key][0] if key in self.stands else 0
            if expects is not None and stood != expects:
                continue
            if key.endswith("/"):
                self.stands = {k: v for k, v in self.stands.items() if not k.startswith(key)}
                continue
            self.stands[key] = (seq, value)
            if value is NOTHING:
                del self.stands[key]
        return drafts

    def told(self, prefix: str) -> list[tuple[str, int, object]]:
        return [(key, *self.stands[key]) for key in sorted(self.stands) if key.startswith(prefix)]


async def play(folder: Path, steps: Sequence[list[Intent | str] | str]) -> None:
    model, memory = Model(), MemoryLog()
    sqlite = await SqliteLog.open(folder, durability="process")
    for step in steps:
        if isinstance(step, str):
            await sqlite.close()
            sqlite = await SqliteLog.open(folder, durability="process")
        else:
            drafts = model.take([one for one in step if isinstance(one, Intent)])
            drafts += [said() for one in step if isinstance(one, str)]
            model.last += len(drafts)
            twins = [copy(draft) for draft in drafts]
            assert await sqlite.append(twins) == await memory.append(drafts)
            assert twins == drafts
            assert max(draft.seq for draft in drafts) == model.last
        whole = PageQuery(room="lobby")
        assert await sqlite.page(whole) == await memory.page(whole)
        assert await sqlite.heads() == await memory.heads()
        for prefix in PREFIXES:
            found = await sqlite.facts(prefix)
            assert found == await memory.facts(prefix)
            assert told(found) == model.told(prefix)
    assert not len(sqlite.damage)
    await sqlite.close()


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(steps, min_size=1, max_size=8))
def test_what_stands_is_what_took_last(steps: Sequence[list[Intent | str] | str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), steps))
