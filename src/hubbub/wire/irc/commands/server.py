"""The server: whether it is there, what it is like, and leaving it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hubbub.chat.heard import FILLER, Goodbye
from hubbub.wire.irc import welcoming
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.names import HOST
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client

HELP: Final = (
    "A room is #name: /join #name enters one, or opens it. What is said there stays:",
    "clients that know draft/chathistory show all of it, others the last lines when they join.",
    "/msg NICK speaks to somebody in private; what a member is told while away waits for them.",
    "Members log in by SASL, with the name and password of hubbub. Without it you are here in",
    "passing: your nick is yours for as long as you are connected.",
)


def ping(client: Client, line: Line) -> Iterator[Heard]:
    """Send back what was sent."""
    yield client.at_once(line, Line("PONG", (HOST, line.params[0]), HOST))


def pass_over(_client: Client, _line: Line) -> Iterator[Heard]:
    """Do nothing."""
    yield FILLER


def quit_(_client: Client, line: Line) -> Iterator[Heard]:
    """End the connection."""
    yield reply(Line("ERROR", (f"You left. {line.params[0] if line.params else ''}",)))
    yield Goodbye()


def lusers(client: Client, line: Line) -> Iterator[Heard]:
    """Say how many people and rooms there are."""
    yield client.at_once(line, *welcoming.lusers(client))


def motd(client: Client, line: Line) -> Iterator[Heard]:
    """Say what all are told who come."""
    yield client.at_once(line, *welcoming.message_of_the_day(client))


def version(client: Client, line: Line) -> Iterator[Heard]:
    """Say which version this is."""
    own = client.figures.version.replace(" ", "-")
    yield client.at_once(line, client.numeric(N.VERSION, own, HOST, ""))


def time(client: Client, line: Line) -> Iterator[Heard]:
    """Say how late it is."""
    now = datetime.fromtimestamp(client.clock() / 1000, UTC).isoformat(" ", "seconds")
    yield client.at_once(line, client.numeric(N.TIME, HOST, now))


def info(client: Client, line: Line) -> Iterator[Heard]:
    """Say what this is."""
    about = client.numeric(N.INFO, f"{client.figures.version}, a chatroom for everybody")
    yield client.at_once(line, about, client.numeric(N.ENDOFINFO, "End of INFO list"))


def help_(client: Client, line: Line) -> Iterator[Heard]:
    """Say how to do what."""
    subject = line.params[0] if line.params else "*"
    numbers = [N.HELPSTART, *[N.HELPTXT] * (len(HELP) - 1)]
    lines = [
        client.numeric(number, subject, text) for number, text in zip(numbers, HELP, strict=True)
    ]
    yield client.at_once(line, *lines, client.numeric(N.ENDOFHELP, subject, "End of /HELP."))
