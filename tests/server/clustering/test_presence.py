"""Rooms list people at all nodes, whose names are theirs alone, and what is done reaches them."""

import time
from contextlib import ExitStack
from pathlib import Path

from tests.interop.raw import PATIENCE_SECONDS, POLL_SECONDS, RawPeer
from tests.irc.irc_client import IrcClient
from tests.log.nats_servers import servers
from tests.server.clustering.nodes import nodes, wait_to_see
from tests.server.event_peer import EventPeer


def test_members_at_all_nodes_see_who_comes_goes_and_types(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream, 3) as running, ExitStack() as stack:
        ann, bob = (stack.enter_context(EventPeer(running[one], f"p{one}")) for one in (0, 1))
        classic = stack.enter_context(RawPeer(running[2].host, running[2].port, "tutorial"))
        classic.wait_for("p0", "p1", "tutorial")
        for one in (ann, bob):
            wait_to_see(one, "p0", "p1", "tutorial")
        bob.tell(type="typing", room="lobby")
        assert ann.next("typing")["name"] == "p1"
        classic.leave()
        assert ann.next("presence", state="left")["name"] == "tutorial"
        wait_to_see(bob, "p0", "p1")
        late = stack.enter_context(EventPeer(running[2], "late"))
        wait_to_see(late, "late", "p0", "p1")


def test_a_node_that_starts_later_hears_who_is_at_the_others(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream, 1) as (first,), EventPeer(first, "ann") as ann:
        with (
            nodes(tmp_path / "more", nats, stream, 1) as (second,),
            EventPeer(second, "bob") as bob,
        ):
            assert ann.next("presence", state="joined")["name"] == "bob"
            wait_to_see(bob, "ann", "bob")
        assert ann.next("presence", state="left")["name"] == "bob"


def test_talks_of_two_and_resuming_work_across_nodes(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        ann = stack.enter_context(EventPeer(first, "ann"))
        bob = stack.enter_context(EventPeer(second, "bob"))
        ann.next("presence", name="bob")
        room = ann.ask(type="direct", name="bob")["room"]
        ann.say_and_wait("psst", room=room)
        assert bob.next("message", room=room)["text"] == "psst"
        again = stack.enter_context(EventPeer(second, "ann", room=None))
        assert again.welcome["held"]
        assert again.ask(type="resume", session=ann.welcome["session"])["type"] == "ok"
        assert ann.next("bye")["code"] == "resumed"
        again.ask(type="join", room="lobby")
        wait_to_see(bob, "ann", "bob")


def test_what_people_say_of_themselves_over_irc_is_told_at_other_nodes(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        caps = "draft/metadata-2 batch setname"
        foo = IrcClient.named(first.address, "foo", caps=caps, rooms="#x")
        stack.callback(foo.close)
        bar = IrcClient.named(second.address, "bar", caps=caps, rooms="#x")
        stack.callback(bar.close)
        foo.until("JOIN", "#x")
        bar.ask("METADATA * SUB url")
        foo.ask("METADATA * SET url :https://x.example")
        assert bar.said("METADATA").params == ("foo", "url", "*", "https://x.example")
        foo.ask("SETNAME :Foo The First")
        assert bar.said("SETNAME").params == ("Foo The First",)


def people_seen(peer: EventPeer) -> list[str]:
    """Return the ids of those in the lobby who are known."""
    told = peer.ask(type="members", room="lobby")["members"]
    return [one["person"] for one in told if "person" in one]


def test_whoever_becomes_known_while_others_see_them_is_known_at_all_nodes(
    tmp_path: Path, nats: str, stream: str
) -> None:
    device = "device-of-ann-and-of-nobody-else"
    with nodes(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        bob = stack.enter_context(EventPeer(second, "bob"))
        ann = stack.enter_context(EventPeer(first, "ann"))
        wait_to_see(bob, "ann", "bob")
        id_ = ann.ask(type="identify", device=device)["person"]["id"]
        ann.ask(type="join", room="lobby")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while id_ not in (seen := people_seen(bob)):
            assert time.monotonic() < deadline, seen
            time.sleep(POLL_SECONDS)
        again = stack.enter_context(EventPeer(second, "ann", room=None))
        assert again.ask(type="identify", device=device)["person"]["id"] == id_
        wait_to_see(bob, "ann", "bob")


def test_a_node_tells_of_all_its_people_whatever_they_say_of_themselves(
    tmp_path: Path, stream: str
) -> None:
    with ExitStack() as stack:
        (nats,) = stack.enter_context(servers(tmp_path, most_bytes=4096))
        (first,) = stack.enter_context(nodes(tmp_path / "a", nats.address, stream, 1))
        names = [f"p{number}" for number in range(6)]
        for name in names:
            one = IrcClient.named(
                first.address, name, caps="draft/metadata-2 batch", rooms="#lobby"
            )
            stack.callback(one.close)
            for key in ("a", "b", "c"):
                one.ask(f"METADATA * SET {key} :{'x' * 300}")
                one.until("761")
        (second,) = stack.enter_context(nodes(tmp_path / "b", nats.address, stream, 1))
        late = stack.enter_context(EventPeer(second, "late"))
        wait_to_see(late, "late", *names)
