"""Rooms, as IRC shows them: who comes and goes, lists, topics, order."""

from hubbub.testing import LocalServer
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

SECRET = "s" * 22


def test_who_comes_and_goes_is_told(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps="extended-join", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob")
    bob.ask("JOIN #Lobby")
    assert bob.said("JOIN") == ("JOIN", ("#lobby",), "bob!~u@irc.hubbub", {})
    assert bob.said("353").params == ("bob", "=", "#lobby", "ann bob")
    assert ann.said("JOIN").params == ("#lobby", "*", "bob")
    bob.ask("PART #lobby :bye")
    assert bob.said("PART").params == ("#lobby", "bye")
    assert ann.said("PART").source == "bob!~u@irc.hubbub"


def test_a_guest_of_the_page_is_a_nick_and_a_classic_client_too(hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "ann lee"):
        bob = IrcClient.named(hubbub_server.address, "bob")
        bob.ask("JOIN #lobby")
        assert bob.said("353").params[3] == "ann\u00a0lee bob"


def test_several_rooms_are_entered_and_left_at_once(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#one,#two,#three")
    ann.ask("PART #one,#nowhere,#two")
    assert ann.said("442").params[1] == "#nowhere"
    ann.ask("JOIN 0")
    assert ann.said("PART", "#three").params == ("#three",)


def test_what_is_no_room_is_refused(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann")
    for name in ("lobby", "#a:b", "#", ":#a b", "#" + "x" * 90):
        ann.ask(f"JOIN {name}")
        assert ann.said("403").params[0] == "ann"
    ann.ask("JOIN", "PART #nowhere", "TOPIC #nowhere", "NAMES #nowhere")
    assert ann.said("461").params[1] == "JOIN"
    assert ann.said("442").params[1] == "#nowhere"
    assert ann.said("403").params[1] == "#nowhere"


def test_a_topic_is_set_told_and_asked_for(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#lobby")
    ann.ask("TOPIC #lobby", "TOPIC #lobby :Lunch at noon")
    assert ann.said("331").params[1] == "#lobby"
    assert ann.said("TOPIC").params == ("#lobby", "Lunch at noon")
    assert bob.said("TOPIC").source == "ann!~u@irc.hubbub"
    bob.ask("TOPIC #lobby")
    assert bob.said("332").params[1:] == ("#lobby", "Lunch at noon")
    cat = IrcClient.named(hubbub_server.address, "cat")
    cat.ask("JOIN #lobby")
    assert cat.said("332").params[2] == "Lunch at noon"
    ann.ask("TOPIC #lobby :Lunch \x02at noon\x02")
    assert ann.said("TOPIC").params[1] == "Lunch \x02at noon\x02"
    ann.ask("TOPIC #lobby", "LIST")
    assert ann.until("332", "ann", "#lobby", "Lunch \x02at noon\x02")
    assert ann.said("322").params[3] == "Lunch \x02at noon\x02"


def test_rooms_and_people_are_listed(hubbub_server: LocalServer) -> None:
    IrcClient.named(hubbub_server.address, "ann", rooms="#kitchen")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#kitchen")
    bob.ask(
        "LIST", "NAMES #kitchen", "WHO #kitchen", "WHO #kitchen %tnf,42", "WHO ann", "WHOIS ann"
    )
    rooms = {line.params[1]: line.params[2] for line in bob.until("323") if line.command == "322"}
    assert rooms == {"#kitchen": "2"}
    assert bob.said("353").params[3] == "@ann bob"
    assert [line.params[5] for line in bob.until("315") if line.command == "352"] == ["ann", "bob"]
    assert [line.params[1:] for line in bob.until("315") if line.command == "354"] == [
        ("42", "ann", "H@"),
        ("42", "bob", "H"),
    ]
    assert bob.said("352").params[5] == "ann"
    assert bob.said("311").params[1:5] == ("ann", "~ann", "irc.hubbub", "*")
    bob.until("318")
    bob.ask("WHOIS nobody")
    assert [line.command for line in bob.until("318")][-2:] == ["401", "318"]


def test_away_is_told_to_those_who_want_to_know(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", caps="away-notify", rooms="#lobby")
    ann.ask("AWAY :at lunch")
    ann.until("306")
    assert bob.said("AWAY").params == ("at lunch",)
    ann.ask("AWAY")
    ann.until("305")
    assert bob.said("AWAY").params == ()


def test_those_who_look_after_a_room_have_a_sign_and_keep_order(
    hubbub_server: LocalServer,
) -> None:
    with EventPeer(hubbub_server, "olga", room=None) as olga:
        olga.ask(type="identify", device=SECRET)
        olga.ask(type="join", room="workshop")
        bob = IrcClient.named(hubbub_server.address, "bob", rooms="#workshop")
        bob.ask("NAMES #workshop", "MODE #workshop", "MODE #workshop +m", "KICK #workshop olga")
        assert bob.said("353").params[3] == "&olga bob"
        assert bob.said("324").params[1:] == ("#workshop", "+n")
        assert bob.said("482").params[1] == "#workshop"
        assert bob.said("482").params[1] == "#workshop"
        olga.ask(type="kick", room="workshop", name="bob", reason="enough")
        kicked = bob.said("KICK")
        assert kicked.params[:2] == ("#workshop", "bob")
        bob.ask("JOIN #workshop")
        assert bob.said("474").params[1] == "#workshop"


def test_what_holds_in_a_room_is_told_when_it_changes(hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "olga", room=None) as olga:
        olga.ask(type="identify", device=SECRET)
        olga.ask(type="join", room="workshop")
        bob = IrcClient.named(hubbub_server.address, "bob", rooms="#workshop")
        olga.ask(type="rules", room="workshop", read_only=True)
        assert bob.said("MODE").params == ("#workshop", "+m")
        olga.ask(type="rules", room="workshop", read_only=False)
        assert bob.said("MODE").params == ("#workshop", "-m")
        bob.ask("JOIN #workshop", "MODE #workshop")
        assert bob.said("324").params[1:] == ("#workshop", "+n")


def test_a_ban_names_somebody_and_not_everybody(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    ann.ask("MODE #lobby +b *!~u@irc.hubbub")
    assert ann.said("696").params[1:4] == ("#lobby", "b", "*!~u@irc.hubbub")


def test_nobody_is_listed_in_a_room_that_is_not_there(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann")
    ann.ask("NAMES #nowhere")
    assert [line.command for line in ann.until("366")] == ["366"]
