"""Metrics as Prometheus reads them."""

from prometheus_client.parser import text_string_to_metric_families

from hubbub.testing import LocalServer
from tests.server.conftest import Connect, Meet
from tests.server.http.asking import ask
from tests.server.websocket_peer import WebSocketPeer


def figures(server: LocalServer) -> dict[str, float]:
    """Return the samples by name, with a label's value behind it."""
    text = ask(server, "/metrics").body.decode()
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_move_with_the_chat(
    hubbub_server: LocalServer, meet: Meet, connect: Connect
) -> None:
    before = figures(hubbub_server)
    assert before["hubbub_sessions/event"] == before["hubbub_events_total"] == 0
    ann = meet(hubbub_server, "ann")
    bob = connect(hubbub_server, "bob")
    with WebSocketPeer(hubbub_server, "web") as web:
        ann.say_and_wait("one")
        ann.say_and_wait("two")
        assert [bob.pair()[1], bob.pair()[1]] == ["one", "two"]
        web.messages(2)
        after = figures(hubbub_server)
    for kind in ("event", "classic", "websocket"):
        assert after[f"hubbub_sessions/{kind}"] == 1
    assert after["hubbub_events_total"] == 2
    assert after["hubbub_commits_total"] == 2
    assert after["hubbub_writes_total"] == 6
    assert after["hubbub_commit_seconds_total"] >= 0
    assert (after["hubbub_rooms"], after["hubbub_last_seq"]) == (1, 2)
    assert after["hubbub_lagging_memberships"] == 0
    assert after["process_resident_memory_bytes"] > 0


def test_metrics_show_how_the_log_is_read(hubbub_server: LocalServer, meet: Meet) -> None:
    ann = meet(hubbub_server, "ann")
    before = figures(hubbub_server)
    ann.ask(type="history", room="lobby")
    ann.ask(type="search", query="hello")
    after = figures(hubbub_server)
    for lane in ("pages", "searches"):
        assert after[f"hubbub_reads_total/{lane}"] == before[f"hubbub_reads_total/{lane}"] + 1
        taken = after[f"hubbub_read_seconds_total/{lane}"]
        assert taken > before[f"hubbub_read_seconds_total/{lane}"]
        assert after[f"hubbub_reads_waiting/{lane}"] == 0
        assert after[f"hubbub_reads_waiting_seconds/{lane}"] == 0


def test_metrics_show_for_whom_there_was_work(hubbub_server: LocalServer, meet: Meet) -> None:
    ann = meet(hubbub_server, "ann")
    before = figures(hubbub_server)
    for _ in range(100):
        ann.tell(type="typing", room="lobby")
    ann.say_and_wait("done")
    after = figures(hubbub_server)
    members, strangers = "hubbub_work_units_total/members", "hubbub_work_units_total/strangers"
    assert after[members] - before[members] > 100
    assert after[strangers] - before[strangers] > 0, "the request for the figures"
    assert after["hubbub_work_pauses_total"] == before["hubbub_work_pauses_total"] == 0
