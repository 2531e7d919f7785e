"""Who logs in, says something without waiting, and is gone: it is theirs, or nobody's.

What is said behind a password is said by whomever the password makes of the peer, and never by who
it was before (docs/protocol.md, section 6.6).
"""

import socket
import struct
import time
from collections.abc import Callable

import pytest

from hubbub.server.sessions import guesses
from hubbub.testing import LocalServer
from tests.interop.raw import PATIENCE_SECONDS, POLL_SECONDS
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer, event_frame
from tests.server.test_accounts import PASSWORD, claim

TEXT = "what ann says"
RESETS = struct.pack("ii", 1, 0)


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)
    sock.close()


def close(sock: socket.socket) -> None:
    sock.close()


def send_nothing_more(sock: socket.socket) -> None:
    sock.shutdown(socket.SHUT_WR)


Ending = Callable[[socket.socket], None]


def said_by(server: LocalServer, ending: Ending, *, in_two: bool) -> list[str]:
    """Come as somebody, log in as ann, say something and be gone; return who has said it then."""
    with EventPeer(server, "somebody") as peer:
        login = event_frame({"type": "login", "name": "ann", "password": PASSWORD})
        entered = event_frame({"type": "join", "room": "lobby"})
        said = event_frame({"type": "say", "room": "lobby", "text": TEXT})
        for piece in (login, entered + said) if in_two else (login + entered + said,):
            peer.send(piece)
        ending(peer.sock)
        return senders(server)


def senders(server: LocalServer) -> list[str]:
    """Return who said it, once nobody is there who could still say it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with EventPeer(server, "witness") as witness:
        while True:
            people = witness.ask(type="members", room="lobby")["members"]
            others = {one["name"] for one in people} - {"witness"}
            is_here = [witness.ask(type="profile", name=name) for name in ("somebody", "ann")]
            if not others and not any(one.get("here") for one in is_here):
                page = witness.ask(type="history", room="lobby")
                return [one["from"] for one in page["messages"] if one["text"] == TEXT]
            assert time.monotonic() < deadline, (people, is_here)
            time.sleep(POLL_SECONDS)


@pytest.mark.parametrize("in_two", [False, True], ids=["in one piece", "in two"])
@pytest.mark.parametrize("ending", [reset, close, send_nothing_more])
def test_it_is_said_by_whomever_the_password_makes_of_the_peer(
    hubbub_server: LocalServer, ending: Ending, in_two: bool
) -> None:
    claim(hubbub_server)
    assert said_by(hubbub_server, ending, in_two=in_two) == ["ann"]


@pytest.mark.parametrize("in_two", [False, True], ids=["in one piece", "in two"])
@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (reset, [[]]),
        (close, [[], ["ann"]]),  # as long as nothing is written to it, it only says nothing more
        (send_nothing_more, [["ann"]]),
    ],
)
def test_what_stands_behind_a_password_that_has_to_wait_is_nobodys_if_the_connection_is_lost(
    hubbub_server: LocalServer,
    monkeypatch: pytest.MonkeyPatch,
    ending: Ending,
    expected: list[list[str]],
    in_two: bool,
) -> None:
    claim(hubbub_server)
    monkeypatch.setattr(guesses, "OF_ACCOUNT", guesses._Budget(1, 0.0001))
    monkeypatch.setattr(guesses, "LATER_SECONDS", 0.5)
    with EventPeer(hubbub_server, "eve", room=None) as eve:
        for _ in range(2):
            eve.ask(type="login", name="ann", password="a guess of eve's")
    assert said_by(hubbub_server, ending, in_two=in_two) in expected


def test_so_it_is_for_a_client_that_speaks_irc(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(hubbub_server)
    monkeypatch.setattr(guesses, "OF_ACCOUNT", guesses._Budget(1, 0.0001))
    monkeypatch.setattr(guesses, "LATER_SECONDS", 0.5)
    with EventPeer(hubbub_server, "eve", room=None) as eve:
        for _ in range(2):
            eve.ask(type="login", name="ann", password="a guess of eve's")
    client = IrcClient.named(hubbub_server.address, "somebody", rooms="#lobby")
    client.ask(f"PRIVMSG NickServ :IDENTIFY ann {PASSWORD}", f"PRIVMSG #lobby :{TEXT}")
    client.break_off()
    assert senders(hubbub_server) == []
