"""What leaves the stream because of what is appended, and how a node comes to know of it."""

from collections.abc import Sequence
from typing import Final

from hubbub.chat.events import Deleted, Edited, Entry
from hubbub.chat.queries import Dropped
from hubbub.chat.removal import removed_by
from hubbub.log.jetstream.appends import Append
from hubbub.log.jetstream.erasing import Erasing
from hubbub.log.jetstream.pieces import SEQS_PER_PIECE, number_of
from hubbub.log.sqlite import Projection

LOOKED_BACK: Final = 10_000
"""In so many of the stream's newest messages a node looks at its start for what was not erased."""


async def changed_by(copy: Projection, appends: Sequence[Append]) -> list[set[tuple[str, int]]]:
    """Return for each append, not applied yet, the messages that hold what it is to change.

    They are given with their rooms. Raises LogError.
    """
    changes = [
        [one for one in append.entries if isinstance(one, Edited | Deleted)] for append in appends
    ]
    targets = [one.target for of_append in changes for one in of_append]
    newest = await copy.newest_edits(targets) if targets else {}
    due: list[set[tuple[str, int]]] = [set() for _ in appends]
    for of_append, messages in zip(changes, due, strict=True):
        for one in of_append:
            messages.add((one.room, number_of(one.target)))
            if (former := newest.get(one.target)) is not None:
                messages.add((one.room, number_of(former)))
            newest[one.target] = one.seq
    return due


def note_what_goes(
    erasing: Erasing,
    entries: Sequence[Entry],
    seqs: Sequence[int],
    changed: set[tuple[str, int]],
    *,
    is_own: bool,
) -> None:
    """Have erased what an append takes out of the stream: `entries`, which stand under `seqs`."""
    repeats = {  # the first has the text, and it may be deleted
        (one.room, number_of(one.seq))
        for one, seq in zip(entries, seqs, strict=True)
        if one.seq != seq
    }
    for room, number in changed | repeats:
        erasing.note(room, number, is_own=is_own)
    for entry in entries:
        if removed := removed_by(entry):
            erasing.note_removed(removed, number_of(entry.seq), is_own=is_own)


async def look_back(copy: Projection, erasing: Erasing) -> None:
    """Have erased what an earlier run of this node may have left in the stream."""
    for one in await copy.changes(copy.last - LOOKED_BACK * SEQS_PER_PIECE):
        for seq in (one.target, one.seq):
            erasing.note(one.room, number_of(seq), is_own=False)
    for head in await copy.heads():
        if head.dropped:
            dropped = Dropped(head.dropped, head.first)
            erasing.note_lost(head.room, dropped, is_own=False)
