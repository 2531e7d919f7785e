"""SETNAME and bot mode (ircv3.net/specs/extensions/setname, bot-mode)."""

import pytest

from hubbub.testing import LocalServer
from tests.irc.irc_client import IrcClient


def test_another_real_name_is_told_to_those_in_common_rooms_once(server: LocalServer) -> None:
    """servers MUST send the server-to-client version of the SETNAME message to all clients in
    common channels, as well as to the client from which it originated … MUST NOT be sent to
    clients which do not have the setname capability negotiated"""
    foo = IrcClient.named(server.address, "foo", caps="setname", rooms="#x,#y")
    bar = IrcClient.named(server.address, "bar", caps="setname", rooms="#x,#y")
    baz = IrcClient.named(server.address, "baz", rooms="#x")
    far = IrcClient.named(server.address, "far", caps="setname")
    foo.ask("SETNAME :qux the first")
    assert foo.said("SETNAME").params == ("qux the first",)
    assert bar.said("SETNAME") == ("SETNAME", ("qux the first",), "foo!~u@irc.hubbub", {})
    for other in (bar, baz, far):
        assert "SETNAME" not in [line.command for line in other.drain()]


def test_a_real_name_that_is_too_long_is_refused(server: LocalServer) -> None:
    """FAIL SETNAME INVALID_REALNAME"""
    foo = IrcClient.named(server.address, "foo", caps="setname")
    foo.ask(f"SETNAME :{'x' * 200}", "SETNAME")
    assert foo.said("FAIL").params[:2] == ("SETNAME", "INVALID_REALNAME")
    foo.until("461")


def test_a_program_says_to_be_one(server: LocalServer) -> None:
    """BOT … the mode character … When a client is marked as a bot, … RPL_WHOISBOT (335) … the
    `bot` tag"""
    bot = IrcClient.named(server.address, "botnick", rooms="#x")
    user = IrcClient.named(server.address, "user", caps="message-tags", rooms="#x")
    bot.ask("MODE botnick +B")
    assert bot.said("MODE").params == ("botnick", "+B")
    user.ask("WHOIS botnick")
    assert user.said("335").params[:2] == ("user", "botnick")
    bot.ask("PRIVMSG #x :beep", "PRIVMSG user :boop")
    assert all(user.said("PRIVMSG").tags["bot"] == "" for _ in range(2))
    bot.ask("MODE botnick -B", "PRIVMSG #x :beep")
    assert bot.said("MODE").params == ("botnick", "-B")
    assert "bot" not in user.said("PRIVMSG").tags


def test_somebody_invisible_is_seen_in_shared_rooms_alone(server: LocalServer) -> None:
    one = IrcClient.named(server.address, "one", rooms="#xyz")
    two = IrcClient.named(server.address, "two")

    def rooms() -> list[str]:
        two.ask("WHOIS one")
        return [line.params[2] for line in two.until("318") if line.command == "319"]

    assert rooms() == ["@#xyz"]
    one.ask("MODE one +i-B", "MODE one", "WHOIS one")
    assert one.said("MODE").params == ("one", "+i-B")
    assert one.said("221").params == ("one", "+i")
    assert one.said("319").params[2] == "@#xyz"
    assert rooms() == []
    two.ask("JOIN #xyz")
    two.until("366")
    assert rooms() == ["@#xyz"]
    two.ask("PART #xyz")
    one.ask("MODE one -i", "MODE one")
    assert one.said("221").params == ("one", "+")
    assert rooms() == ["@#xyz"]


@pytest.mark.parametrize("mode", ["+Z", "-x", "+", "iZ"])
def test_other_modes_of_people_are_unknown(server: LocalServer, mode: str) -> None:
    """ERR_UMODEUNKNOWNFLAG (501)"""
    foo = IrcClient.named(server.address, "foo")
    foo.ask(f"MODE foo {mode}")
    foo.until("501")
