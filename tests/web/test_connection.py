"""Nothing is lost or doubled when the server or the network goes away."""

import re

from playwright.sync_api import WebSocketRoute, expect

from tests.faults.serving import ServerProcess
from tests.interop.raw import RawPeer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab


def said(server: ServerProcess) -> list[tuple[str, str]]:
    """Return who said what in the lobby, as the log has it."""
    with EventPeer(server, "reader") as reader:  # type: ignore[arg-type]
        page = reader.ask(type="history", room="lobby", limit=200)
    return [(message["from"], message["text"]) for message in page["messages"]]


def test_a_server_killed_while_somebody_types(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("first")
    ann.hears("first")
    ann.composer.press_sequentially("half a ")
    server.kill()
    ann.composer.press_sequentially("sentence")
    ann.composer.press("Enter")
    expect(ann.message("half a sentence")).to_be_visible()
    server.start()
    with RawPeer(server.host, server.port, "carl") as carl:
        carl.say("back again")
    ann.hears("first", "half a sentence", "back again")
    expect(ann.page.get_by_text("Sending")).to_have_count(0)
    assert sorted(said(server)) == [
        ("ann", "first"),
        ("ann", "half a sentence"),
        ("carl", "back again"),
    ]


def test_five_kills_lose_and_double_nothing(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    expected = []
    for round_ in range(5):
        for number in range(4):
            text = f"round {round_} number {number}"
            (ann if number % 2 else bob).say(text)
            expected.append(text)
            if number == 1:
                server.kill()
        server.start()
        for tab in (ann, bob):
            tab.hears(*expected[-4:])
    assert sorted(text for _, text in said(server)) == sorted(expected)
    for sender in ("ann", "bob"):
        own = [text for name, text in said(server) if name == sender]
        assert own == sorted(own), "each person's messages keep their order"


def test_messages_written_offline_wait_in_order(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("online")
    bob.hears("online")
    server.kill()
    for number in range(3):
        ann.say(f"offline {number}")
    expect(ann.page.get_by_role("status").first).to_contain_text("Offline")
    server.start()
    bob.hears("offline 0", "offline 1", "offline 2")
    assert [text for _, text in said(server)] == ["online"] + [f"offline {n}" for n in range(3)]


def test_what_was_unsent_survives_the_tab(server: ServerProcess, url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    server.kill()
    ann.say("written without a server")
    expect(ann.message("written without a server")).to_be_visible()
    server.start()
    # The tab is closed and another one of the same browser opened, before anything was sent.
    ann.page.close()
    again = type(ann)(ann.page.context.new_page()).enter(url, "ann")
    again.hears("written without a server")
    expect(again.page.get_by_text("Sending")).to_have_count(0)
    assert said(server) == [("ann", "written without a server")]


def test_who_was_away_gets_what_was_missed(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("before")
    ann.hears("before")
    ann.page.context.set_offline(True)
    with RawPeer(server.host, server.port, "carl") as carl:
        for number in range(20):
            carl.say(f"meanwhile {number:02}")
    ann.page.context.set_offline(False)
    ann.hears("before", "meanwhile 00", "meanwhile 19")
    assert not ann.faults


def test_two_tabs_of_one_person_are_both_live(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    # A duplicated tab has a copy of the session's storage.
    stored = ann.page.evaluate("() => ({...sessionStorage})")
    twin = type(ann)(ann.page.context.new_page())
    twin.page.add_init_script(
        f"for (const [key, value] of Object.entries({stored!r})) sessionStorage[key] = value"
    )
    twin.page.goto(url)
    twin.say("from the second tab")
    ann.hears("from the second tab")
    ann.say("from the first tab")
    for tab in (ann, twin):
        tab.hears("from the second tab", "from the first tab")
        expect(tab.page.get_by_role("status").first).to_contain_text("Connected")
        expect(tab.page.get_by_role("complementary", name="People")).to_contain_text("People · 1")
    assert not twin.faults


def test_a_closed_tab_leaves_and_its_name_waits_for_its_person(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    with EventPeer(server, "bob") as bob:  # type: ignore[arg-type]
        ann = new_tab().enter(url, "ann")
        bob.next("presence", name="ann", state="joined")
        for number in range(50):
            bob.say_and_wait(f"much {number}")
        ann.page.close()
        bob.next("presence", name="ann", state="left")
        with EventPeer(server, "ann", room=None) as other:  # type: ignore[arg-type]
            assert other.welcome["held"]
            assert other.ask(type="join", room="lobby")["code"] == "name_taken"
        again = type(ann)(ann.page.context.new_page()).enter(url, "ann")
        bob.next("presence", name="ann", state="joined")
        again.hears("much 49")


def test_an_edit_made_without_a_connection_is_made_when_it_is_back(
    url: str, new_tab: NewTab
) -> None:
    relays: list[WebSocketRoute] = []
    is_cut = False

    def relay(page: WebSocketRoute) -> None:
        if is_cut:
            page.close()
        else:
            page.connect_to_server()
            relays.append(page)

    ann, bob = new_tab(), new_tab().enter(url, "bob")
    ann.page.route_web_socket(re.compile("/ws$"), relay)
    ann.enter(url, "ann")
    ann.say("a text with a mistkae")
    bob.hears("a text with a mistkae")
    is_cut = True
    relays[-1].close()
    expect(ann.page.get_by_role("status").first).to_contain_text("Offline")
    ann.composer.press("ArrowUp")
    ann.say("a text without one")
    notice = ann.page.get_by_role("alert").filter(has_text="is changed when it is back")
    expect(notice).to_be_visible()
    is_cut = False
    bob.hears("a text without one")
    expect(notice).to_have_count(0)
