"""The first lines that a client gets: who it is, what the server is like, and who is here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from hubbub.wire.irc.client import Client
from hubbub.wire.irc.isupport import NETWORK, tokens
from hubbub.wire.irc.line import BODY_BYTES_MAX, Line
from hubbub.wire.irc.modes import ALL, WITH_PARAMETERS
from hubbub.wire.irc.numerics import N

SUPPORTED: Final = "are supported by this server"
DOOR: Final = "soju.im/FILEHOST"

TOKENS_MAX: Final = 13
"""Of what the server is like, in one line."""


def burst(client: Client) -> Iterator[Line]:
    """Yield what follows once a client has said who it is."""
    started = datetime.fromtimestamp(client.figures.since / 1000, UTC).isoformat(" ", "seconds")
    yield client.numeric(N.WELCOME, f"Welcome to {NETWORK}, {client.nick}")
    yield client.numeric(
        N.YOURHOST, f"Your host is {client.host}, running {client.figures.version}"
    )
    yield client.numeric(N.CREATED, f"This server was started at {started}")
    version = client.figures.version.replace(" ", "-")
    yield client.numeric(N.MYINFO, client.host, version, "Biow", ALL, WITH_PARAMETERS)
    known = tokens()
    for start in range(0, len(known), TOKENS_MAX):
        some = known[start : start + TOKENS_MAX]
        yield client.numeric(N.ISUPPORT, *some, SUPPORTED)
    if client.server and client.door:
        door = client.numeric(N.ISUPPORT, f"{DOOR}={client.server}{client.door}", SUPPORTED)
        if len(door.encode()) < BODY_BYTES_MAX:  # else it was cut, and led nowhere
            yield door
    yield from lusers(client)
    yield from message_of_the_day(client)


def lusers(client: Client) -> Iterator[Line]:
    """Yield how many people and rooms there are."""
    people, rooms = client.figures.people(), client.figures.rooms()
    yield client.numeric(N.LUSERCLIENT, f"There are {people} users and 0 invisible on 1 servers")
    yield client.numeric(N.LUSERCHANNELS, str(rooms), "channels formed")
    yield client.numeric(N.LUSERME, f"I have {people} clients and 0 servers")
    here, most = str(people), str(client.figures.most())
    yield client.numeric(N.LOCALUSERS, here, most, f"Current local users {here}, max {most}")
    yield client.numeric(N.GLOBALUSERS, here, most, f"Current global users {here}, max {most}")


def message_of_the_day(client: Client) -> Iterator[Line]:
    """Yield the way in, for somebody who has just come."""
    yield client.numeric(N.MOTDSTART, f"- {client.host} Message of the day -")
    yield client.numeric(N.MOTD, "- /join #lobby takes you to the room where everybody begins.")
    yield client.numeric(N.MOTD, "- /list shows the rooms. What is said stays: see /help.")
    yield client.numeric(N.ENDOFMOTD, "End of /MOTD command.")
