"""The server: ISUPPORT, LUSERS, HELP, INFO, TIME, VERSION, STATS, REHASH, PING, QUIT."""

import re

import pytest

from hubbub.chat.names import NAME_CHARS_MAX, ROOM_CHARS_MAX
from hubbub.hub.people.away import AWAY_CHARS_MAX
from hubbub.hub.people.showing import CHARS_MAX
from hubbub.hub.posting import TOPIC_CHARS_MAX
from hubbub.testing import LocalServer
from hubbub.wire.irc.commands.help import SUBJECTS
from hubbub.wire.irc.commands.table import COMMANDS
from hubbub.wire.irc.isupport import TOKENS
from tests.irc.conformance.conftest import SERVER_NAME
from tests.irc.irc_client import IrcClient


def test_what_the_server_is_like_is_told_in_lines_of_up_to_13(server: LocalServer) -> None:
    """the maximum number of RPL_ISUPPORT tokens that can be advertised is 13"""
    foo = IrcClient(server.address, "NICK foo", "USER u s e r")
    lines = [line for line in foo.until("376") if line.command == "005"]
    assert all(3 <= len(line.params) <= 15 for line in lines)
    told = {one for line in lines for one in line.params[1:-1]}
    assert told == {f"{name}={value}" if value else name for name, value in TOKENS.items()}
    assert all(one.isascii() and " " not in one for one in told)


def test_what_is_told_of_lengths_is_true() -> None:
    assert TOKENS["AWAYLEN"] == str(AWAY_CHARS_MAX)
    assert TOKENS["TOPICLEN"] == str(TOPIC_CHARS_MAX)
    assert TOKENS["NAMELEN"] == str(CHARS_MAX)
    assert TOKENS["NICKLEN"] == str(NAME_CHARS_MAX)
    assert TOKENS["CHANNELLEN"] == str(ROOM_CHARS_MAX + 1)


def test_names_may_be_as_long_as_is_told_and_no_longer(server: LocalServer) -> None:
    """specifies the maximum length of a channel name that a client may join"""
    foo = IrcClient.named(server.address, "foo")
    foo.ask(f"JOIN #{'a' * ROOM_CHARS_MAX}", f"JOIN #{'b' * (ROOM_CHARS_MAX + 1)}")
    foo.until("JOIN", f"#{'a' * ROOM_CHARS_MAX}")
    assert foo.said("403").params[1] == f"#{'b' * (ROOM_CHARS_MAX + 1)}"
    foo.ask(f"NICK {'a' * NAME_CHARS_MAX}", f"NICK {'b' * (NAME_CHARS_MAX + 5)}")
    assert foo.said("NICK").params == ("a" * NAME_CHARS_MAX,)
    assert foo.said("432").params[:2] == ("a" * NAME_CHARS_MAX, "b" * (NAME_CHARS_MAX + 5))


def test_prefixes_and_targets_have_their_form() -> None:
    """There is a one-to-one mapping between prefixes and channel modes"""
    found = re.fullmatch(r"\(([a-z]+)\)(\S+)", TOKENS["PREFIX"])
    assert found is not None
    assert len(found[1]) == len(found[2])
    assert all(re.fullmatch("[A-Z]+:[0-9]*", one) for one in TOKENS["TARGMAX"].split(","))


def figures(client: IrcClient) -> tuple[int, int]:
    """Return how many are here, and how many there were at the most."""
    client.ask("LUSERS")
    lines = {line.command: line for line in client.until("266")}
    visible, invisible = re.findall("[0-9]+", lines["251"].params[1])[:2]
    _, now, most, _ = lines["265"].params
    assert lines["266"].params[1:3] == (now, most)
    assert int(visible) + int(invisible) == int(now)
    assert f" {now} " in lines["255"].params[1]
    return int(now), int(most)


