"""NickServ and ChanServ: the commonest lines to them, since fingers know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.wire.irc.commands.login import become
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import HOST, USER, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client

SERVICES: Final = frozenset(("nickserv", "chanserv"))


def serve(client: Client, line: Line) -> Iterator[Heard]:
    """Act on what is said to a service."""
    words = line.params[1].strip().split(" ", 2)  # a password may have spaces
    match [words[0].upper() if words else "", *words[1:]]:
        case ["IDENTIFY", password]:
            nick = client.nick
        case ["IDENTIFY", nick, password]:
            pass
        case _:
            sentence = "Here: IDENTIFY [NICK] PASSWORD. To become a member, use hubbub itself."
            answer = Line("NOTICE", (client.nick, sentence), f"NickServ!{USER}@{HOST}")
            yield client.at_once(line, answer)
            return
    yield from become(client, name_of(nick), password, client.ref(line, nick))
