"""What is decided or said at one node holds at all others: codes, slow mode, rooms over IRC."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hubbub.testing import LocalServer
from tests.interop.raw import PATIENCE_SECONDS, POLL_SECONDS
from tests.irc.irc_client import IrcClient
from tests.server.clustering.nodes import nodes, wait_to_see
from tests.server.event_peer import EventPeer

OF_ANN = "device-of-ann-and-of-nobody-else"
OF_PHONE = "device-of-anns-phone-and-of-no-other"


def known(stack: ExitStack, node: LocalServer, name: str, device: str) -> EventPeer:
    """Return somebody whom the chatroom knows by a device, in the lobby."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        peer = stack.enter_context(EventPeer(node, name, room=None))
        if "person" in peer.ask(type="identify", device=device):
            peer.ask(type="join", room="lobby")
            return peer
        # It has not read yet who has the device: it says that the name is taken, and hangs up.
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)


def test_a_code_that_is_made_at_one_node_works_once_at_another(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream, 3) as (first, second, third), ExitStack() as stack:
        ann = known(stack, first, "ann", OF_ANN)
        phone = stack.enter_context(EventPeer(second, "phone"))
        eve = stack.enter_context(EventPeer(third, "eve"))
        for one in (phone, eve):
            wait_to_see(one, "ann", "eve", "phone")
        code = ann.ask(type="code")["code"]
        phone.tell(type="link", code=code, device=OF_PHONE, label="phone", ref="l")
        assert ann.next("linking")["name"] == "phone"
        refused = eve.ask(type="link", code=code, device="e" * 22)
        assert refused["code"] == "wrong_code"
        assert ann.ask(type="confirm", code=code)["type"] == "ok"
        assert phone.next("welcome", ref="l")["name"] == "ann"
        refused = eve.ask(type="link", code=code, device="e" * 22)
        assert refused["code"] == "wrong_code"
        again = known(stack, third, "x", OF_PHONE)
        assert again.ask(type="members", room="lobby")["members"][0]["name"] in {"ann", "eve"}
        wait_to_see(eve, "ann", "eve")


def test_slow_mode_holds_for_somebody_at_whichever_node_they_write(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        ann = known(stack, first, "ann", OF_ANN)
        ann.ask(type="join", room="den")
        assert ann.ask(type="rules", room="den", slow_seconds=600)["type"] in {"ok", "rules"}
        bob = known(stack, first, "bob", "bob" * 10)
        again = known(stack, second, "bob", "bob" * 10)
        for one in (bob, again):
            one.ask(type="join", room="den")
        bob.say_and_wait("one", room="den")
        again.next("message", room="den")
        refused = again.ask(type="say", room="den", text="two")
        assert refused["code"] == "slow_mode"


def test_whoever_is_at_two_nodes_is_away_for_all_as_they_said_last(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        ann = known(stack, first, "ann", OF_ANN)
        again = known(stack, second, "ann", OF_ANN)
        bob, cat = (
            stack.enter_context(EventPeer(node, name))
            for node, name in ((first, "bob"), (second, "cat"))
        )
        for one in (bob, cat):
            wait_to_see(one, "ann", "bob", "cat")
        ann.tell(type="away", text="lunch")
        for one in (bob, cat, again):
            told = one.next("away")
            assert (told["name"], told["on"], told["text"]) == ("ann", True, "lunch")
        again.tell(type="back")
        for one in (bob, cat, ann):
            assert one.next("away", on=False)["name"] == "ann"


def test_a_room_that_somebody_in_passing_looks_after_is_looked_after_at_all_nodes(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        ann = IrcClient.named(first.address, "ann", rooms="#den")
        stack.callback(ann.close)
        bob, eve = (IrcClient.named(second.address, name) for name in ("bob", "eve"))
        for one in (bob, eve):
            stack.callback(one.close)
        ann.ask("MODE #den +i")
        ann.said("MODE", "#den", "+i")

        def is_kept_out() -> bool:
            eve.ask("JOIN #den")
            is_out = eve.until_any("473", "366").command == "473"
            if not is_out:
                eve.ask("PART #den")
            return is_out

        until(is_kept_out)
        ann.ask("INVITE bob #den")
        bob.said("INVITE")
        bob.ask("JOIN #den")
        bob.until("366")
        ann.until("JOIN", "#den")
        ann.ask("MODE #den +o bob")
        bob.said("MODE", "#den", "+o", "bob")
        bob.ask("MODE #den -i")
        assert ann.said("MODE", "#den", "-i").source.startswith("bob!")
        eve.ask("JOIN #den")
        eve.until("366")
