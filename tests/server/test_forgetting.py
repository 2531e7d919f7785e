"""Accounts are deleted on a real server: what is left of them is gone through by itself."""

import threading
import time

import pytest

from hubbub.chat.names import deleted_name
from hubbub.chat.queries import Moment
from hubbub.hub import Decision, Hub
from hubbub.hub.asking import Reading
from tests.interop.raw import PATIENCE_SECONDS
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import JSON, EventPeer
from tests.server.http.asking import ask


def known(meet: Meet, server: object, name: str) -> EventPeer:
    """Have somebody come who is known by a device, and is in the lobby."""
    peer = meet(server, name, room=None)
    peer.ask(type="identify", device=f"the-device-of-somebody-called-{name}")
    peer.ask(type="join", room="lobby")
    return peer


def page(peer: EventPeer) -> list[JSON]:
    messages: list[JSON] = peer.ask(type="history", room="lobby")["messages"]
    return messages


def test_the_server_deletes_what_somebody_said_even_if_it_is_started_anew(
    serve: Serve, meet: Meet
) -> None:
    with serve() as server:
        ann = known(meet, server, "ann")
        for number in range(5):
            ann.say_and_wait(f"message {number}")
        assert ann.ask(type="forget_me", messages="delete")["type"] == "ok"
        assert ann.next("bye")["code"] == "logged_out"
    with serve() as server:
        bob = known(meet, server, "bob")
        bob.say_and_wait("hi")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(one.get("deleted") is None for one in page(bob)[:5]):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert [one["text"] for one in page(bob)] == [""] * 5 + ["hi"]


def test_what_is_kept_reads_under_another_name_wherever_it_is_read(
    serve: Serve, meet: Meet
) -> None:
    with serve() as server:
        ann, bob = known(meet, server, "ann"), known(meet, server, "bob")
        first = ann.say_and_wait("hello tea")
        ann.ask(type="edit", room="lobby", seq=first, text="good tea")
        name = deleted_name(page(bob)[0]["person"])
        assert ann.ask(type="forget_me", messages="keep")["type"] == "ok"
    with serve() as server:
        bob = known(meet, server, "bob")
        assert [(one["from"], one["text"]) for one in page(bob)] == [(name, "good tea")]
        bob.tell(type="join", room="lobby", after=0)
        assert bob.next("message")["from"] == name
        assert bob.next("edited")["from"] == name
        found = bob.ask(type="search", query="tea")["messages"]
        assert [one["from"] for one in found] == [name]
        for path in ("/api/rooms/lobby/messages", "/api/search?query=tea"):
            assert [one["from"] for one in ask(server, path).json["messages"]] == [name]
        again = known(meet, server, "ann")
        again.say_and_wait("new")
        assert [one["from"] for one in page(bob)] == [name, "ann"]


def test_what_cannot_be_gone_through_ends_no_server(
    serve: Serve, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def fails(_self: Hub) -> Decision:
        tried.set()
        return faulty()

    def faulty() -> Reading:
        yield Moment(0.01)
        raise AssertionError("a fault of ours")

    monkeypatch.setattr(Hub, "unfinished", fails)
    with serve() as server:
        ann = known(meet, server, "ann")
        assert tried.wait(PATIENCE_SECONDS)
        ann.say_and_wait("hello")
        assert [one["text"] for one in page(ann)] == ["hello"]
