"""The server: whether it is there, what it is like, and leaving it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.chat.heard import FILLER, Goodbye
from hubbub.chat.rules import REASON_CHARS_MAX
from hubbub.wire.irc import welcoming
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client


def ping(client: Client, line: Line) -> Iterator[Heard]:
    """Send back what was sent, once what was said before can be read."""
    if client.is_registered:
        yield c.Settle(ref=client.ref(line, line.params[0]))
    else:
        yield client.at_once(line, Line("PONG", (client.host, line.params[0]), client.host))


def pass_over(_client: Client, _line: Line) -> Iterator[Heard]:
    """Do nothing."""
    yield FILLER


def wallops(client: Client, line: Line) -> Iterator[Heard]:
    """Tell all who want to hear it something."""
    yield c.Wallops(text=line.params[0], ref=client.ref(line))


def quit_(_client: Client, line: Line) -> Iterator[Heard]:
    """End the connection."""
    yield reply(Line("ERROR", (f"You left. {line.params[0] if line.params else ''}",)))
    yield c.Farewell(reason=line.params[0][:REASON_CHARS_MAX] if line.params else "")
    yield Goodbye()


def lusers(client: Client, line: Line) -> Iterator[Heard]:
    """Say how many people and rooms there are."""
    yield client.at_once(line, *welcoming.lusers(client))


def motd(client: Client, line: Line) -> Iterator[Heard]:
    """Say what all are told who come."""
    yield client.at_once(line, *welcoming.message_of_the_day(client))


def version(client: Client, line: Line) -> Iterator[Heard]:
    """Say which version this is, and what it can do."""
    if (elsewhere := _elsewhere(client, line)) is not None:
        yield client.at_once(line, elsewhere)
        return
    own = client.figures.version.replace(" ", "-")
    yield client.at_once(line, client.numeric(N.VERSION, own, client.host, ""))


def time(client: Client, line: Line) -> Iterator[Heard]:
    """Say how late it is."""
    if (elsewhere := _elsewhere(client, line)) is not None:
        yield client.at_once(line, elsewhere)
        return
    now = datetime.fromtimestamp(client.clock() / 1000, UTC).isoformat(" ", "seconds")
    yield client.at_once(line, client.numeric(N.TIME, client.host, now))


def info(client: Client, line: Line) -> Iterator[Heard]:
    """Say what this is."""
    if (elsewhere := _elsewhere(client, line)) is not None:
        yield client.at_once(line, elsewhere)
        return
    about = client.numeric(N.INFO, f"{client.figures.version}, a chatroom for everybody")
    yield client.at_once(line, about, client.numeric(N.ENDOFINFO, "End of INFO list"))


def links(client: Client, line: Line) -> Iterator[Heard]:
    """Say to which other servers this one is linked: to none."""
    yield client.at_once(line, client.numeric(N.ENDOFLINKS, "*", "This server stands alone."))


def stats(client: Client, line: Line) -> Iterator[Heard]:
    """Say since when the server runs; there are no other figures here for everybody."""
    letter = line.params[0][:1]
    lines = []
    if letter == "u":
        seconds = (client.clock() - client.figures.since) // 1000
        days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
        up = f"Server Up {days} days {hours}:{minutes:02}:{seconds % 60:02}"
        lines = [client.numeric(N.STATSUPTIME, up)]
    yield client.at_once(line, *lines, client.numeric(N.ENDOFSTATS, letter, "End of /STATS report"))


def rehash(client: Client, line: Line) -> Iterator[Heard]:
    """Have the configuration read again."""
    yield c.Reload(ref=client.ref(line))


def _elsewhere(client: Client, line: Line) -> Line | None:
    """Return what refuses a question for another server than this one, or somebody's."""
    asked = line.params[0] if line.params else client.host
    part, own = asked.strip("*").lower(), client.host.lower()
    if part in (own, client.nick.lower()) or (part != asked.lower() and part in own):
        return None
    return client.numeric(N.NOSUCHSERVER, asked, "There is no such server here.")
