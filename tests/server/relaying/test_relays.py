"""An origin and two relays, as real processes: members anywhere are in one chatroom."""

import asyncio
import itertools
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.serving import ServerProcess
from tests.faults.sessions import whole_log
from tests.faults.test_killed import assert_nothing_lost, five_kills
from tests.interop.raw import RawPeer
from tests.server.event_peer import EventPeer
from tests.server.files.sharing import until
from tests.server.relaying.nodes import SECRET, Nodes, at, await_linked, first_event, relay_of
from tests.server.websocket_peer import WebSocketPeer


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """An origin and two relays that are linked to it."""
    with ExitStack() as stack:
        yield Nodes(tmp_path, stack)


def test_members_of_every_kind_at_any_node_are_in_one_room(nodes: Nodes) -> None:
    """`All members of a room receive its events in the same order.`"""
    with ExitStack() as stack:
        everywhere = [at(node) for node in (nodes.origin, *nodes.relays)]
        classic = [
            stack.enter_context(RawPeer(node.host, node.port, f"classic{number}"))
            for number, node in enumerate(everywhere)
        ]
        events: list[EventPeer] = []
        for number, node in enumerate(everywhere):
            events.append(stack.enter_context(EventPeer(node, f"event{number}")))
            events.append(stack.enter_context(WebSocketPeer(node, f"web{number}")))
        assert classic[1].who().startswith("9 in lobby")
        for number in range(30):
            for peer in events:
                peer.tell(type="say", room="lobby", text=f"{peer.welcome['name']} {number}")
        heard = [[peer.next("message")["text"] for _ in range(180)] for peer in events]
        heard += [[member.pair()[1] for _ in range(180)] for member in classic]
        assert all(one == heard[0] for one in heard)
        assert len(set(heard[0])) == 180


def test_relays_that_are_killed_under_load_lose_repeat_and_reorder_nothing(nodes: Nodes) -> None:
    victims = itertools.cycle(nodes.relays)

    def kill() -> None:
        victim = next(victims)
        victim.kill()
        victim.start()
        await_linked(victim)

    assert_nothing_lost(*asyncio.run(five_kills(nodes, kill, ("log_unavailable",))))


def test_an_origin_that_is_killed_under_load_loses_nothing_at_a_relay(nodes: Nodes) -> None:
    relay = nodes.relays[0]

    def kill() -> None:
        nodes.origin.kill()
        nodes.origin.start()
        await_linked(relay)

    assert_nothing_lost(*asyncio.run(five_kills(relay, kill, ("log_unavailable",))))


def test_a_relay_without_its_origin_says_so_and_keeps_readers_reading(nodes: Nodes) -> None:
    relay = nodes.relays[0]
    with EventPeer(at(relay), "ann") as ann:
        said = [ann.say_and_wait(f"soup {number}", nonce=f"n{number}") for number in range(20)]
    log = asyncio.run(whole_log(nodes.origin))
    nodes.await_copied()
    nodes.origin.kill()
    await_linked(relay, linked=False)
    assert asyncio.run(whole_log(relay)) == log, "with the same seqs"
    assert "cannot reach its server" in first_event(relay)["text"]
    with EventPeer(at(relay), "bob") as bob:
        found = bob.ask(type="search", query="soup", room="lobby")
        assert [one["seq"] for one in found["messages"]] == said
        refused = bob.ask(type="say", room="lobby", text="is anybody there?", nonce="later")
        assert refused["code"] == "log_unavailable"
        nodes.origin.start()
        assert bob.next("bye")["reason"] == "You are sent back to the chatroom's own server."
    await_linked(relay)
    with EventPeer(at(relay), "bob") as bob, EventPeer(at(nodes.origin), "carl") as carl:
        seq = bob.say_and_wait("is anybody there?", nonce="later")
        assert carl.next("message")["seq"] == seq


def test_what_somebody_saw_is_not_taken_for_lost_by_a_relay_whose_copy_lacks_it(
    nodes: Nodes,
) -> None:
    """A copy may be a moment behind: a room ends where its reader is, or further on."""
    relay = nodes.relays[0]
    with EventPeer(at(relay), "ann") as ann:
        seqs = [ann.say_and_wait(f"soup {number}") for number in range(3)]
        epoch = ann.ask(type="join", room="lobby", after=0, epoch="")["epoch"]
    nodes.await_copied()
    nodes.origin.kill()
    await_linked(relay, linked=False)
    with EventPeer(at(relay), "bob", room=None) as bob:
        later = seqs[-1] + 1000
        for known in ({"epoch": epoch}, {}):
            room = bob.ask(type="join", room="lobby", after=later, **known)
            assert (room["last"], room.get("replaced", False)) == (later, False)
            assert room.get("epoch", epoch) in (epoch, "")
            bob.ask(type="leave", room="lobby")
        refused = bob.ask(type="join", room="lobby", after=later, epoch="of the next start")
        assert refused["code"] == "log_unavailable"
        room = bob.ask(type="join", room="lobby", after=seqs[0], epoch=epoch)
        assert room["last"] == seqs[-1]
        assert [bob.next("message")["seq"] for _ in seqs[1:]] == seqs[1:]
    nodes.origin.start()
    await_linked(relay)
    with EventPeer(at(relay), "bob", room=None) as bob:
        assert bob.ask(type="join", room="lobby", after=later, epoch=epoch)["replaced"]


