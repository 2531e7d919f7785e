"""MARKREAD, as https://ircv3.net/specs/extensions/read-marker has it."""

from hubbub.testing import LocalServer
from tests.irc.conformance.members import CAPS, PASSWORD, member, register, said
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

MARKS = f"{CAPS} draft/read-marker"
EARLY, LATE = "timestamp=2019-01-01T00:00:00.000Z", "timestamp=2020-03-15T10:00:00.123Z"


def markers(client: IrcClient, *lines: str) -> list[tuple[str, ...]]:
    """Return what is told of markers when lines are sent."""
    client.ask(*lines)
    return [line.params for line in client.drain() if line.command == "MARKREAD"]


def test_a_marker_is_told_until_there_is_one_by_a_star(hubbub_server: LocalServer) -> None:
    """ "If there is no known last message read timestamp", it "is a literal `*`"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=MARKS)
    assert markers(ann, "MARKREAD #nowhere") == [("#nowhere", "*")]
    assert markers(ann, "MARKREAD nobody") == [("nobody", "*")]


def test_a_marker_only_moves_on(hubbub_server: LocalServer) -> None:
    """ "The last read timestamp of a target MUST only ever increase"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=MARKS, rooms="#den")
    register(hubbub_server, "ben")
    ben = member(hubbub_server, "ben", MARKS, rooms="#den")
    for client in (ann, ben):
        for target in ("#den", "nobody"):
            assert markers(client, f"MARKREAD {target} {LATE}") == [(target, LATE)]
            assert markers(client, f"MARKREAD {target} {EARLY}") == [(target, LATE)]
            assert markers(client, f"MARKREAD {target}") == [(target, LATE)]


def test_joining_tells_the_marker_before_the_names_end(hubbub_server: LocalServer) -> None:
    """ "The command MUST be sent before the RPL_ENDOFNAMES reply"."""
    register(hubbub_server, "ben")
    clients = (
        IrcClient.named(hubbub_server.address, "ann", caps=MARKS),
        member(hubbub_server, "ben", MARKS),
    )
    for client in clients:
        for told in ("*", LATE):
            client.ask("JOIN #den")
            heard = client.until("366")
            assert [line.params for line in heard if line.command == "MARKREAD"] == [("#den", told)]
            client.ask(f"MARKREAD #den {LATE}", "PART #den")
            client.until("PART")


def test_all_clients_of_somebody_are_told(hubbub_server: LocalServer) -> None:
    """ "the server SHOULD send a MARKREAD command" to "all the clients of the user"."""
    register(hubbub_server, "ann")
    one = member(hubbub_server, "ann", MARKS, rooms="#den")
    two = member(hubbub_server, "ann", MARKS)
    assert markers(one, f"MARKREAD #den {LATE}") == [("#den", LATE)]
    assert two.said("MARKREAD", "#den", LATE)


def test_a_read_place_moves_between_the_page_and_irc(hubbub_server: LocalServer) -> None:
    register(hubbub_server, "ann")
    irc = member(hubbub_server, "ann", MARKS, rooms="#lobby")
    with EventPeer(hubbub_server, "ann", room=None) as page:
        page.ask(type="login", name="ann", password=PASSWORD)
        page.ask(type="join", room="lobby")
        irc.ask("PRIVMSG #lobby :one", "PRIVMSG #lobby :two")
        (one, two) = said(irc.until("PRIVMSG", "#lobby", "two"))
        seqs = [int(id_.partition("/")[2]) for id_, *_ in (one, two)]
        page.ask(type="seen", room="lobby", seq=seqs[0])
        assert irc.said("MARKREAD").params == ("#lobby", f"timestamp={one[1]}")
        irc.ask(f"MARKREAD #lobby timestamp={two[1]}")
        assert page.next("seen", seq=seqs[1])["room"] == "lobby"
    irc.close()
    again = member(hubbub_server, "ann", MARKS)
    again.ask("JOIN #lobby")
    assert again.said("MARKREAD").params == ("#lobby", f"timestamp={two[1]}")


def test_what_cannot_be_read_fails(hubbub_server: LocalServer) -> None:
    """ "NEED_MORE_PARAMS", "INVALID_PARAMS"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=MARKS, rooms="#den")
    for line, code in {
        "MARKREAD": "NEED_MORE_PARAMS",
        "MARKREAD #den *": "INVALID_PARAMS",
        "MARKREAD #den timestamp=not-a-timestamp": "INVALID_PARAMS",
        "MARKREAD #den timestamp=": "INVALID_PARAMS",
    }.items():
        ann.ask(line)
        assert ann.said("FAIL").params[:2] == ("MARKREAD", code)


def test_a_marker_is_there_again_when_somebody_comes_back(hubbub_server: LocalServer) -> None:
    """ "after the server sends a server `JOIN` command", as it does for rooms one was in."""
    register(hubbub_server, "ann")
    for _ in range(2):
        ann = member(hubbub_server, "ann", "draft/read-marker")
        ann.ask("JOIN #den", f"MARKREAD #den {LATE}")
        ann.until("MARKREAD", "#den", LATE)
        ann.close()
        ann = member(hubbub_server, "ann", "draft/read-marker")
        assert ann.said("JOIN").params == ("#den",)
        assert ann.said("MARKREAD").params == ("#den", LATE)
        with EventPeer(hubbub_server, "watcher") as watcher:
            ann.close()
            while watcher.ask(type="members", room="den")["type"] != "error":
                pass  # the room closes, for nothing was said there
