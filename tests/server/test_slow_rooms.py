"""Slow mode holds over a restart: the log tells who wrote lately."""

from tests.server.conftest import Meet, Serve
from tests.server.test_moderation import known


def test_a_restart_spares_nobody_the_wait(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        host = known(meet, server, "host")
        host.ask(type="join", room="lobby")
        assert host.ask(type="rules", room="lobby", slow_seconds=21_600)["type"] == "ok"
        eve = known(meet, server, "eve")
        eve.ask(type="join", room="lobby")
        pat = meet(server, "pat", room=None)
        pat.ask(type="join", room="lobby")
        for peer in (eve, pat):
            assert peer.ask(type="say", room="lobby", text="once", nonce="1")["type"] == "ok"
        for number in range(300):
            host.say_and_wait(f"a moderator may write often: {number}")
    with serve() as server:
        eve = known(meet, server, "eve")
        eve.ask(type="join", room="lobby")
        pat = meet(server, "pat", room=None)
        pat.ask(type="join", room="lobby")
        for peer in (eve, pat):
            refused = peer.ask(type="say", room="lobby", text="again")
            assert (refused["type"], refused["code"]) == ("error", "slow_mode")
            assert 0 < refused["retry_after"] <= 21_600
        repeated = eve.ask(type="say", room="lobby", text="once", nonce="1")
        assert repeated["type"] == "ok", "what is repeated need not wait"
        host = known(meet, server, "host")
        host.ask(type="join", room="lobby")
        assert host.ask(type="say", room="lobby", text="at once")["type"] == "ok"
