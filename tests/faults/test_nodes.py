"""Three nodes in processes of their own: one order for everybody, whichever node is killed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hubbub.testing import LocalServer
from tests.faults.serving import ServerProcess
from tests.interop.raw import RawPeer
from tests.interop.terminal import Terminal, program, shows
from tests.irc.irc_client import IrcClient
from tests.log.nats_servers import servers
from tests.server.event_peer import JSON, EventPeer

CONFIG = """
[cluster]
servers = ["{address}"]
name = "n{number}"

[limits]
messages_per_second = 0
shutdown_seconds = 1
"""
ROUNDS = 20


@contextmanager
def running(
    folder: Path, count: int, program: str = "hubbub.cli", **environment: str
) -> Iterator[list[ServerProcess]]:
    """Run so many nodes, which have one NATS server."""
    with servers(folder) as (nats,), ExitStack() as stack:
        yield [
            stack.enter_context(
                ServerProcess(
                    folder / f"n{number}",
                    CONFIG.format(address=nats.address, number=number),
                    environment,
                    program=program,
                )
            )
            for number in range(1, count + 1)
        ]


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[ServerProcess]]:
    with running(tmp_path, 3) as started:
        yield started


def entered(stack: ExitStack, node: ServerProcess, name: str, **how: str | None) -> EventPeer:
    """Return somebody who speaks events, at a node."""
    return stack.enter_context(EventPeer(LocalServer(node.host, node.port), name, **how))


def texts(peer: EventPeer, count: int) -> list[JSON]:
    """Return what somebody hears of the next messages."""
    kept = ("seq", "prev", "from", "text", "at")
    return [{key: one[key] for key in kept} for one in peer.messages(count)]


def test_clients_of_all_kinds_at_three_nodes_see_one_order_and_bear_that_one_is_killed(
    nodes: list[ServerProcess],
) -> None:
    first, second, third = nodes
    with ExitStack() as stack:
        tutorial = stack.enter_context(RawPeer(first.host, first.port, "tutorial"))
        listeners = [
            entered(stack, one, f"listener{number}") for number, one in enumerate((second, third))
        ]
        irc = IrcClient.named(f"{third.host}:{third.port}", "irc", rooms="#lobby")
        stack.callback(irc.close)
        speaker = entered(stack, second, "speaker")
        for number in range(ROUNDS):
            tutorial.say(f"tutorial {number}")
            speaker.tell(type="say", room="lobby", text=f"speaker {number}", nonce=f"s{number}")
            irc.ask(f"PRIVMSG #lobby :irc {number}")
        heard = [texts(one, 3 * ROUNDS) for one in listeners]
        assert heard[0] == heard[1]
        for who in ("tutorial", "speaker", "irc"):
            said = [one["text"] for one in heard[0] if one["from"] == who]
            assert said == [f"{who} {number}" for number in range(ROUNDS)]
        others = [(one["from"], one["text"]) for one in heard[0] if one["from"] != "tutorial"]
        assert [tutorial.pair() for _ in others] == others

        for number in range(ROUNDS):
            speaker.tell(type="say", room="lobby", text=f"more {number}", nonce=f"m{number}")
        second.kill()
        again = entered(stack, third, "speaker", room=None)
        assert again.welcome["held"]
        assert again.ask(type="resume", session=speaker.welcome["session"])["type"] == "ok"
        again.ask(type="join", room="lobby")
        seqs = [again.say_and_wait(f"more {n}", nonce=f"m{n}") for n in range(ROUNDS)]
        assert seqs == sorted(set(seqs))
        more = texts(listeners[1], ROUNDS)
        assert [one["seq"] for one in more] == seqs
        assert [one["text"] for one in more] == [f"more {n}" for n in range(ROUNDS)]

        second.start()
        back = entered(stack, second, "back", room=None)
        back.ask(type="join", room="lobby", after=heard[0][-1]["seq"])
        assert texts(back, ROUNDS) == more


def test_the_tutorials_own_clients_chat_at_whatever_node_each_of_them_is(
    nodes: list[ServerProcess],
) -> None:
    kinds = {"ann": "polling_client", "bob": "threaded_client", "cid": "polling_client"}
    with ExitStack() as stack:
        seats: dict[str, Terminal] = {}
        for (name, kind), node in zip(kinds.items(), nodes, strict=True):
            command = program(kind, node.host, str(node.port), name)
            seats[name] = stack.enter_context(Terminal(command))
        witness = stack.enter_context(RawPeer(nodes[0].host, nodes[0].port, "witness"))
        witness.wait_for(*kinds)
        said = [(name, f"Grüße {number} 👋") for number in range(ROUNDS) for name in kinds]
        for name, text in said:
            seats[name].type(text)
            assert witness.pair() == (name, text)
        for name, seat in seats.items():
            heard = shows(*(f"{sender} > {text}\n" for sender, text in said if sender != name))
            if kinds[name] == "polling_client":
                seat.press_enter_until(heard)
            else:
                last = next(one for one in reversed(said) if one[0] != name)
                seat.expect("{} > {}\n".format(*last))
                assert heard(seat.screen)
