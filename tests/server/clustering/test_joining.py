"""What keeps a server from being a node, and what a node says of itself."""

import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import msgspec
import pytest
from bench.ports import free_port

from hubbub.chat.errors import ConfigError, LogError
from hubbub.log.jetstream import link
from hubbub.server import clustering
from hubbub.server.config import (
    ClusterSection,
    Config,
    LogSection,
    RelaySection,
    check_cluster,
    load_config,
)
from hubbub.testing import serving
from tests.cli.commands import PATIENCE_SECONDS, hubbub, refused
from tests.log.nats_servers import servers
from tests.server.clustering.nodes import config_of, nodes
from tests.server.event_peer import EventPeer


def why(config: Config) -> str:
    """Return why a server does not start."""
    with pytest.raises((ConfigError, LogError)) as raised, serving(config):
        pass
    return str(raised.value)


def test_without_the_client_of_nats_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = ("nats", "hubbub.log.jetstream", "hubbub.server.clustering.")
    for name in [name for name in sys.modules if name.startswith(imported)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(clustering, "node", raising=False)
    monkeypatch.setitem(sys.modules, "nats", None)
    assert "pip install '.[cluster]'" in why(config_of(tmp_path, ["nats://n1:4222"], "s"))


def test_servers_that_cannot_be_reached_are_named_without_their_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "OPEN_SECONDS", 0.3)
    port = free_port()
    told = why(config_of(tmp_path, [f"nats://ann:secret@127.0.0.1:{port}"], "s"))
    assert f"None of the NATS servers can be used (127.0.0.1:{port})" in told
    assert "secret" not in told


def test_a_command_that_cannot_be_a_node_says_why_in_a_sentence(tmp_path: Path) -> None:
    told = refused("serve", "--data", str(tmp_path), "--cluster", "nats://n1:4222,n2:4222")
    assert told.count("\n") == 1
    assert "'n2:4222' is no address of a NATS server" in told


@pytest.mark.parametrize("address", ["127.0.0.1:4222", "http://n1", "nats://", "nats://n1:x"])
def test_what_is_no_address_of_a_nats_server_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=r"no address of a NATS server. Give one such as nats://"):
        check_cluster(Config(cluster=ClusterSection(servers=(address,))))


def test_settings_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    servers = ("nats://n1:4222",)
    relay = Config(cluster=ClusterSection(servers=servers), relay=RelaySection(of="x:1"))
    for config, said in (
        (relay, "either a node of a cluster or a relay"),
        (Config(cluster=ClusterSection(servers=servers, replicas=2)), "must be 1, 3 or 5"),
        (Config(cluster=ClusterSection(servers=servers, credentials="/none")), "no file /none"),
    ):
        with pytest.raises(ConfigError, match=said):
            check_cluster(config)
    file = tmp_path / "hubbub.toml"
    file.write_text('[cluster]\nstream = "a.b"\n')
    with pytest.raises(ConfigError, match="stream"):
        load_config(file)


def test_a_folder_of_another_chatroom_is_refused(tmp_path: Path, nats: str, stream: str) -> None:
    with nodes(tmp_path, nats, stream, 1) as (one,), EventPeer(one, "ann") as ann:
        ann.say_and_wait("hello")
    other = config_of(tmp_path / "n1", [nats], f"{stream}-2")
    assert "holds another log than the stream" in why(other)


def test_a_log_of_this_machine_is_no_node_of_a_stream(
    tmp_path: Path, nats: str, stream: str
) -> None:
    alone = config_of(tmp_path / "n1", [], stream)
    with serving(alone) as one, EventPeer(one, "ann") as ann:
        ann.say_and_wait("hello")
    assert "holds another log than the stream" in why(config_of(tmp_path / "n1", [nats], stream))


def test_that_power_cuts_are_survived_must_be_known(tmp_path: Path, stream: str) -> None:
    with servers(tmp_path) as (lazy,):
        config = config_of(tmp_path / "n1", [lazy.address], stream)
        config = msgspec.structs.replace(config, log=LogSection(durability="power"))
        assert "is not known" in why(config)
        asked = msgspec.structs.replace(config.cluster, monitors=(lazy.monitor,))
        asking = msgspec.structs.replace(config, cluster=asked)
        assert "n0 syncs now and then" in why(asking)
        stated = msgspec.structs.replace(config.cluster, syncs_always=True)
        with serving(msgspec.structs.replace(config, cluster=stated)):
            pass


def test_a_node_says_which_it_is_and_when_it_is_cut_off(tmp_path: Path, stream: str) -> None:
    with servers(tmp_path) as (server,), ExitStack() as stack:
        (one,) = stack.enter_context(nodes(tmp_path, server.address, stream, 1))
        ready = f"http://{one.address}/readyz"
        metrics = f"http://{one.address}/metrics"
        assert urlopen(ready, timeout=30).read() == b"ok\n"
        assert b'hubbub_node_behind{node="n1"} 0.0' in urlopen(metrics, timeout=30).read()
        folder = str(tmp_path / "n1")
        status = json.loads(hubbub("admin", "status", "--data", folder, "--json").stdout)
        assert (status["node"], status["behind"], status.get("complaints")) == ("n1", 0, None)
        ann = stack.enter_context(EventPeer(one, "ann", room=None))
        assert ann.ask(type="identify", device="d" * 32)["person"]
        ann.ask(type="join", room="lobby")
        ann.say_and_wait("hello")
        server.hang()
        answer = ann.ask(type="say", room="lobby", text="into the void")
        assert (answer["type"], answer["code"]) == ("error", "log_unavailable")
        told = hubbub("admin", "status", "--data", folder).stdout
        assert "node: n1, 0 messages behind the stream" in told
        assert "people: 1 at all nodes; sessions here: 1; connections" in told
        assert "Nothing can be posted at this node, 'n1': The NATS servers cannot be heard" in told
        assert ann.ask(type="history", room="lobby", limit=1)["messages"][0]["text"] == "hello"
        server.go_on()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while ann.ask(type="say", room="lobby", text="back")["type"] == "error":
            assert time.monotonic() < deadline
            time.sleep(0.1)
