"""How others are shown the client: SETNAME, and its own modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.wire.irc.asked import OWN_MODE, Asked
from hubbub.wire.irc.isupport import MODES_MAX
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


OWN_MODES: Final = "Biw"
"""Modes of people that they set themselves; of `w` only the client knows."""


def setname(client: Client, line: Line) -> Iterator[Heard]:
    """Have another real name."""
    real = line.params[0]
    yield c.Show(real=real, ref=client.ref(line, detail=real))


def own_mode(client: Client, line: Line) -> Iterator[Heard]:
    """Say which modes the client has, or have others: that it is a program (`B`), that its
    rooms are nobody's business outside them (`i`), and that it wants to hear WALLOPS (`w`)."""
    nick, *rest = line.params
    if nick.lower() != client.nick.lower():
        no = client.numeric(N.USERSDONTMATCH, "You can change your own modes alone.")
        yield client.at_once(line, no)
    elif not rest:
        yield client.at_once(line, client.numeric(N.UMODEIS, f"+{client.modes}"))
    else:
        wanted = dict(_signed(rest[0][:MODES_MAX]))
        known = {letter: on for letter, on in wanted.items() if letter in OWN_MODES}
        if known != wanted or not wanted:
            no = client.numeric(N.UMODEUNKNOWNFLAG, "There is no such mode of people here.")
            yield client.at_once(line, no)
        if known:
            change = "".join(f"{'+' if on else '-'}{letter}" for letter, on in known.items())
            asked = Asked(OWN_MODE, client.nick, client.labelled, change)
            ref = client.asking.ref(asked)
            yield c.Show(bot=known.get("B"), hidden=known.get("i"), ref=ref)


def _signed(word: str) -> Iterator[tuple[str, bool]]:
    """Yield the letters of a word such as `+ab-c`, and whether each has a plus."""
    on = True
    for char in word:
        if char in "+-":
            on = char == "+"
        else:
            yield char, on
