"""SIGKILL in the midst of edits, deletions, indexing and merges: the folder is whole afterwards."""

import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hubbub.chat.events import AnyLogged, Edited, Message
from hubbub.chat.queries import SearchQuery
from hubbub.log.sqlite import SqliteLog, index
from tests.log.drafts import ALL_WINDOWS, all_of, indexed

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

KILLS = 3
COMMITS_BETWEEN_KILLS = 60
SAMPLE = 20

# Never ends by itself; a line for each commit.
REWRITING = """
import asyncio, random, sys
from pathlib import Path
from hubbub.chat.events import Message
from hubbub.log.sqlite import SqliteLog, index
from tests.log.drafts import all_of, deleted, edited, said

index.INDEX_AFTER_SECONDS, index.SCRUB_AFTER_SECONDS, index.MERGE_PAGES = 0.0, 0.0, 1

async def main():
    chance = random.Random(int(sys.argv[2]))
    log = await SqliteLog.open(Path(sys.argv[1]), durability="process")
    seqs = [e.seq for e in await all_of(log, "lobby") if isinstance(e, Message)]
    while True:
        batch = [said(f"w{chance.randrange(10**9)} 今天") for _ in range(chance.randrange(5))]
        for seq in chance.sample(seqs, min(3, len(seqs))):
            text = f"e{chance.randrange(10**9)} now"
            batch.append(edited(seq, text) if chance.random() < 0.7 else deleted(seq))
        await log.append(batch)
        seqs += [e.seq for e in batch if isinstance(e, Message)]
        print("committed", flush=True)

asyncio.run(main())
"""


def rewrite_until_killed(folder: Path, seed: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", REWRITING, folder, str(seed)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        for _ in range(COMMITS_BETWEEN_KILLS):
            assert child.stdout.readline() == b"committed\n"
        child.kill()


def assert_one_text_each(events: list[AnyLogged]) -> list[Message]:
    """Assert that a message and all its edits read alike; return the messages that have a text."""
    messages = {event.seq: event for event in events if isinstance(event, Message)}
    for event in events:
        if isinstance(event, Edited):
            assert event.text == messages[event.target].text
    return [message for message in messages.values() if not message.deleted]


def test_a_log_killed_while_it_rewrites_is_whole(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", 3600.0)

    async def whole(log: SqliteLog) -> None:
        events = await all_of(log, "lobby")
        assert [event.prev for event in events] == [0, *(event.seq for event in events[:-1])]
        readable = assert_one_text_each(events)
        await indexed(log)
        for message in random.Random(0).sample(readable, min(SAMPLE, len(readable))):
            found = await log.search(
                SearchQuery(words=message.text.split()[0], limit=200), ALL_WINDOWS
            )
            assert message.seq in [one.seq for one in found.messages]
        check = "INSERT INTO search (search) VALUES ('integrity-check')"
        await log._writing.run(lambda db: db.execute(check))
        assert log._index is not None
        await log._index._scrub()
        taken_out, scrubbed = await log._writing.run(index.read_stains)
        assert taken_out == scrubbed > 0

    for kill in range(KILLS):
        rewrite_until_killed(tmp_path / "log", kill)
        play_sqlite(whole)
