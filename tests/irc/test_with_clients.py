"""The clients that people use: WeeChat and irssi in a real terminal, and a library for bots."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.testing import LocalServer
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer
from tests.tui.tmux import Tmux, require


def command_of(client: str, server: LocalServer, folder: Path) -> list[str]:
    if client == "irssi":
        return [
            *("irssi", f"--home={folder / 'irssi'}", "-n", "wanda"),
            *("-c", server.host, "-p", str(server.port)),
        ]
    network = f"/server add hub {server.host}/{server.port} -notls -nicks=wanda"
    return ["weechat", "-d", str(folder / "weechat"), "-r", f"{network};/connect hub"]


@pytest.fixture(params=["weechat", "irssi"])
def name(request: pytest.FixtureRequest) -> str:
    """Which client it is."""
    name: str = request.param
    require(name)
    return name


@pytest.fixture
def client(name: str, hubbub_server: LocalServer, tmp_path: Path) -> Iterator[Tmux]:
    """A client in a terminal, which is in the lobby as wanda."""
    with Tmux(tmp_path) as terminal:
        terminal.start(*command_of(name, hubbub_server, tmp_path))
        terminal.until("Message of the day")
        type_in(terminal, "/join #lobby")
        terminal.until("has joined #lobby")
        yield terminal


def type_in(terminal: Tmux, text: str) -> None:
    terminal.type(text)
    terminal.keys("Enter")


def test_people_talk_with_those_in_other_programs(client: Tmux, hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "page") as page:
        type_in(client, "hello from a client of IRC")
        assert page.next("message")["text"] == "hello from a client of IRC"
        page.tell(type="say", room="lobby", text="welcome, **wanda** 🎈")
        client.until("welcome, wanda 🎈")  # in bold
        page.tell(type="say", room="lobby", text="two\nlines")
        client.until("lines")
        type_in(client, "/me waves")
        assert page.next("message", text="waves")["me"] is True


def test_private_talk_opens_a_window(client: Tmux, hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "page") as page:
        room = page.ask(type="direct", name="wanda")["room"]
        page.tell(type="say", room=room, text="psst, wanda")
        type_in(client, "/query page")
        client.until("psst, wanda")
        type_in(client, "yes, page?")
        assert page.next("message", text="yes, page?")["room"] == room


def test_another_nick_and_being_away(client: Tmux, hubbub_server: LocalServer) -> None:
    watcher = IrcClient.named(hubbub_server.address, "watcher", caps="away-notify", rooms="#lobby")
    type_in(client, "/away tea")
    assert watcher.said("AWAY", "tea").source == "wanda!~u@irc.hubbub"
    type_in(client, "/nick wendy")
    assert watcher.said("NICK", "wendy").source == "wanda!~u@irc.hubbub"
    type_in(client, "still here")
    assert watcher.said("PRIVMSG", "#lobby").source == "wendy!~u@irc.hubbub"


def test_who_comes_back_reads_what_was_said_meanwhile(
    client: Tmux, hubbub_server: LocalServer, name: str
) -> None:
    with EventPeer(hubbub_server, "page") as page:
        type_in(client, "/disconnect")
        page.next("presence", name="wanda", state="left")
        page.say_and_wait("said while you were away")
        if name == "weechat":  # it returns to its rooms by itself
            type_in(client, "/connect hub")
        else:
            type_in(client, "/window goto 1")
            type_in(client, "/clear")
            type_in(client, f"/connect {hubbub_server.host} {hubbub_server.port}")
            client.until("/help")  # the end of the message of the day
            type_in(client, "/join #lobby")
            type_in(client, "/window goto 2")  # where it was, if it is there already
        client.until("said while you were away")
