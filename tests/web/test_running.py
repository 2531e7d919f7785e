"""Operators run the server from the page, and nobody else is offered that."""

import pytest
from playwright.sync_api import Locator, expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab
from tests.web.test_accessibility import complaints
from tests.web.test_people import choose


def opened(tab: Tab) -> Locator:
    """Open the pages of an operator."""
    tab.say("/admin")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_role("tab", name="Status", selected=True)).to_be_visible()
    return dialog


@pytest.mark.usefixtures("node_modules")
def test_an_operator_sees_how_the_server_does_and_runs_it(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    dialog = opened(ann)
    expect(dialog.get_by_role("list", name="Status")).to_contain_text("Ready")
    expect(dialog.get_by_text("2 here")).to_be_visible()
    dialog.get_by_role("button", name="Lock Door").click()
    expect(dialog.get_by_text("Nobody new is let in.")).to_be_visible()
    dialog.get_by_role("button", name="Reload Configuration").click()
    expect(dialog.get_by_role("alert")).to_have_text("Nothing in it has changed.")
    dialog.get_by_role("tab", name="Sessions").click()
    expect(dialog.get_by_role("list", name="Sessions")).to_contain_text("from 127.0.0.1")
    dialog.get_by_role("tab", name="People").click()
    expect(dialog.get_by_text("operator; 1 session, 1 room")).to_be_visible()
    assert complaints(ann) == []
    dialog.get_by_role("button", name="Put out eve").click()
    expect(dialog.get_by_role("list", name="People")).not_to_contain_text("eve")
    expect(eve.page.get_by_text("removed").first).to_be_visible()
    dialog.get_by_role("tab", name="Bans").click()
    dialog.get_by_role("button", name="Take back eve").click()
    expect(dialog.get_by_text("Nobody is banned from the chatroom.")).to_be_visible()
    dialog.get_by_role("tab", name="Audit").click()
    expect(dialog.get_by_role("list", name="Audit")).to_contain_text("locked the door")


def test_a_token_is_made_shown_once_and_revoked(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    dialog = opened(ann)
    dialog.get_by_role("tab", name="Tokens").click()
    expect(dialog.get_by_text("There are no bots.")).to_be_visible()
    dialog.get_by_role("button", name="New token").click()
    form = ann.page.get_by_role("dialog", name="Token for a bot")
    form.get_by_label("Name of the bot").fill("ci")
    form.get_by_role("button", name="Make one").click()
    expect(ann.page.get_by_text("hb_")).to_be_visible()
    ann.page.keyboard.press("Escape")
    dialog = ann.page.get_by_role("dialog", name="Running the chatroom")
    expect(dialog.get_by_role("list", name="Tokens")).to_contain_text("read; by ann, never used")
    dialog.get_by_role("button", name="Revoke ci").click()
    expect(dialog.get_by_text("There are no bots.")).to_be_visible()


def test_others_are_not_offered_it(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    url = f"http://{hubbub_server.address}/"
    new_tab().enter(url, "ann")
    bob = new_tab().enter(url, "bob")
    bob.say("/help")
    dialog = bob.page.get_by_role("dialog")
    expect(dialog.get_by_text("/who", exact=True)).to_be_visible()
    expect(dialog.get_by_text("/admin")).to_have_count(0)
    bob.page.keyboard.press("Escape")
    bob.say("/admin")
    expect(bob.page.get_by_role("alert").filter(has_text="Only operators")).to_be_visible()


def test_what_two_people_say_is_held_by_a_line_or_in_a_form(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "big ben") as ben, EventPeer(hubbub_server, "cleo"):
        ann.say("/hold big ben cleo")
        expect(ann.page.get_by_text("have said nothing to each other")).to_be_visible()
        talk = ben.ask(type="direct", name="cleo")["room"]
        seq = ben.say_and_wait("between us", room=talk)
        ann.say("/hold big ben cleo")
        expect(ann.page.get_by_text("is under a legal hold now")).to_be_visible()
        assert ben.ask(type="delete", room=talk, seq=seq)["code"] == "forbidden"
        choose(ann, "Run the chatroom")
        ann.page.get_by_role("dialog").get_by_role("button", name="Legal hold").click()
        form = ann.page.get_by_role("dialog", name="Legal hold")
        form.get_by_label("Name").fill("big ben")
        form.get_by_label("And the other one").fill("cleo")
        form.get_by_label("Under a legal hold").uncheck()
        form.get_by_role("button", name="Save").click()
        expect(ann.page.get_by_text("is under no legal hold any more")).to_be_visible()
        assert ben.ask(type="delete", room=talk, seq=seq)["type"] == "ok"
        ann.say("/hold big ben cleo perhaps")
        expect(ann.page.get_by_text("Usage: /hold NAME OTHER [off]")).to_be_visible()
