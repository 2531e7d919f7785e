"""How an event of the log reads now: a former text is given to nobody; every log shares it.

A message, and each edit of it, reads as its newest edit has it; once it is deleted, no text is left
of it. All else about an event stays as it was committed.
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message
from hubbub.chat.fold import fold

Newest = Mapping[int, Edited | Deleted]
"""By the message's seq, what says how it reads."""

_encode = msgspec.json.Encoder().encode


def newest_of(changes: Iterable[AnyLogged]) -> dict[int, Edited | Deleted]:
    """Return what counts of `changes`: a deletion, or else the last edit."""
    newest: dict[int, Edited | Deleted] = {}
    for change in changes:
        if isinstance(change, Edited | Deleted):
            newest[change.target] = newer(newest.get(change.target), change)
    return newest


def newer(known: Edited | Deleted | None, change: Edited | Deleted) -> Edited | Deleted:
    """Return which of two changes of a message counts, the later one or a deletion."""
    return known if isinstance(known, Deleted) else change


def as_it_reads(event: AnyLogged, newest: Newest) -> AnyLogged:
    """Return `event` with the text that it has now; `newest` has all there is for it."""
    match event:
        case Message():
            change = newest.get(event.seq)
            return event if change is None else fold(event, change)
        case Edited():
            change = newest.get(event.target)
            return replace(event, text=change.text if isinstance(change, Edited) else "")
        case _:
            return event


def fitting(events: Iterable[AnyLogged], bytes_max: int) -> list[AnyLogged]:
    """Return the first of `events`, `bytes_max` of JSON of them, but at least one."""
    found: list[AnyLogged] = []
    total = 0
    for event in events:
        total += len(_encode(event))
        if found and total > bytes_max:
            break
        found.append(event)
    return found
