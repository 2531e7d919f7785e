"""A node that is cut off acknowledges nothing, says so, lets names go, and recovers by itself."""

import time
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from hubbub.server.clustering import names
from hubbub.testing import LocalServer, serving
from tests.interop.raw import PATIENCE_SECONDS, POLL_SECONDS
from tests.server.clustering.nodes import cable, config_of, given, wait_to_see
from tests.server.event_peer import EventPeer

OF_ANN = "device-of-ann-and-of-nobody-else"


def is_ready(node: LocalServer) -> str:
    try:
        answer: bytes = urlopen(f"http://{node.address}/readyz", timeout=30).read()
    except HTTPError as error:
        answer = error.read()
    return answer.decode()


def known(stack: ExitStack, node: LocalServer, name: str) -> EventPeer:
    """Return somebody whom the chatroom knows, in the lobby."""
    peer = stack.enter_context(EventPeer(node, name, room=None))
    assert peer.ask(type="identify", device=name * 10)["person"]
    peer.ask(type="join", room="lobby")
    return peer


def say_until_taken(peer: EventPeer, text: str) -> int:
    """Say it again under one nonce until it is acknowledged, as clients do."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = peer.ask(type="say", room="lobby", text=text, nonce=text)
        if answer["type"] == "ok":
            seq: int = answer["seq"]
            return seq
        assert answer["code"] == "log_unavailable", answer
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)


def test_a_node_that_is_cut_off_says_so_and_comes_back_with_nothing_lost_or_doubled(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "ALONE_SECONDS", 3.0)
    monkeypatch.setattr(names, "FORGO_SECONDS", 2.0)
    with ExitStack() as stack:
        lan = stack.enter_context(cable(nats))
        first = stack.enter_context(serving(config_of(tmp_path / "n1", [nats], stream, "n1")))
        second = stack.enter_context(
            serving(config_of(tmp_path / "n2", [lan.address], stream, "n2"))
        )
        ann, bob = known(stack, first, "annann"), known(stack, second, "bobbob")
        passing = stack.enter_context(EventPeer(second, "passing"))
        wait_to_see(ann, "annann", "bobbob", "passing")
        lan.pull()
        refused = bob.ask(type="say", room="lobby", text="into the void", nonce="into the void")
        assert refused["code"] == "log_unavailable"
        assert "Nothing can be posted at this node, 'n2'" in is_ready(second)
        assert is_ready(first) == "ok\n"
        meanwhile = ann.say_and_wait("meanwhile")
        # People in passing are let go first; only then may others have their names.
        assert "lost touch" in passing.next("bye")["reason"]
        wait_to_see(ann, "annann")
        given(stack, first, "passing").leave()
        lan.put_back()
        seq = say_until_taken(bob, "into the void")
        ann.next("message", seq=seq)
        assert bob.ask(type="history", room="lobby", limit=10) == {
            **ann.ask(type="history", room="lobby", limit=10),
            "ref": f"ref {bob.refs}",
        }
        page = ann.ask(type="history", room="lobby", limit=10)["messages"]
        assert [(one["seq"], one["text"]) for one in page] == [
            (meanwhile, "meanwhile"),
            (seq, "into the void"),
        ]
        assert is_ready(second) == "ok\n"
        wait_to_see(ann, "annann", "bobbob")


def test_whoever_saw_more_at_another_node_waits_until_it_is_read_here_too(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with ExitStack() as stack:
        lan = stack.enter_context(cable(nats))
        first = stack.enter_context(serving(config_of(tmp_path / "n1", [nats], stream, "n1")))
        second = stack.enter_context(
            serving(config_of(tmp_path / "n2", [lan.address], stream, "n2"))
        )
        ann, bob = known(stack, first, "annann"), known(stack, second, "bobbob")
        epoch = bob.ask(type="join", room="lobby", epoch="")["epoch"]
        lan.pull()
        seen = {"room": "lobby", "after": ann.say_and_wait("news"), "epoch": epoch}
        for question in ("join", "history"):
            assert bob.ask(type=question, **seen)["code"] == "log_unavailable"
        lan.put_back()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := bob.ask(type="join", **seen))["type"] == "error":
            assert time.monotonic() < deadline, answer
            time.sleep(POLL_SECONDS)
        assert answer["last"] == seen["after"]
        assert not answer.get("replaced")


def test_whoever_became_known_while_a_node_heard_nothing_is_known_there_once_it_does(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with ExitStack() as stack:
        lan = stack.enter_context(cable(nats))
        first = stack.enter_context(serving(config_of(tmp_path / "n1", [nats], stream, "n1")))
        second = stack.enter_context(
            serving(config_of(tmp_path / "n2", [lan.address], stream, "n2"))
        )
        bob = stack.enter_context(EventPeer(second, "bob"))
        ann = stack.enter_context(EventPeer(first, "ann"))
        ann.say_and_wait("here as somebody in passing")
        bob.next("message")
        lan.pull()
        person = ann.ask(type="identify", device=OF_ANN)["person"]
        again = stack.enter_context(EventPeer(second, "ann", room=None))
        assert again.welcome["held"]
        again.tell(type="identify", device=OF_ANN, ref="first")
        lan.put_back()
        answer = again.event()
        while answer.get("ref") != "first":
            answer = again.event()
        while answer.get("code") == "log_unavailable":  # it took too long on this machine
            answer = again.ask(type="identify", device=OF_ANN)
        assert answer.get("person") == person, answer
