"""Members over IRC: people who log in, and come with the same capabilities as most clients."""

import base64
import secrets
import time

from hubbub.testing import LocalServer
from hubbub.wire.irc.line import Line
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

PASSWORD = "correct horse battery"
CAPS = "message-tags server-time echo-message batch labeled-response draft/chathistory"


Heard = tuple[str, str, str, str]
"""The id, the time, the target and the text of something that was said."""


def register(server: LocalServer, name: str) -> None:
    """Make somebody a member."""
    with EventPeer(server, name, room=None) as peer:
        peer.ask(type="identify", device=secrets.token_urlsafe(16))
        assert peer.ask(type="register", password=PASSWORD)["type"] != "error"


def member(server: LocalServer, name: str, caps: str = CAPS, rooms: str = "") -> IrcClient:
    """Return the client of somebody who is a member."""
    plain = base64.b64encode(f"\0{name}\0{PASSWORD}".encode()).decode()
    asked = (f"CAP REQ :sasl {caps}", "AUTHENTICATE PLAIN", f"AUTHENTICATE {plain}")
    client = IrcClient(
        server.address, *asked, f"NICK {name}", f"USER {name} 0 * :{name}", "CAP END"
    )
    client.until("376")
    for room in rooms.split(",") if rooms else ():
        client.ask(f"JOIN {room}")
        client.until("366", name, room)
    return client


def batch(client: IrcClient, kind: str) -> list[Line]:
    """Return what comes in the next batch of a kind, with its first line and without the last."""
    while True:
        first = client.said("BATCH")
        if first.params[0].startswith("+") and first.params[1] == kind:
            return [first, *client.until("BATCH", f"-{first.params[0][1:]}")[:-1]]


def said(lines: list[Line]) -> list[Heard]:
    """Return the ids, times, targets and texts of what was said, or set as a topic."""
    return [
        (line.tags["msgid"], line.tags["time"], line.params[0], line.params[1])
        for line in lines
        if line.command in ("PRIVMSG", "NOTICE", "TOPIC")
    ]


def speak(client: IrcClient, target: str, *lines: str) -> list[Heard]:
    """Say things, each at a time of its own; return how they were echoed."""
    echoes: list[Heard] = []
    for line in lines:
        client.ask(line.replace("TARGET", target))
        command, _, text = line.partition(" TARGET :")
        echoes += said([client.said(command, target, text)])
        time.sleep(0.005)  # so much later is the next one
    return echoes
