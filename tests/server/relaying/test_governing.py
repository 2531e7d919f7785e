"""What whoever looks after a relay is told of it: that it is one, how it does, and since when."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from hubbub import __version__
from tests.cli.commands import told
from tests.faults.serving import ServerProcess
from tests.server.control.asking import ask
from tests.server.event_peer import EventPeer
from tests.server.relaying.nodes import Nodes, at, await_linked

SECONDS = 30


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """An origin and two relays that are linked to it."""
    with ExitStack() as stack:
        yield Nodes(tmp_path, stack)


def got(server: ServerProcess, path: str) -> tuple[int, str]:
    """Return status and body of what is at a path."""
    try:
        with urlopen(f"http://{server.host}:{server.port}{path}", timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_a_relay_says_what_it_is_and_its_origin_lists_it(nodes: Nodes) -> None:
    relay, started = nodes.relays[0], time.time() * 1000
    with EventPeer(at(relay), "ann") as ann, EventPeer(at(relay), "bob"):
        seq = ann.say_and_wait("soup")
        nodes.await_copied()
        status = nodes.status("relay0")
        own = status["relay"]
        assert own["linked"]
        assert own["of"] == f"127.0.0.1:{nodes.origin.port}"
        assert own["version"] == __version__
        assert own["connections"] == status["connections"] == 2
        assert own["last"] == seq
        assert started - 60_000 < own["since"] <= status["at"]
        found = {one["address"]: one for one in nodes.status("origin")["relays"]}
        assert set(found) == {f"127.0.0.1:{relay.port}" for relay in nodes.relays}
        listed = found[f"127.0.0.1:{relay.port}"]
        assert (listed["linked"], listed["behind"]) == (True, 0)
        code, figures = got(nodes.origin, "/metrics")
        assert code == 200
        wanted = f'hubbub_linked_relay_behind_bytes{{relay="127.0.0.1:{relay.port}"}} 0.0'
        assert wanted in figures
        assert "hubbub_relay_linked" not in figures, "the origin is none"


def test_what_is_the_origin_s_is_refused_at_a_relay_with_its_address(nodes: Nodes) -> None:
    refused = ask(nodes.folder / "relay0", type="people", ref="1")
    assert refused["type"] == "error"
    assert f"127.0.0.1:{nodes.origin.port}" in refused["message"]


def test_figures_and_checks_at_a_relay_are_its_own(nodes: Nodes) -> None:
    relay = nodes.relays[0]
    nodes.await_copied()
    code, figures = got(relay, "/metrics")
    assert code == 200
    assert "hubbub_relay_linked 1.0" in figures
    assert "hubbub_rooms" not in figures, "these are the origin's"
    for path in ("/readyz", "/healthz"):
        code, said = got(relay, path)
        assert code == 200
        assert said.startswith(f"ok\nThis is a relay of 127.0.0.1:{nodes.origin.port}, linked")
        assert got(nodes.origin, path) == (200, "ok\n")


def test_a_relay_that_is_alone_says_so_and_since_when(nodes: Nodes) -> None:
    relay = nodes.relays[0]
    nodes.await_copied()
    linked_since = nodes.status("relay0")["relay"]["since"]
    nodes.origin.kill()
    await_linked(relay, linked=False)
    with EventPeer(at(relay), "ann"):
        own = nodes.status("relay0")["relay"]
        assert not own["linked"]
        assert own["since"] > linked_since
        assert own["connections"] >= 1
        code, said = got(relay, "/readyz")
        assert code == 503
        assert "cannot reach its server" in said
        code, said = got(relay, "/healthz")
        assert code == 200
        assert ", alone since" in said
        _, figures = got(relay, "/metrics")
        assert "hubbub_relay_linked 0.0" in figures
        assert 'hubbub_sessions{kind="event"} 1.0' in figures


def test_the_command_says_it_in_words(nodes: Nodes) -> None:
    nodes.await_copied()
    said = told("admin", "status", "--data", str(nodes.folder / "relay0"))
    assert f"relay of 127.0.0.1:{nodes.origin.port}, linked to it since" in said
    assert "copy of the log: up to event" in said
    assert "people" not in said, "a relay does not know"
    assert "relay 127.0.0.1:" in told("admin", "status", "--data", str(nodes.folder / "origin"))
