"""The promises of docs/protocol.md, section 6; each test is named after one."""

import json
import socket
import time
from urllib.request import urlopen

import pytest

from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer, frame
from tests.server.conftest import Connect, Meet, Serve, WaitingLog
from tests.server.event_peer import JSON, event_frame


def test_order(serve: Serve, meet: Meet) -> None:
    """All members of a room receive its events in one order."""
    with serve() as server:
        peers = [meet(server, f"p{number}") for number in range(4)]
        for number in range(50):
            for peer in peers:
                peer.tell(type="say", room="lobby", text=f"{number} of {peer.welcome['name']}")
        heard = [[(event["seq"], event["text"]) for event in peer.messages(200)] for peer in peers]
    assert heard[0] == sorted(heard[0])
    assert heard.count(heard[0]) == len(peers)


def test_durable_before_visible(serve: Serve, meet: Meet, connect: Connect) -> None:
    """Nothing is shown or acknowledged that is not committed; what was shown is kept."""
    log = WaitingLog()
    with serving(log=log) as server:
        ann, bob = meet(server, "ann"), connect(server, "bob")
        ann.tell(type="say", room="lobby", text="not yet", ref="said")
        while not log.batches:
            time.sleep(0.001)  # the server's thread is about to ask for the commit
        # Each has been answered after the message was taken in, and has heard nothing of it.
        assert bob.who() == "2 in lobby: ann, bob"
        ann.tell(type="ping", ref="pinged")
        assert [ann.event()["type"], ann.event()] == ["presence", {"type": "ok", "ref": "pinged"}]
        log.allow()
        assert bob.pair() == ("ann", "not yet")
        assert ann.next("ok", ref="said")["seq"] == 1
    with serve() as server:
        seq = meet(server, "ann").say_and_wait("for good")
    with serve() as server:
        page = meet(server, "ann").ask(type="history", room="lobby")
    assert [(one["seq"], one["text"]) for one in page["messages"]] == [(seq, "for good")]


def test_exactly_once(serve: Serve, meet: Meet) -> None:
    """A message repeated with its nonce is posted once, across connections and restarts."""
    with serve() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        first = ann.say_and_wait("once", nonce="n")
        assert ann.say_and_wait("once", nonce="n") == first
        assert bob.say_and_wait("once", nonce="n") != first, "somebody else's nonce is another"
        ann.leave()
        bob.next("presence", name="ann", state="left")
        assert meet(server, "ann").say_and_wait("once", nonce="n") == first
    with serve() as server:
        ann = meet(server, "ann")
        assert ann.say_and_wait("once", nonce="n") == first
        page = ann.ask(type="history", room="lobby")
    assert [message["from"] for message in page["messages"]] == ["ann", "bob"]


def test_no_gaps(serve: Serve, meet: Meet) -> None:
    """Joining with a cursor yields every logged event after it, once, in order, then live ones."""
    with serve() as server:
        ann = meet(server, "ann")
        seqs = [ann.say_and_wait(f"message {number}") for number in range(300)]
        ann.ask(type="edit", room="lobby", seq=seqs[5], text="edited")
        ann.ask(type="react", room="lobby", seq=seqs[6], emoji="👍", on=True)
        ann.ask(type="topic", room="lobby", text="a topic")
        ann.ask(type="delete", room="lobby", seq=seqs[7])
    with serve() as server:
        ann = meet(server, "ann")
        bob = meet(server, "bob", room=None)
        room = bob.ask(type="join", room="lobby", after=seqs[99])
        assert (room["last"], room["first"], room["gap"]) == (seqs[-1] + 4, seqs[0], False)
        live = ann.say_and_wait("live")
        heard: list[JSON] = []
        while not heard or heard[-1]["seq"] != live:
            event = bob.event()
            if "seq" in event:
                heard.append(event)
    assert [event["seq"] for event in heard[:200]] == seqs[100:]
    assert [event["type"] for event in heard[200:]] == [
        *("edited", "reaction", "topic", "deleted", "message")
    ]
    assert [event["prev"] for event in heard] == [seqs[99], *(e["seq"] for e in heard[:-1])]


