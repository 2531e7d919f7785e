"""REGISTER (ircv3.net/specs/extensions/account-registration), and the lines to NickServ."""

from typing import Literal

import pytest

from hubbub.server.config import Config, IrcSection
from hubbub.testing import LocalServer, serving
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

CAP = "draft/account-registration"
PASSWORD = "shivarampassphrase"


@pytest.mark.parametrize("account", ["*", "bar"])
def test_a_client_becomes_a_member_under_its_nick(server: LocalServer, account: str) -> None:
    """«Afterward, the client is assumed to be authenticated to the <account>»"""
    bar = IrcClient.named(server.address, "bar", caps=CAP, rooms="#x")
    other = IrcClient.named(server.address, "other", caps="account-notify", rooms="#x")
    bar.until("JOIN", "#x")
    bar.ask(f"REGISTER {account} * {PASSWORD}")
    assert bar.said("REGISTER").params[:2] == ("SUCCESS", "bar")
    assert bar.said("900").params[2] == "bar"
    assert other.said("ACCOUNT") == ("ACCOUNT", ("bar",), "bar!~u@irc.hubbub", {})
    bar.ask("PRIVMSG #x :still here")
    assert other.said("PRIVMSG").params == ("#x", "still here")
    bar.ask(f"REGISTER * * {PASSWORD}")
    assert bar.said("FAIL").params[:3] == ("REGISTER", "ALREADY_AUTHENTICATED", "bar")


def test_it_can_be_done_before_the_welcome(server: LocalServer) -> None:
    """before-connect - if present, indicates the server supports early registration"""
    bar = IrcClient(server.address, f"CAP REQ {CAP}", f"REGISTER * * {PASSWORD}")
    assert bar.said("FAIL").params[:3] == ("REGISTER", "NEED_NICK", "*")
    bar.ask("NICK bar", f"REGISTER * * {PASSWORD}")
    assert bar.said("REGISTER").params[:2] == ("SUCCESS", "bar")
    bar.ask("USER u * * :r", "CAP END")
    assert bar.said("001").params[0] == "bar"
    again = IrcClient(server.address, "NICK bar", "USER u * * :r")
    again.until("433")


def test_what_cannot_be_is_refused_by_its_code(server: LocalServer) -> None:
    """FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK … WEAK_PASSWORD … USERNAME_EXISTS"""
    bar = IrcClient.named(server.address, "bar", caps=CAP)
    bar.ask(f"REGISTER foo * {PASSWORD}", "REGISTER * * x", "VERIFY bar 123")
    assert bar.said("FAIL").params[:3] == ("REGISTER", "ACCOUNT_NAME_MUST_BE_NICK", "foo")
    assert bar.said("FAIL").params[:3] == ("REGISTER", "WEAK_PASSWORD", "bar")
    assert bar.said("FAIL").params[:2] == ("VERIFY", "INVALID_CODE")
    grab = IrcClient(server.address, "NICK bar", f"REGISTER * * {PASSWORD}")
    assert grab.said("FAIL").params[:3] == ("REGISTER", "USERNAME_EXISTS", "bar")


@pytest.mark.parametrize(
    ("when", "code"),
    [("after", "COMPLETE_CONNECTION_REQUIRED"), ("never", "TEMPORARILY_UNAVAILABLE")],
)
def test_whoever_runs_the_server_says_when_it_can_be_done(
    when: Literal["after", "never"], code: str
) -> None:
    with serving(Config(irc=IrcSection(register=when))) as server:
        bar = IrcClient(server.address, "CAP LS 302", "NICK bar", f"REGISTER * * {PASSWORD}")
        offered = bar.said("CAP").params[-1].split()
        assert (CAP in offered) == (when == "after")
        assert bar.said("FAIL").params[:3] == ("REGISTER", code, "bar")
        bar.ask("QUIT")
        bar.ended()


# NickServ and ChanServ.


def test_nickserv_knows_the_commonest_lines(server: LocalServer) -> None:
    ann = IrcClient.named(server.address, "ann", rooms="#x")
    bob = IrcClient.named(server.address, "bob", rooms="#x")
    ann.ask("PRIVMSG NickServ :help")
    assert ann.said("NOTICE").source.startswith("NickServ!")
    ann.ask(f"NICKSERV REGISTER {PASSWORD}", "PRIVMSG #x :one")
    assert ann.said("NOTICE").source.startswith("NickServ!")
    assert ann.said("900").params[2] == "ann"
    assert bob.said("PRIVMSG").source.startswith("ann!")
    bob.ask("PRIVMSG NickServ :IDENTIFY ann wrong", f"NS GHOST ann {PASSWORD}")
    assert "wrong" in bob.said("NOTICE").params[1]
    bob.until("900")
    assert bob.said("NICK").params == ("ann",)
    bob.ask("NS SET PASSWORD wrong another", "NOTICE NickServ :help", "CS", "PING x")
    heard = bob.until("PONG")
    assert "That is not your password." in [line.params[-1] for line in heard]
    assert [line.source.partition("!")[0] for line in heard if "ChanServ" in line.source]


@pytest.mark.parametrize("name", ["NickServ", "chanserv", "ΝickServ"])
def test_nobody_is_called_as_the_services_are(server: LocalServer, name: str) -> None:
    eve = IrcClient(server.address, f"NICK {name}", "USER u * * :r")
    assert eve.said("432").params[1] == name
    with EventPeer(server, "eve", room=None) as peer:
        peer.ask(type="identify", device="s" * 22)
        assert peer.ask(type="rename", name=name)["code"] == "name_not_allowed"


def test_who_becomes_a_member_is_shown_as_before(server: LocalServer) -> None:
    ann = IrcClient.named(server.address, "ann", rooms="#x")
    bob = IrcClient.named(server.address, "bob")
    ann.ask("SETNAME :Ann B.", "AWAY :lunch", "MODE ann +i", "METADATA * SET url :x")
    ann.ask(f"NS REGISTER {PASSWORD.replace(' ', '-')}")
    ann.until("900")
    ann.drain()
    bob.ask("WHOIS ann", "METADATA ann LIST")
    heard = {line.command: line.params for line in bob.until("761")}
    assert heard["311"][5] == "Ann B."
    assert heard["301"][2] == "lunch"
    assert "319" not in heard
