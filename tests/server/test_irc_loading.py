"""The first clients that speak IRC, for whom it is loaded while others go on."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count

import pytest

from hubbub.server.fairness.turns import Turn
from hubbub.server.irc import Irc
from hubbub.server.sessions.connection import Connection
from tests.interop.raw import RawPeer
from tests.server.conftest import Connect, Import, Loop, Serve
from tests.server.noted import noted


def entering(nick: bytes) -> bytes:
    """Return what a client says that comes and joins a room."""
    return b"NICK %b\r\nUSER %b 0 * :%b\r\nJOIN #lobby\r\nPING here\r\n" % (nick, nick, nick)


def has_entered(client: RawPeer) -> bool:
    """Read until the client is in the room; True."""
    heard = b""
    while not heard.endswith(b":here\r\n"):
        heard += client.exactly(1)
    return b"JOIN" in heard


def test_while_irc_loads_others_chat_and_the_clients_wait(
    serve: Serve, connect: Connect, loading: Import
) -> None:
    with serve() as server:
        ann, cat = connect(server), connect(server)
        ann.send(entering(b"ann")[:20])
        assert loading.begun.wait(30)
        cat.send(entering(b"cat"))
        assert connect(server, "bob").who() == "1 in lobby: bob"
        ann.send(entering(b"ann")[20:])
        loading.allowed.set()
        assert has_entered(ann)
        assert has_entered(cat)


def test_a_client_that_hangs_up_while_irc_loads_has_said_what_it_said(
    loops: Loop, serve: Serve, connect: Connect, loading: Import
) -> None:
    with serve() as server:
        bob, hasty = connect(server, "bob"), connect(server)
        hasty.send(entering(b"ann") + b"PRIVMSG #lobby :hello\r\n")
        assert loading.begun.wait(30)
        hasty.sock.close()
        assert bob.who() == "1 in lobby: bob"
        loading.allowed.set()
        while bob.pair() != ("ann", "hello"):
            pass


def test_when_irc_cannot_be_loaded_clients_are_told_and_the_next_one_has_it_tried_again(
    serve: Serve, connect: Connect, loading: Import
) -> None:
    loading.failures = 1
    loading.allowed.set()
    with noted() as notes, serve() as server:
        ann = connect(server)
        ann.send(entering(b"ann"))
        assert ann.rest().startswith(b"ERROR :This server cannot speak IRC now.")
        ben = connect(server)
        ben.send(entering(b"ben"))
        assert has_entered(ben)
    assert [note["event"] for note in notes] == ["IRC cannot be answered"]


def test_a_fault_in_answering_one_that_waited_ends_that_one_alone(
    serve: Serve, connect: Connect, loading: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, times = Irc._answered, count(1)

    def faulty(irc: Irc, turn: Turn, left: Callable[[], None]) -> Connection:
        if next(times) == 1:
            raise RuntimeError("a fault")
        return answered(irc, turn, left)

    monkeypatch.setattr(Irc, "_answered", faulty)
    with noted() as notes, serve() as server:
        clients = [connect(server), connect(server)]
        for client, nick in zip(clients, (b"ann", b"ben"), strict=True):
            client.send(entering(nick) + b"QUIT\r\n")
        assert loading.begun.wait(30)
        assert connect(server, "bob").who() == "1 in lobby: bob"
        loading.allowed.set()
        assert sorted(b"JOIN" in client.rest() for client in clients) == [False, True]
    assert [note["event"] for note in notes] == ["a connection failed"]


def test_a_server_ends_while_irc_loads(serve: Serve, connect: Connect, loading: Import) -> None:
    with ExitStack() as ending:
        server = ending.enter_context(serve())
        ann = connect(server)
        ann.send(b"NICK ann\r\n")
        assert loading.begun.wait(30)
        threading.Timer(0.2, loading.allowed.set).start()
    assert ann.rest() == b""
