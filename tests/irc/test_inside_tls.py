"""IRC inside TLS on the same port, and what those are told who may not speak without it."""

import pytest

from tests.irc.irc_client import IrcClient
from tests.server.tls.peers import protected
from tests.tls.pairs import Pair, pair_in


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


def test_irc_is_spoken_inside_tls_as_well(pair: Pair) -> None:
    with protected(pair) as server:
        ann = IrcClient(server.address, "NICK ann", "USER a 0 * :a", context=pair.client)
        assert ann.said("001").params[0] == "ann"
        bob = IrcClient.named(server.address, "bob", rooms="#lobby")
        ann.ask("JOIN #lobby", "PRIVMSG #lobby :from inside")
        assert bob.said("PRIVMSG").params == ("#lobby", "from inside")


def test_whoever_must_use_tls_is_told_so_in_irc(pair: Pair) -> None:
    with protected(pair, plaintext="forbidden") as server:
        ann = IrcClient(server.address, "NICK ann", "USER a 0 * :a")
        assert ann.said("ERROR").params[0].startswith("This chatroom speaks only TLS")
