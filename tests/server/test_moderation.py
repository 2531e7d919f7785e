"""A host's evening on a real server: somebody misbehaves, is put out, comes back, and stays out."""

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import JSON, EventPeer


def known(meet: Meet, server: LocalServer, name: str) -> EventPeer:
    """Have somebody come who is known by a device."""
    peer = meet(server, name, room=None)
    peer.tell(type="identify", device=f"the-device-of-somebody-called-{name}")
    return peer


def told(peer: EventPeer, kind: str) -> JSON:
    """Return the next event of a kind, after which the server hangs up."""
    event = peer.next(kind)
    assert peer.rest() == b""
    return event


def test_a_hosts_evening(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        host = known(meet, server, "host")
        assert host.next("welcome")["person"]["kind"] == "guest"
        host.ask(type="join", room="lobby")
        eve, phone = known(meet, server, "eve"), known(meet, server, "eve")
        for peer in (eve, phone):
            assert peer.ask(type="join", room="lobby")["type"] == "room"
        eve.say_and_wait("spam")

        assert host.ask(type="kick", room="lobby", name="eve")["type"] == "ok"
        for peer in (eve, phone):
            assert "by host" in peer.next("removed")["reason"]
        assert eve.ask(type="join", room="lobby")["code"] == "banned"

        assert host.ask(type="ban", who="eve", reason="spam")["type"] == "ok"
        for peer in (eve, phone):
            assert told(peer, "bye")["code"] == "banned"
        reason = (
            "You are banned from the chatroom for good by host (spam); host can let you back in."
        )
        assert told(known(meet, server, "eve"), "bye")["reason"] == reason
        assert host.ask(type="door", locked=True)["type"] == "ok"
    with serve() as server:
        assert told(known(meet, server, "eve"), "bye")["reason"] == reason
        assert told(known(meet, server, "eve2"), "error")["code"] == "not_admitted"
        with RawPeer(server.host, server.port) as tutorial:
            tutorial.say("eve3")
            assert b"The door is locked" in tutorial.rest()
        host = known(meet, server, "host")
        assert host.ask(type="door", locked=False)["type"] == "ok"
        assert host.ask(type="unban", who="eve")["type"] == "ok"
        eve = known(meet, server, "eve")
        assert eve.ask(type="join", room="kitchen")["type"] == "room"


def test_whoever_logs_in_as_somebody_banned_is_put_out(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        host = known(meet, server, "host")
        host.next("welcome")  # the first from the server's own machine runs it
        eve = known(meet, server, "eve")
        password = "four words of mine"
        assert eve.ask(type="register", password=password)["person"]["kind"] == "member"
        assert host.ask(type="ban", who="eve")["type"] == "ok"
        other = meet(server, "somebody", room=None)
        other.tell(type="login", name="eve", password=password)
        assert told(other, "bye")["code"] == "banned"
        assert host.ask(type="members", room="lobby")["type"] == "members", "the server is well"
