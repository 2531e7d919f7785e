"""labeled-response (ircv3.net/specs/extensions/labeled-response): one answer for each label."""

import pytest

from hubbub.testing import LocalServer
from hubbub.wire.irc.line import Line
from tests.irc.irc_client import IrcClient

CAPS = "echo-message batch labeled-response message-tags"


def answer(client: IrcClient, label: str) -> list[Line]:
    """Return all that answers a label, without the lines of a batch around it."""
    while (line := client.until_any(*ANY)).tags.get("label") != label:
        pass
    if line.command != "BATCH":
        return [line]
    id_ = line.params[0].removeprefix("+")
    inside = client.until("BATCH", f"-{id_}")[:-1]
    assert len(inside) > 1 or line.params[1] != "labeled-response"
    assert {one.tags.get("batch") for one in inside} <= {id_}
    return inside


ANY = (
    "ACK",
    "BATCH",
    "FAIL",
    "JOIN",
    "NOTICE",
    "PART",
    "PONG",
    "PRIVMSG",
    "401",
    "421",
    "461",
    "403",
    "442",
)


def test_an_answer_of_one_line_has_the_label_and_no_batch(server: LocalServer) -> None:
    """«the server MUST include the same tag and value in any response produced from this
    message»"""
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    bar.ask("@label=98765 PING adhoctestline", "@label=deadbeef NONEXISTENT_COMMAND")
    assert [one.command for one in answer(bar, "98765")] == ["PONG"]
    assert [one.command for one in answer(bar, "deadbeef")] == ["421"]


def test_what_has_no_answer_is_acknowledged(server: LocalServer) -> None:
    """«Servers MUST respond with a labeled ACK message when a client sends a labeled command that
    normally produces no response.»"""
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    bar.ask("@label=1 PONG x", "@label=2 NICK bar", "@label=3 NOTICE NickServ :x")
    assert [one.command for label in "123" for one in answer(bar, label)] == ["ACK"] * 3


def test_an_answer_of_many_lines_is_one_batch(server: LocalServer) -> None:
    """«If a response consists of more than one message, a batch MUST be used to group them into a
    single logical response.»"""
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    bar.ask("@label=12345 JOIN #xyz")
    commands = [one.command for one in answer(bar, "12345")]
    assert commands[0] == "JOIN"
    assert commands[-1] == "366"
    bar.ask("@label=6 JOIN #one,#two", "@label=7 PART #one,#nowhere,#two", "@label=8 JOIN 0")
    assert [one.command for one in answer(bar, "6")].count("JOIN") == 2
    assert sorted(one.command for one in answer(bar, "7")) == ["442", "PART", "PART"]
    assert [one.command for one in answer(bar, "8")] == ["PART"]


def test_what_is_said_to_many_has_one_answer(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    others = [IrcClient.named(server.address, nick, caps=CAPS) for nick in ("bar", "carl", "al")]
    foo.ask("@label=12345 PRIVMSG bar,carl,al :hi", "@label=2 PRIVMSG bar,nobody :hi")
    assert [one.params[0] for one in answer(foo, "12345")] == ["bar", "carl", "al"]
    assert sorted(one.command for one in answer(foo, "2")) == ["401", "PRIVMSG"]
    for other in others:
        assert "label" not in other.said("PRIVMSG").tags


@pytest.mark.parametrize("command", ["PRIVMSG", "NOTICE"])
@pytest.mark.parametrize("target", ["bar", "#x"])
def test_an_echo_has_the_label_and_others_do_not_see_it(
    server: LocalServer, command: str, target: str
) -> None:
    """Others do not hear of a label."""
    foo = IrcClient.named(server.address, "foo", caps=CAPS, rooms="#x")
    bar = IrcClient.named(server.address, "bar", caps=CAPS, rooms="#x")
    foo.ask(f"@label=12345 {command} {target} :hi")
    (echo,) = answer(foo, "12345")
    assert echo.params == (target, "hi")
    heard = bar.until_any("PRIVMSG", "NOTICE")
    assert heard.params == (target, "hi")
    assert "label" not in heard.tags


def test_answers_come_whole_beside_what_others_say(server: LocalServer) -> None:
    """Nobody else's line stands between those of an answer that waits for the log."""
    foo = IrcClient.named(server.address, "foo", caps=CAPS, rooms="#x")
    bar = IrcClient.named(server.address, "bar", rooms="#x")
    for number in range(20):
        bar.ask(f"PRIVMSG #x :{number}", f"PRIVMSG foo :{number}")
        foo.ask(f"@label=l{number} PRIVMSG #x,bar,#x :hi")
    for number in range(20):
        assert len(answer(foo, f"l{number}")) == 3


def test_without_the_capability_a_label_is_nothing(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo", caps="batch")
    foo.ask("@label=1 PING x")
    assert "label" not in foo.said("PONG").tags


def test_what_is_not_utf8_is_refused_under_its_label(server: LocalServer) -> None:
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    bar.send(b"@label=xyz PRIVMSG #qux hi\xaa\r\n")
    (fail,) = answer(bar, "xyz")
    assert fail.params[:2] == ("PRIVMSG", "INVALID_UTF8")
