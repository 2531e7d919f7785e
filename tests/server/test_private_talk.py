"""Private talk on a real server: it waits for those who are gone, and outlasts the server."""

from tests.server.conftest import Meet, Serve
from tests.server.event_peer import EventPeer


def known(peer: EventPeer, name: str) -> EventPeer:
    """Let a peer be the guest of the device that is called so."""
    answer = peer.ask(type="identify", device=f"the-device-of-{name}-".ljust(30, "x"))
    assert answer["type"] == "welcome", answer
    assert answer["name"] == name
    return peer


def test_what_was_said_to_somebody_away_is_read_on_every_device_after_restarts(
    serve: Serve, meet: Meet
) -> None:
    with serve() as server:
        with EventPeer(server, "bob", room=None) as bob:
            known(bob, "bob")
        ann = known(meet(server, "ann", room=None), "ann")
        room = ann.ask(type="direct", name="bob")["room"]
        assert ann.ask(type="say", room=room, text="are you there?")["type"] == "ok"
    with serve() as server:
        with EventPeer(server, "robert", room=None) as phone:
            unasked = known(phone, "bob").next("room")
            assert (unasked["room"], unasked["direct"]) == (room, ["ann", "bob"])
            assert unasked["last"] > unasked["seen"] == 0
            (message,) = phone.ask(type="history", room=room)["messages"]
            assert message["text"] == "are you there?"
            phone.tell(type="seen", room=room, seq=message["seq"])
            assert phone.ask(type="say", room=room, text="I am now")["type"] == "ok"
        laptop = known(meet(server, "bob", room=None), "bob")
        (listed,) = laptop.ask(type="conversations")["conversations"]
        assert [one["name"] for one in listed["with"]] == ["ann"]
        assert listed["seen"] == listed["last"], "what one said oneself is read"
    with serve() as server:
        unasked = known(meet(server, "ann", room=None), "ann").next("room")
        assert (unasked["room"], unasked["last"]) == (room, listed["last"])


def test_somebody_passing_who_is_gone_is_not_spoken_to(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        ann = known(meet(server, "ann", room=None), "ann")
        bob = EventPeer(server, "bob", room=None)
        room = ann.ask(type="direct", name="bob")["room"]
        assert ann.ask(type="say", room=room, text="hello")["type"] == "ok"
        bob.leave()
        assert ann.ask(type="direct", name="bob")["code"] == "not_here"
        other = meet(server, "bob", room=None)
        answer = ann.ask(type="say", room=room, text="are you there?")
        assert answer["code"] == "not_here"
        assert other.ask(type="history", room=room)["messages"] == []
        assert ann.ask(type="direct", name="bob")["room"] == room
        assert ann.ask(type="say", room=room, text="hello again")["type"] == "ok"
        (message,) = other.ask(type="history", room=room)["messages"]
        assert message["text"] == "hello again"
