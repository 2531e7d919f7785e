"""What was appended together comes apart as messages of the stream; here it is whole again."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hubbub.chat.events import Entry
from hubbub.log.jetstream.reading import Delivered


class Append(NamedTuple):
    """An append that has come whole, and what is in it."""

    token: str
    last: int
    """The number of its last message in the stream."""
    entries: list[Entry]


def whole(
    messages: Sequence[Delivered], read: Callable[[Delivered], list[Entry]]
) -> tuple[list[Append], list[Delivered]]:
    """Return the appends that are whole, and the messages of the last one if it is not."""
    appends: list[Append] = []
    start = 0
    for place, message in enumerate(messages):
        if message.rest and not _ends_here(messages, place):
            continue
        entries = [entry for one in messages[start : place + 1] for entry in read(one)]
        appends.append(Append(message.token, message.number, entries))
        start = place + 1
    return appends, [*messages[start:]]


def _ends_here(messages: Sequence[Delivered], place: int) -> bool:
    """Return whether the next message is of another append: the rest was erased."""
    following = messages[place + 1 : place + 2]
    return bool(following) and following[0].token != messages[place].token