def test_a_relay_that_was_away_catches_up_by_itself(nodes: Nodes) -> None:
    relay = nodes.relays[0]
    relay.kill()
    with EventPeer(at(nodes.origin), "ann") as ann:
        for number in range(50):
            ann.say_and_wait(f"while it is away {number}")
        seq = ann.say_and_wait("edited later")
        ann.ask(type="edit", room="lobby", seq=seq, text="edited")
        ann.say_and_wait("deleted later")
    nodes.origin.stop()  # what was committed lately is not known to the next one
    assert asyncio.run(nodes.origin.exit_code()) == 0
    nodes.origin.start()
    relay.start()
    await_linked(relay)
    log = asyncio.run(whole_log(nodes.origin))
    nodes.await_copied()
    nodes.origin.kill()
    await_linked(relay, linked=False)
    assert asyncio.run(whole_log(relay)) == log


def test_a_relay_that_may_open_nothing_more_goes_on_when_it_may(nodes: Nodes) -> None:
    relay, journal = nodes.relays[0], nodes.folder / "relay0.stderr"
    _, hard = resource.prlimit(relay.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(relay.pid, resource.RLIMIT_NOFILE, (3, hard))
    nodes.origin.kill()
    until(lambda: "nobody can be served for now" in journal.read_text(), "it wants to be alone")
    nodes.origin.start()
    relay.limit_descriptors()
    await_linked(relay)
    with EventPeer(at(relay), "ann") as ann:
        ann.say_and_wait("still here")


def test_an_origin_that_stands_still_is_lost_within_seconds(nodes: Nodes) -> None:
    os.kill(nodes.origin.pid, signal.SIGSTOP)
    try:
        await_linked(nodes.relays[0], linked=False)
    finally:
        os.kill(nodes.origin.pid, signal.SIGCONT)
    await_linked(nodes.relays[0])


def test_members_of_a_relay_that_is_stopped_hear_so_in_what_they_speak(nodes: Nodes) -> None:
    """And what they said before is there: it is the same as when the server itself is stopped."""
    relay, farewell = nodes.relays[0], "The relay through which you came is shutting down."
    with (
        RawPeer(relay.host, relay.port, "classic") as classic,
        EventPeer(at(relay), "event") as event,
        WebSocketPeer(at(relay), "page") as page,
        EventPeer(at(nodes.relays[1]), "elsewhere") as elsewhere,
    ):
        classic.who()
        for number in range(20):
            event.tell(type="say", room="lobby", text=f"{number}", nonce=f"n{number}")
        assert elsewhere.next("message")["text"] == "0"
        relay.stop()
        assert event.next("bye")["reason"] == farewell
        assert page.next("bye")["reason"] == farewell
        assert farewell in classic.rest().decode()
        assert asyncio.run(relay.exit_code()) == 0
        heard = [elsewhere.next("message")["text"] for _ in range(19)]
        assert heard == [f"{number}" for number in range(1, 20)]
        elsewhere.say_and_wait("still here")


def test_a_relay_that_is_stopped_while_it_is_alone_sends_nobody_back(nodes: Nodes) -> None:
    relay = nodes.relays[0]
    nodes.origin.kill()
    await_linked(relay, linked=False)
    with EventPeer(at(relay), "ann") as ann:
        relay.stop()
        assert ann.next("bye")["reason"] == "The server is shutting down."
    assert asyncio.run(relay.exit_code()) == 0


def test_nobody_is_a_relay_without_the_secret(nodes: Nodes, tmp_path: Path) -> None:
    config = relay_of(nodes.origin.port).replace(SECRET, SECRET[::-1])
    with ServerProcess(tmp_path / "stranger", config) as stranger:
        await_linked(stranger, linked=False)
        with EventPeer(at(stranger), "ann") as ann:
            assert ann.ask(type="say", room="lobby", text="hm")["code"] == "log_unavailable"
        errors = (tmp_path / "stranger.stderr").read_text()
        assert "does not know the secret" in errors


def test_a_relay_of_a_relay_brings_its_members_to_the_origin(nodes: Nodes, tmp_path: Path) -> None:
    config = relay_of(nodes.relays[0].port)
    with ServerProcess(tmp_path / "second", config) as second:
        await_linked(second)
        with EventPeer(at(second), "ann") as ann, EventPeer(at(nodes.relays[1]), "bob") as bob:
            seq = ann.say_and_wait("from far away")
            assert bob.next("message")["seq"] == seq
            ann.next("message")
            bob.say_and_wait("and back")
            assert ann.next("message")["text"] == "and back"


def test_who_is_present_is_the_same_at_every_node(nodes: Nodes) -> None:
    with EventPeer(at(nodes.relays[0]), "ann", room="garden") as ann:
        with EventPeer(at(nodes.relays[1]), "bob", room="garden") as bob:
            assert ann.next("presence")["name"] == "bob"
            assert {one["name"] for one in bob.room["members"]} == {"ann", "bob"}
            with RawPeer(nodes.host, nodes.origin.port, None) as late:
                late.say("ann")
                assert "is taken" in late.pair()[1]
            bob.leave()
        assert ann.next("presence")["state"] == "left"