def test_lusers_counts_whoever_is_welcomed_and_remembers_the_most(server: LocalServer) -> None:
    """Current local users <u>, max <m>"""
    bar = IrcClient.named(server.address, "bar")
    assert figures(bar) == (1, 1)
    waiting = IrcClient(server.address, "NICK bat", "PING x")
    waiting.until("PONG")
    assert figures(bar) == (1, 1)
    qux = IrcClient.named(server.address, "qux")
    assert figures(qux) == (2, 2)
    qux.ask("QUIT")
    assert "ERROR" in qux.ended()
    while (now := figures(bar)) == (2, 2):
        pass
    assert now == (1, 2)


@pytest.mark.parametrize("command", ["HELP", "HELPOP"])
def test_help_has_a_first_line_and_a_last_one_about_the_same(
    server: LocalServer, command: str
) -> None:
    """RPL_HELPSTART … RPL_HELPTXT … RPL_ENDOFHELP … <client> <subject> :<text>"""
    nick = IrcClient.named(server.address, "nick")
    for subject in ("", "PRIVMSG"):
        nick.ask(f"{command} {subject}")
        lines = nick.until("706")
        assert [line.command for line in lines] == ["704", *["705"] * (len(lines) - 2), "706"]
        assert {line.params[:2] for line in lines} == {("nick", subject or "*")}
    nick.ask(f"{command} THISISNOTACOMMAND")
    assert nick.said("524").params[:2] == ("nick", "THISISNOTACOMMAND")


def test_there_is_help_about_every_command() -> None:
    quiet = {"ERROR", "PONG", "HELPOP", "VERIFY", "NS", "CS"}
    assert set(COMMANDS) - quiet <= set(SUBJECTS)
    assert set(SUBJECTS) <= set(COMMANDS)


@pytest.mark.parametrize("command", ["INFO", "TIME", "VERSION"])
def test_a_question_for_another_server_is_refused(server: LocalServer, command: str) -> None:
    """ERR_NOSUCHSERVER … <client> <server name>"""
    number = {"INFO": "374", "TIME": "391", "VERSION": "351"}[command]
    nick = IrcClient.named(server.address, "nick")
    for target in ("", SERVER_NAME, "*Little*", "*", "nick"):
        nick.ask(f"{command} {target}")
        nick.until(number)
    nick.ask(f"{command} invalid.server.example")
    assert nick.said("402").params[:2] == ("nick", "invalid.server.example")


def test_the_server_is_called_as_it_is_configured(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo")
    foo.ask("PING abcdef", "TIME")
    assert foo.said("PONG") == ("PONG", (SERVER_NAME, "abcdef"), SERVER_NAME, {})
    assert foo.said("391").params[:2] == ("foo", SERVER_NAME)


@pytest.mark.parametrize("line", ["PING", "PING :"])
def test_a_ping_needs_something_to_send_back(server: LocalServer, line: str) -> None:
    foo = IrcClient.named(server.address, "foo")
    foo.ask(line)
    assert foo.said("409").params[0] == "foo"


def test_stats_say_since_when_the_server_runs(server: LocalServer) -> None:
    """RPL_STATSUPTIME (242) … :Server Up %d days %d:%02d:%02d"""
    foo = IrcClient.named(server.address, "foo")
    foo.ask("STATS u", "STATS x", "STATS")
    assert re.fullmatch(r"Server Up \d+ days \d+:\d\d:\d\d", foo.said("242").params[1])
    assert foo.said("219").params[1] == "u"
    assert foo.said("219").params[1] == "x"
    foo.until("461")


def test_the_server_is_linked_to_no_other(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo")
    foo.ask("LINKS")
    assert foo.said("365").params[:2] == ("foo", "*")


def test_the_configuration_is_read_again_for_operators_alone(server: LocalServer) -> None:
    """ERR_NOPRIVILEGES (481)"""
    foo = IrcClient.named(server.address, "foo")
    foo.ask("REHASH")
    assert foo.said("481").params[0] == "foo"


def test_whoever_quits_hears_an_error_and_the_end(server: LocalServer) -> None:
    """«The server acknowledges this by replying with an ERROR message and closing the connection to
    the client.»"""
    foo = IrcClient.named(server.address, "foo")
    foo.ask("QUIT :chkport")
    assert re.search("ERROR :.*chkport", foo.ended())
    early = IrcClient(server.address, "QUIT :chkport")
    assert "ERROR :" in early.ended()
