"""Who may read and post over HTTP, where not everybody is let in (docs/protocol.md, section 9)."""

import time

import pytest

from hubbub.chat.access import Access
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.server.conftest import Serve
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask

MESSAGES = "/api/rooms/lobby/messages"
READING = ("/api/rooms", MESSAGES, "/api/search?query=tea", "/api/search?query=tea&room=lobby")
CLIENT = "198.51.100.7"


def known(server: LocalServer, name: str) -> EventPeer:
    """Have somebody come who is known by a device."""
    peer = EventPeer(server, name, room=None)
    peer.ask(type="identify", device=f"the-device-of-somebody-called-{name}")
    return peer


@pytest.mark.parametrize(
    "access",
    [Access(enter="members"), Access(enter="invitation"), Access(passing=False)],
    ids=["members", "invitation", "nobody passing"],
)
def test_whoever_would_not_be_let_in_reads_nothing_over_http_either(access: Access) -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0"), access=access)
    with serving(config) as server, known(server, "olga") as olga:
        olga.ask(type="join", room="lobby")
        olga.ask(type="say", room="lobby", text="tea is ready")
        token = olga.ask(type="token", name="ci", scopes=["read"])["token"]
        for path in READING:
            refused = ask(server, path, X_Forwarded_For=CLIENT)
            assert refused.refusal == (403, "not_admitted")
            bearer = f"Bearer {token}"
            assert ask(server, path, X_Forwarded_For=CLIENT, Authorization=bearer).status == 200
            assert ask(server, path).status == 200  # programs of this machine


def test_whoever_the_door_keeps_out_reads_nothing_over_http_either(serve: Serve) -> None:
    with serve() as server, known(server, "olga") as olga:
        assert ask(server, MESSAGES, X_Forwarded_For=CLIENT).status == 200
        olga.ask(type="door", locked=True)
        for path in READING:
            assert ask(server, path, X_Forwarded_For=CLIENT).refusal == (403, "not_admitted")


def test_an_address_that_is_banned_reads_nothing_over_http(serve: Serve) -> None:
    with serve() as server, known(server, "olga") as olga:
        olga.ask(type="join", room="lobby")
        olga.ask(type="say", room="lobby", text="tea is ready")
        olga.ask(type="ban", room="lobby", who=CLIENT)
        assert ask(server, MESSAGES, X_Forwarded_For=CLIENT).refusal == (403, "banned")
        refused = ask(server, f"{READING[2]}&room=lobby", X_Forwarded_For=CLIENT)
        assert refused.refusal == (403, "banned")
        while not ask(server, READING[2]).json["messages"]:
            time.sleep(0.01)  # found within a second of its commit
        assert not ask(server, READING[2], X_Forwarded_For=CLIENT).json["messages"]
        olga.ask(type="ban", who=CLIENT)
        for path in READING:
            assert ask(server, path, X_Forwarded_For=CLIENT).refusal == (403, "banned")
