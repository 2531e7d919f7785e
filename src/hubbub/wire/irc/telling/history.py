"""What was said before: a page of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.names import is_direct
from hubbub.wire.irc.names import nick_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hubbub.chat.events import Page
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


def page(client: Client, event: Page) -> Iterable[Line]:
    """Return the messages of a page: as a batch, if the client asked for it itself."""
    asked = client.asking.answered(event.ref)
    if asked is None or event.room is None:
        return []
    target, after = client.target_of(event.room), int(asked.detail or 0)
    is_stamped = "server-time" not in client.caps
    lines: list[Line] = []
    for message in event.messages:
        heard_at = target
        if is_direct(event.room) and nick_of(message.sender) != client.nick:
            heard_at = client.nick
        if message.seq > after:
            lines.extend(client.shared.lines(message, heard_at, is_stamped=is_stamped))
    if asked.command == "JOIN":
        return lines
    return client.answer(lines, asked.label, ("chathistory", target))
