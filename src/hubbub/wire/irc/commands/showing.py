"""How others are shown the client: SETNAME, and its own modes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.wire.irc.asked import OWN_MODE, Asked
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


def setname(client: Client, line: Line) -> Iterator[Heard]:
    """Have another real name."""
    real = line.params[0]
    yield c.Show(real=real, ref=client.ref(line, detail=real))


def own_mode(client: Client, line: Line) -> Iterator[Heard]:
    """Say which modes the client has; of one it may be told: that it is a program."""
    nick, *rest = line.params
    if nick.lower() != client.nick.lower():
        no = client.numeric(N.USERSDONTMATCH, "You can change your own modes alone.")
        yield client.at_once(line, no)
    elif not rest:
        yield client.at_once(line, client.numeric(N.UMODEIS, "+"))
    elif rest[0] in ("+B", "-B", "B"):
        sign = "-" if rest[0] == "-B" else "+"
        asked = Asked(OWN_MODE, client.nick, client.labelled, f"{sign}B")
        yield c.Show(bot=sign == "+", ref=client.asking.ref(asked))
    else:
        no = client.numeric(N.UMODEUNKNOWNFLAG, "There is no such mode of people here.")
        yield client.at_once(line, no)
