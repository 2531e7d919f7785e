"""What was said before: for clients that can ask for it, and for those that cannot."""

from hubbub.testing import LocalServer
from hubbub.wire.irc.line import Line
from tests.irc.conformance.members import member, register
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

CAPS = "message-tags server-time batch draft/chathistory"


def fill(server: LocalServer, count: int) -> None:
    with EventPeer(server, "page") as page:
        for number in range(1, count + 1):
            page.ask(type="say", room="lobby", text=f"text {number}")


def texts(lines: list[Line]) -> list[str]:
    return [line.params[1] for line in lines if line.command == "PRIVMSG"]


def asked(client: IrcClient, question: str) -> list[str]:
    client.ask(f"CHATHISTORY {question}")
    start = client.said("BATCH")
    assert start.params[1:] == ("chathistory", "#lobby")
    return texts(client.until("BATCH", f"-{start.params[0][1:]}"))


def test_a_client_asks_for_what_was_said(hubbub_server: LocalServer) -> None:
    fill(hubbub_server, 30)
    ann = IrcClient.named(hubbub_server.address, "ann", caps=CAPS)
    ann.ask("JOIN #lobby")
    assert texts(ann.until("366")) == []
    assert asked(ann, "LATEST #lobby * 3") == ["text 28", "text 29", "text 30"]
    assert asked(ann, "LATEST #lobby msgid=lobby/28 5") == ["text 29", "text 30"]
    assert asked(ann, "BEFORE #lobby msgid=lobby/10 2") == ["text 8", "text 9"]
    assert asked(ann, "AFTER #lobby msgid=lobby/10 2") == ["text 11", "text 12"]
    assert asked(ann, "AROUND #lobby msgid=lobby/10 3") == ["text 9", "text 10", "text 11"]
    for question in ("BEFORE #lobby x 3", "LATEST #lobby", "SOMETHING #lobby * 3"):
        ann.ask(f"CHATHISTORY {question}")
        assert ann.said("FAIL").params[1] == "INVALID_PARAMS"
    ann.ask("CHATHISTORY LATEST stranger * 3")
    assert ann.said("FAIL").params[1] == "INVALID_TARGET"


def test_a_client_that_cannot_ask_is_told_the_last_lines_with_their_times(
    hubbub_server: LocalServer,
) -> None:
    fill(hubbub_server, 30)
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    told = texts(ann.drain())
    assert len(told) == 20
    assert told[-1].startswith("[20")
    assert told[-1].endswith("] text 30")
    bob = IrcClient.named(hubbub_server.address, "bob", caps="server-time", rooms="#lobby")
    assert texts(bob.drain())[-1] == "text 30"


def leave(server: LocalServer, client: IrcClient) -> None:
    """Have a client of ann's leave, and wait until that is so."""
    with EventPeer(server, "watcher") as watcher:
        client.close()
        while "ann" in [
            one["name"] for one in watcher.ask(type="members", room="lobby")["members"]
        ]:
            pass


def test_a_member_goes_back_to_their_rooms_and_hears_what_they_missed_once(
    hubbub_server: LocalServer,
) -> None:
    register(hubbub_server, "ann")
    fill(hubbub_server, 30)
    ann = member(hubbub_server, "ann", "server-time", rooms="#lobby,#den")
    ann.ask("PART #den", "PRIVMSG #lobby :bye")
    ann.drain()
    leave(hubbub_server, ann)
    fill(hubbub_server, 1)
    for missed in (["text 1"], []):
        again = member(hubbub_server, "ann", "server-time")
        heard = [*again.until("366", "ann", "#lobby"), *again.drain()]
        assert texts(heard) == missed
        assert {line.params[0] for line in heard if line.command == "JOIN"} == {"#lobby"}
        leave(hubbub_server, again)


def test_somebody_who_missed_very_much_is_told_the_last_of_it(hubbub_server: LocalServer) -> None:
    register(hubbub_server, "ann")
    fill(hubbub_server, 1)
    leave(hubbub_server, member(hubbub_server, "ann", "server-time", rooms="#lobby"))
    fill(hubbub_server, 105)
    again = member(hubbub_server, "ann", "server-time")
    heard = [*again.until("366", "ann", "#lobby"), *again.drain()]
    assert texts(heard) == [f"text {number}" for number in range(6, 106)]
    assert any("more was said in #lobby" in line.params[-1] for line in heard)


def test_what_was_unread_comes_once(hubbub_server: LocalServer) -> None:
    register(hubbub_server, "ann")
    with EventPeer(hubbub_server, "ben", room=None) as ben:
        ben.ask(type="identify", device="d" * 22)
        room = ben.ask(type="direct", name="ann")["room"]
        ben.say_and_wait("psst", room=room)
    ann = member(hubbub_server, "ann", "server-time")
    assert ann.said("PRIVMSG").params == ("ann", "psst")
    ann.drain()
    ann.close()
    with EventPeer(hubbub_server, "ben", room=None) as ben:
        ben.ask(type="identify", device="d" * 22)
        ben.say_and_wait("and again", room=ben.ask(type="direct", name="ann")["room"])
    assert member(hubbub_server, "ann", "server-time").said("PRIVMSG").params == (
        "ann",
        "and again",
    )
