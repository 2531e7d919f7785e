"""Clients that are in rooms together, and what they heard."""

from collections.abc import Iterable

from hubbub.testing import LocalServer
from hubbub.wire.irc.line import Line
from tests.irc.irc_client import IrcClient


def joined(server: LocalServer, rooms: str, *nicks: str, caps: str = "") -> list[IrcClient]:
    """Return clients that are in these rooms, the first one first, and have heard of each other."""
    clients = [IrcClient.named(server.address, nick, caps=caps, rooms=rooms) for nick in nicks]
    room, last = rooms.rsplit(",", maxsplit=1)[-1], nicks[-1]
    for client in clients[:-1]:
        while client.said("JOIN", room).source.partition("!")[0] != last:
            pass
    return clients


def commands(lines: Iterable[Line]) -> list[str]:
    """Return the commands of lines."""
    return [line.command for line in lines]
