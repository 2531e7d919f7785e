"""What holds in a room, as modes: who looks after it, and what one may do there."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from hubbub.wire.irc.format import MODES
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import HOST, nick_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hubbub.chat.events import RoomRules


class Order(NamedTuple):
    """What holds in a room: who has which role there, and its modes."""

    roles: Mapping[str, str]
    modes: str


NO_ORDER: Final = Order(MappingProxyType({}), "")


def order_of(event: RoomRules) -> Order:
    """Return what holds in a room from now on."""
    roles = dict.fromkeys(event.moderators, "moderator")
    if event.owner:
        roles[event.owner] = "owner"
    modes = {"i": event.private, "m": event.read_only, "t": event.topic_by != "passing"}
    return Order(roles or NO_ORDER.roles, "".join(mode for mode, on in modes.items() if on))


def changes(channel: str, before: Order, after: Order) -> Iterator[Line]:
    """Yield what is told of a channel in which something else held before."""
    for sign, these, those in (("-", before, after), ("+", after, before)):
        for mode in these.modes:
            if mode not in those.modes:
                yield Line("MODE", (channel, sign + mode), HOST)
        for name, role in these.roles.items():
            if those.roles.get(name) != role:
                yield Line("MODE", (channel, sign + MODES[role], nick_of(name)), HOST)
