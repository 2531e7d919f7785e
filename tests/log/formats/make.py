"""Keeps a folder as the present hubbub writes it: `python -m tests.log.formats.make`.

Run it when a format is about to be released, once: it makes the folder named after the format, and
refuses if that is there. A kept folder is never made anew. It is what people have on their disks,
and `test_formats.py` upgrades each to the newest format.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from hubbub.chat.events import NOTHING, Entry
from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.schema import format_of
from tests.log.drafts import NOON, deleted, edited, fact, person, reacted, said, titled

HERE = Path(__file__).parent
PRIVATE = "@97049da5464956062d0e94be"


def batches() -> list[list[Entry]]:
    """Return what is in every kept folder; seqs count from 1, batch by batch."""
    return [
        [said("käse 干杯", nonce="n1", at=NOON), said("to be edited", at=NOON)],
        [said("to be deleted", at=NOON), said("psst", room=PRIVATE, at=NOON)],
        [titled("the topic")],
        [edited(2, "was edited")],
        [deleted(3)],
        [reacted(1, "👍")],
        [said(f"line {number}", room="den", at=NOON) for number in range(40)],
    ]


def people() -> list[list[Entry]]:
    """Return what is in the kept files of people: three are known, and one is not any more."""
    return [
        [person("1", "Ann", "x", "y"), fact("name/ann", {"person": "1"})],
        [person("2", "Zoë", "z", kind="member"), fact("name/zoë", {"person": "2"}), said()],
        [person("3", "bob", "w"), person("4", "gone", "v")],
        [fact("person/4", NOTHING)],
    ]


def calls() -> list[list[Entry]]:
    """Return what is in the kept files of mentions: what calls Ann, and what does not."""
    asks = replace(said("who?", sender="Ann"), person="1")
    return [
        [person("1", "Ann", "x"), fact("name/ann", {"person": "1"}), asks],
        [said("hello ann", at=NOON), said("me", answers=3, at=NOON), said("@all", at=NOON)],
        [said("`ann`", at=NOON), said("anna", at=NOON), said("gone, ann", at=NOON)],
        [deleted(9)],
    ]


def answers() -> list[list[Entry]]:
    """Return what is in the kept files of answers: a message has two, of which one is deleted."""
    return [
        [said("who?", at=NOON)],
        [said("me", answers=1, at=NOON), said("me, too", answers=1, at=NOON)],
        [deleted(2)],
    ]


async def fill(folder: Path, batches: Sequence[Sequence[Entry]]) -> None:
    """Write a log in two runs, and leave it as a server does that was stopped."""
    half = len(batches) // 2
    for part in (batches[:half], batches[half:]):
        log = await SqliteLog.open(folder, durability="process")
        for batch in part:
            await log.append(batch)
        await asyncio.sleep(1)  # the index follows
        await log.close()


def keep(batches: Sequence[Sequence[Entry]], place: str) -> None:
    """Write a log, and keep its file in a place that is named after its format."""
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(fill(Path(made), batches))
        written = Path(made, "hubbub.db")
        with closing(sqlite3.connect(written)) as connection:
            kept = HERE / place.format(format_of(connection))
        kept.parent.mkdir(exist_ok=True)
        with kept.open("xb") as file:
            file.write(written.read_bytes())


def main() -> None:
    """Keep the folder, and the files of people, mentions and answers."""
    keep(batches(), "{}/hubbub.db")
    keep(people(), "people/{}.db")
    keep(calls(), "calls/{}.db")
    keep(answers(), "answers/{}.db")


if __name__ == "__main__":
    main()
