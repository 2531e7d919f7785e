"""What keeps order in rooms: bans, and what holds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.wire.irc.modes import NO_ORDER, changes, order_of
from hubbub.wire.irc.names import channel_of, nick_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events import Bans, RoomRules
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line
    from hubbub.wire.irc.modes import Order


def bans(client: Client, event: Bans) -> Iterable[Line]:
    """Return who may not enter a room."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    lines = [
        client.numeric(N.BANLIST, asked.target, f"{nick_of(one.whom)}!*@*") for one in event.bans
    ]
    lines.append(client.numeric(N.ENDOFBANLIST, asked.target, "End of channel ban list"))
    return client.answer(lines, asked.label)


def ruled(client: Client, event: RoomRules) -> Iterator[Line]:
    """Tell by modes what holds in a room that the client is in, where that changed."""
    is_known, client.entering = event.room == client.entering, ""
    if event.room not in client.rooms:
        return
    known: dict[str, Order] = {} if client.order is None else client.order
    before, known[event.room] = known.get(event.room, NO_ORDER), order_of(event)
    client.order = known
    if not is_known:  # else the list of names has said it
        yield from changes(channel_of(event.room), before, known[event.room])


def modes_of(client: Client, room: str) -> str:
    """Return the modes of a room, as far as the client was told of its rules."""
    known = None if client.order is None else client.order.get(room)
    return "+" if known is None else f"+{known.modes}"