def test_bounded_memory(serve: Serve, meet: Meet, connect: Connect) -> None:
    """A reader that falls behind is not buffered for, and gets everything when it reads."""
    count, text = 400, "x" * 20_000
    with serve() as server:
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((server.host, server.port))
        slow.sendall(frame("slow"))
        ann = meet(server, "ann")
        if {"name": "slow"} not in ann.room["members"]:
            ann.next("presence", name="slow")
        for number in range(count):
            ann.say_and_wait(f"{number} {text}")
        # tests/faults measures the server's memory; here: it reads on, from where it was.
        reader = RawPeer.__new__(RawPeer)
        reader.sock, reader._unread = slow, b""
        heard = [reader.pair() for _ in range(count)]
        slow.close()
    assert heard == [("ann", f"{number} {text}") for number in range(count)]


def test_slow_down_dont_lose(serve: Serve, meet: Meet, connect: Connect) -> None:
    """A sender above its rate is not read from until it may send again; nothing is dropped."""
    with serve(messages_per_second=200, burst=5) as server:
        bob = meet(server, "bob")
        ann = connect(server)
        ann.send(frame("ann") + b"".join(frame(str(number)) for number in range(105)))
        heard = bob.messages(105)
    assert [event["text"] for event in heard] == [str(number) for number in range(105)]
    lasted = heard[-1]["at"] - heard[0]["at"]
    assert lasted >= 490, "100 messages beyond the burst, at 200 a second (the name is free)"


@pytest.mark.parametrize(
    "hostile",
    [
        b"9999999999",
        b"3         ann5         \xff\xfe\xfd\xfc\xfb",
        b"3         annwhat is this?",
        frame("ann") + frame("\x1b[2J\x07evil\x00"),
        event_frame("ann") + event_frame("[" * 10_000),
        event_frame("ann") + event_frame('{"type":"join","room":"' + "x" * 100_000 + '"}'),
        b"GET / HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_isolation(hubbub_server: LocalServer, hostile: bytes, connect: Connect) -> None:
    """What one connection sends harms no other, and control characters reach nobody."""
    with connect(hubbub_server, "bob") as bob, connect(hubbub_server, "cat") as cat:
        with connect(hubbub_server) as peer:
            peer.send(hostile)
            cat.say("still here")
            sender, text = bob.pair()
            if sender == "ann":
                assert text == "[2Jevil"
                sender, text = bob.pair()
        assert (sender, text) == ("cat", "still here")


def test_deleted_is_gone(serve: Serve, meet: Meet) -> None:
    """Nobody gets the former text of what was edited or deleted, whatever they ask."""
    with serve() as server:
        ann = meet(server, "ann")
        first, second = ann.say_and_wait("a former text"), ann.say_and_wait("another former text")
        ann.ask(type="edit", room="lobby", seq=first, text="an interim former text")
        ann.ask(type="edit", room="lobby", seq=first, text="now")
        last = ann.ask(type="delete", room="lobby", seq=second)["seq"]
        bob = meet(server, "bob", room=None)
        heard: list[JSON] = []
        for after in range(first - 1, last):
            bob.ask(type="join", room="lobby", after=after)
            while not heard or heard[-1].get("seq") != last:
                heard.append(bob.event())
            bob.ask(type="leave", room="lobby")
            heard.append({})
        pages = [
            bob.ask(type="history", room="lobby"),
            bob.ask(type="history", room="lobby", after=0),
            bob.ask(type="search", query="former"),
            bob.ask(type="search", query="text", room="lobby"),
        ]
        for path in ("rooms/lobby/messages", "search?query=former", "search?query=interim"):
            with urlopen(f"http://{server.address}/api/{path}", timeout=10) as answer:
                pages.append(json.load(answer))
    assert "former" not in json.dumps(heard + pages)
    assert [(m["seq"], m["text"]) for m in pages[0]["messages"]] == [(first, "now"), (second, "")]
    assert [page["messages"] for page in pages[2:4] + pages[5:]] == [[], [], [], []]
