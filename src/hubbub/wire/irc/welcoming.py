"""The first lines that a client gets: who it is, what the server is like, and who is here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Protocol

from hubbub.chat.names import NAME_CHARS_MAX, ROOM_CHARS_MAX
from hubbub.wire.irc.history import MESSAGES_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import HOST
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.voice import Voice

TOKENS_MAX: Final = 13
"""Of what the server is like, in one line."""

NETWORK: Final = "hubbub"


class Figures(Protocol):
    """What is told of the server as a whole."""

    version: str
    since: int
    """When it was started, in milliseconds since the epoch."""

    def people(self) -> int:
        """Return how many people are here."""

    def rooms(self) -> int:
        """Return how many rooms are open."""


def tokens() -> list[str]:
    """Return what the server is like, as in ISUPPORT."""
    return [
        f"NETWORK={NETWORK}",
        "CASEMAPPING=ascii",
        "CHANTYPES=#",
        f"CHANNELLEN={ROOM_CHARS_MAX + 1}",
        f"NICKLEN={NAME_CHARS_MAX}",
        "PREFIX=(qao)~&@",
        "CHANMODES=b,,,imt",
        "MODES=1",
        "MAXTARGETS=4",
        "TARGMAX=PRIVMSG:4,NOTICE:4,TAGMSG:4,JOIN:,PART:,KICK:1,NAMES:1,LIST:,WHOIS:1",
        "LINELEN=512",
        "SAFELIST",
        "UTF8ONLY",
        "WHOX",
        f"CHATHISTORY={MESSAGES_MAX}",
        "MSGREFTYPES=msgid",
    ]


def burst(voice: Voice, figures: Figures) -> Iterator[Line]:
    """Yield what follows once a client has said who it is."""
    started = datetime.fromtimestamp(figures.since / 1000, UTC).isoformat(" ", "seconds")
    yield voice.numeric(N.WELCOME, f"Welcome to {NETWORK}, {voice.nick}")
    yield voice.numeric(N.YOURHOST, f"Your host is {HOST}, running {figures.version}")
    yield voice.numeric(N.CREATED, f"This server was started at {started}")
    yield voice.numeric(N.MYINFO, HOST, figures.version.replace(" ", "-"), "B", "abimoqt", "abqo")
    known = tokens()
    for start in range(0, len(known), TOKENS_MAX):
        some = known[start : start + TOKENS_MAX]
        yield voice.numeric(N.ISUPPORT, *some, "are supported by this server")
    yield from lusers(voice, figures)
    yield from message_of_the_day(voice)


def lusers(voice: Voice, figures: Figures) -> Iterator[Line]:
    """Yield how many people and rooms there are."""
    people, rooms = figures.people(), figures.rooms()
    yield voice.numeric(N.LUSERCLIENT, f"There are {people} users and 0 invisible on 1 servers")
    yield voice.numeric(N.LUSERCHANNELS, str(rooms), "channels formed")
    yield voice.numeric(N.LUSERME, f"I have {people} clients and 0 servers")
    here = str(people)
    yield voice.numeric(N.LOCALUSERS, here, here, f"Current local users {here}, max {here}")
    yield voice.numeric(N.GLOBALUSERS, here, here, f"Current global users {here}, max {here}")


def message_of_the_day(voice: Voice) -> Iterator[Line]:
    """Yield the way in, for somebody who has just come."""
    yield voice.numeric(N.MOTDSTART, f"- {HOST} Message of the day -")
    yield voice.numeric(N.MOTD, "- /join #lobby takes you to the room where everybody begins.")
    yield voice.numeric(N.MOTD, "- /list shows the rooms. What is said stays: see /help.")
    yield voice.numeric(N.ENDOFMOTD, "End of /MOTD command.")
