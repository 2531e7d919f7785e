"""A flood of bad peers at a real server: its journal stays short, and says who they are."""

import json
import signal
import time
from pathlib import Path

from tests.cli.commands import PATIENCE_SECONDS, end_all
from tests.cli.served import Served
from tests.interop.raw import RawPeer
from tests.server.control.asking import ask
from tests.server.http.asking import ask as get

PEERS = 150
KINDS = {"protocol_error", "unknown_protocol", "wrong_token", "bad_request"}


def bad(served: Served, number: int) -> None:
    """Come and say what no client says."""
    raw = (b"-5        ", b"what\n", b"GET / HTTP/1.1\r\nHost: \x00\r\n\r\n")[number % 3]
    with RawPeer(served.server.host, served.server.port) as peer:
        peer.send(raw)
        peer.rest()
    if number % 10 == 0:
        wrong = get(served.server, "/api/rooms", Authorization=f"Bearer hb_{'x' * 22}")
        assert wrong.status == 401


def test_a_flood_of_bad_peers_is_a_line_a_minute_of_the_journal(tmp_path: Path) -> None:
    began = time.monotonic()
    served = Served(tmp_path, "--data", str(tmp_path))
    for number in range(PEERS):
        bad(served, number)
    assert ask(tmp_path, type="status")["type"] == "status"
    served.process.send_signal(signal.SIGTERM)
    _, raw = served.process.communicate(timeout=PATIENCE_SECONDS)
    minutes = (time.monotonic() - began) / 60
    end_all()
    notes = [json.loads(line) for line in raw.decode().splitlines()]
    about = [note for note in notes if note["event"] == "peers were turned away"]
    assert 1 <= len(about) <= minutes + 2
    assert any(f"127.0.0.1: {kind} (" in note["most"] for kind in KINDS for note in about)
    assert all(note["connection"].startswith("c") for note in about)
    assert len(notes) < 20
