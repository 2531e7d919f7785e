"""Coming in: nick, user and password, and capabilities (modern.ircdocs.horse, ircv3.net)."""

import re

import pytest

from hubbub.testing import LocalServer
from tests.irc.conformance.conftest import SERVER_NAME
from tests.irc.irc_client import IrcClient


def test_what_comes_after_the_welcome_comes_in_order(server: LocalServer) -> None:
    """«the server MUST send, in this order, the RPL_WELCOME …, and at least one RPL_ISUPPORT
    numeric to the client.»"""
    foo = IrcClient(server.address, "NICK foo", "USER foo * * :foo")
    lines = foo.until("376")
    numbers = [line.command for line in lines]
    assert numbers[:4] == ["001", "002", "003", "004"]
    order = [n for i, n in enumerate(numbers) if i == 0 or numbers[i - 1] != n]
    assert order[4:] == ["005", "251", "254", "255", "265", "266", "375", "372", "376"]
    assert [len(line.params) for line in lines[:3]] == [2, 2, 2]
    name, _version, people, rooms, with_names = lines[3].params[1:]
    assert name == SERVER_NAME
    assert all(re.fullmatch("[a-zA-Z]+", one) for one in (people, rooms, with_names))


@pytest.mark.parametrize("line", ["USER username * * :", "USER username * *", "USER"])
def test_user_has_four_parameters_none_of_which_is_empty(server: LocalServer, line: str) -> None:
    """«If it is empty, the server SHOULD reject the command with ERR_NEEDMOREPARAMS»"""
    foo = IrcClient(server.address, "NICK foo", line)
    said = foo.said("461")
    assert said.params[0] in ("*", "foo")
    assert said.params[1] == "USER"


@pytest.mark.parametrize("nick", ["*", "a!b", "a@b", "#room", ":", "a,b", "a.b", "&x", "~x"])
def test_a_nick_that_irc_cannot_say_is_refused(server: LocalServer, nick: str) -> None:
    """«They MUST NOT contain … space, comma, asterisk, question mark, exclamation mark, at sign»"""
    foo = IrcClient(server.address, "USER u s e r", f"NICK {nick}")
    assert foo.until("431" if nick == ":" else "432")[-1].params[0] == "*"
    foo.ask("NICK valid")
    assert foo.until("001")[-1].params[0] == "valid"
    foo.ask(f"NICK {nick}")
    assert foo.until("431" if nick == ":" else "432")[-1].params[0] == "valid"


def test_of_two_who_come_with_one_nick_one_is_welcomed(server: LocalServer) -> None:
    """«where the desired nickname is already in use on the network, it should issue an
    ERR_NICKNAMEINUSE numeric»"""
    one, two = IrcClient(server.address, "NICK foo"), IrcClient(server.address, "NICK foo")
    one.ask("USER u * * :one")
    assert one.said("001").params[0] == "foo"
    two.ask("USER u * * :two")
    assert two.said("433").params[:2] == ("*", "foo")
    one.ask("QUIT")
    assert "ERROR" in one.ended()
    one.close()
    two.ask("NICK FOO")
    assert two.said("001").params[0] == "FOO"


def test_a_nick_is_free_once_its_holder_has_another(server: LocalServer) -> None:
    one = IrcClient.named(server.address, "alice")
    one.ask("NICK malice")
    assert one.said("NICK").params == ("malice",)
    IrcClient.named(server.address, "alice")


def test_what_is_not_utf8_is_refused_before_the_welcome_too(server: LocalServer) -> None:
    """servers … MUST NOT relay non-UTF-8 content … FAIL … INVALID_UTF8"""
    foo = IrcClient(server.address, "NICK foo")
    foo.send(b"USER username * * :i\xe8rc\xe9\r\n")
    assert foo.said("FAIL").params[:2] == ("USER", "INVALID_UTF8")
    foo.ask("USER username * * :right")
    foo.until("001")


def test_a_user_name_may_be_anything(server: LocalServer) -> None:
    foo = IrcClient(server.address, "NICK foo", "USER 😊😊😊😊😊😊 * * :realname")
    foo.until("376")


# Capabilities.


def test_an_unknown_word_after_cap_is_named(server: LocalServer) -> None:
    """«If a client sends a subcommand which is not in the list above or otherwise issues an invalid
    command, then numeric 410 (ERR_INVALIDCAPCMD) should be sent.»"""
    foo = IrcClient(server.address, "CAP NOTACOMMAND")
    assert foo.said("410").params[:2] == ("*", "NOTACOMMAND")


