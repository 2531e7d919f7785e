"""What was appended together comes apart as messages of the stream; here it is whole again."""

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

from hubbub.chat.events import Entry
from hubbub.log.jetstream.reading import Delivered


class Append(NamedTuple):
    """Messages of the stream that are applied together, and what is in them."""

    token: str
    """Empty, if they are of several nodes' appends."""
    last: int
    entries: list[Entry]


def whole(
    messages: Sequence[Delivered], own: Container[str], read: Callable[[Delivered], list[Entry]]
) -> tuple[list[Append], list[Delivered]]:
    """Return the appends that are whole, and the messages of the last one if it is not.

    Those whose tokens are among our `own` stay apart.
    """
    appends: list[Append] = []
    start = 0
    for place, message in enumerate(messages):
        if message.rest and not _ends_here(messages, place):
            continue
        entries = [entry for one in messages[start : place + 1] for entry in read(one)]
        token = message.token if message.token in own else ""
        if appends and not (token or appends[-1].token):
            appends[-1] = Append("", message.number, appends[-1].entries + entries)
        else:
            appends.append(Append(token, message.number, entries))
        start = place + 1
    return appends, [*messages[start:]]


def _ends_here(messages: Sequence[Delivered], place: int) -> bool:
    """Return whether the next message is of another append: the rest was erased."""
    following = messages[place + 1 : place + 2]
    return bool(following) and following[0].token != messages[place].token