def test_without_capabilities_the_list_is_empty(server: LocalServer) -> None:
    """«If no capabilities are enabled, an empty parameter must be sent.»"""
    assert IrcClient(server.address, "CAP LIST").said("CAP").params == ("*", "LIST", "")


@pytest.mark.parametrize("version", ["", " 301", " x", " 99999999999"])
def test_clients_of_before_302_get_one_line_without_values(
    server: LocalServer, version: str
) -> None:
    """«If a client has not indicated support for CAP LS 302 features, the server MUST NOT send
    these new features to the client.»"""
    foo = IrcClient(server.address, f"CAP LS{version}", "PING x")
    lines = foo.until("PONG")[:-1]
    assert len(lines) == 1
    assert lines[0].params[1] == "LS"
    assert len(lines[0].params) == 3
    assert "=" not in lines[0].params[2]
    assert "multi-prefix" in lines[0].params[2].split()


def test_clients_of_302_get_values_and_as_many_lines_as_are_needed(server: LocalServer) -> None:
    """«all but the last reply MUST have a parameter containing only an asterisk (*) preceding the
    capability list.»"""
    foo = IrcClient(server.address, "CAP LS 302", "PING x")
    lines = foo.until("PONG")[:-1]
    assert [line.params[2] == "*" for line in lines] == [True] * (len(lines) - 1) + [False]
    offered = dict(one.partition("=")[::2] for line in lines for one in line.params[-1].split())
    assert set(offered["sasl"].split(",")) == {"PLAIN", "SCRAM-SHA-256"}
    assert offered["draft/account-registration"] == "before-connect"
    foo.ask("CAP LIST")
    assert foo.said("CAP").params == ("*", "LIST", "cap-notify")
    foo.ask("CAP REQ :-cap-notify")
    assert foo.said("CAP").params[1] == "NAK"


def test_what_is_asked_for_is_had_as_a_whole_or_not_at_all(server: LocalServer) -> None:
    """«The capability identifier set must be accepted as a whole, or rejected entirely.»"""
    foo = IrcClient(server.address, "CAP REQ :foo multi-prefix bar", "CAP LIST")
    assert foo.said("CAP").params == ("*", "NAK", "foo multi-prefix bar")
    assert foo.said("CAP").params == ("*", "LIST", "")
    foo.ask("CAP REQ :multi-prefix userhost-in-names", "CAP LIST")
    assert foo.said("CAP").params == ("*", "ACK", "multi-prefix userhost-in-names")
    assert foo.said("CAP").params == ("*", "LIST", "multi-prefix userhost-in-names")


def test_capabilities_come_and_go_while_one_talks(server: LocalServer) -> None:
    """«The server MUST accept the CAP command at any time, including after registration.»"""
    bar = IrcClient.named(server.address, "bar", caps="echo-message server-time", rooms="#x")
    sender = IrcClient.named(server.address, "sender", rooms="#x")
    sender.ask("PRIVMSG bar :hi", "PRIVMSG #x :hi")
    assert all("time" in bar.said("PRIVMSG").tags for _ in range(2))
    bar.ask("CAP REQ :-server-time", "CAP LIST")
    assert bar.said("CAP").params == ("bar", "ACK", "-server-time")
    assert bar.said("CAP").params == ("bar", "LIST", "echo-message")
    sender.ask("PRIVMSG bar :hi", "PRIVMSG #x :hi")
    assert not any("time" in bar.said("PRIVMSG").tags for _ in range(2))
    bar.ask("CAP REQ :message-tags server-time")
    bar.until("CAP", "bar", "ACK")
    sender.ask("PRIVMSG #x :hi")
    assert {"time", "msgid"} <= set(bar.said("PRIVMSG").tags)
    sender.ask("QUIT")
    bar.ask("PART #x")
    bar.until("PART", "#x")


def test_a_client_can_be_away_before_it_is_there(server: LocalServer) -> None:
    """draft/pre-away … the AWAY command can be used before connection registration"""
    foo = IrcClient(server.address, "CAP REQ :draft/pre-away", "NICK foo", "AWAY :asleep")
    foo.until("306")
    foo.ask("USER u * * :r", "CAP END")
    foo.until("376")
    bar = IrcClient.named(server.address, "bar")
    bar.ask("WHOIS foo")
    assert bar.said("301").params == ("bar", "foo", "asleep")
    without = IrcClient(server.address, "NICK baz", "AWAY :asleep")
    without.until("451")
