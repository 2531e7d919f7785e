"""What owners, moderators and operators do by clicking: rules, webhooks, reports, the record."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Locator, expect

from hubbub.testing import LocalServer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab
from tests.web.test_accessibility import complaints
from tests.web.test_people import choose, claim


def about_room(tab: Tab) -> Locator:
    """Open what can be done with the room that is shown."""
    tab.page.get_by_title("About this room").click()
    return tab.page.get_by_role("dialog")


@pytest.mark.usefixtures("node_modules")
def test_webhooks_of_a_room_are_made_and_revoked(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.say("/join builds")
    expect(ann.composer).to_have_accessible_name("Message to #builds")
    about_room(ann).get_by_role("button", name="Webhooks").click()
    ann.page.get_by_role("button", name="Make one").click()
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("ann")
    dialog.get_by_role("button", name="Make").click()
    expect(dialog.get_by_role("alert")).to_contain_text("ann")
    dialog.get_by_label("Name").fill("ci")
    dialog.get_by_role("button", name="Make").click()
    address = ann.page.get_by_role("dialog", name="Webhook").locator("output").inner_text()
    assert complaints(ann) == [], "the address of a webhook"
    body = json.dumps({"text": "the build is green"}).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(address, data=body, headers=headers), timeout=20
    ) as answer:
        assert answer.status == 200
    ann.page.keyboard.press("Escape")
    ann.hears("the build is green")
    about_room(ann).get_by_role("button", name="Webhooks").click()
    expect(ann.page.get_by_role("listitem").filter(has_text="made by ann")).to_contain_text("last")
    ann.page.get_by_role("button", name="Revoke ci").click()
    expect(ann.page.get_by_role("dialog")).to_contain_text("There is none.")


def test_reports_and_the_record_are_rooms_for_those_who_may_read_them(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    ann.say("of ann")
    eve.message("of ann").hover()
    eve.message("of ann").get_by_role("button", name="Report").click()
    eve.page.get_by_role("dialog").get_by_label("What is wrong").fill("it is rude")
    eve.page.get_by_role("dialog").get_by_role("button", name="Report").click()
    expect(about_room(eve).get_by_role("button", name="Reports")).to_have_count(0)
    eve.page.keyboard.press("Escape")
    about_room(ann).get_by_role("button", name="Reports").click()
    ann.hears("it is rude")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Reports about #lobby")
    expect(ann.page.get_by_role("status").filter(has_text="by itself")).to_be_visible()
    choose(ann, "Run the chatroom")
    ann.page.get_by_role("dialog").get_by_role("button", name="Audit record").click()
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Audit record")


def test_an_owner_has_a_room_called_otherwise_and_everybody_sees_it(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    for tab in (ann, bob):
        tab.say("/join plans")
        expect(tab.composer).to_have_accessible_name("Message to #plans")
    bob_sees = about_room(bob).get_by_role("button")
    expect(bob_sees.filter(has_text="Leave #plans")).to_be_visible()
    expect(bob_sees.filter(has_text=re.compile("Rename|Lock|Archive|Webhooks"))).to_have_count(0)
    bob.page.keyboard.press("Escape")
    about_room(ann).get_by_role("button", name="Rename the room").click()
    ann.page.get_by_label("Title").fill("Plans 2027")
    ann.page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    for tab in (ann, bob):
        expect(tab.composer).to_have_accessible_name("Message to #plans-2027")
        expect(tab.page.locator("#rooms").get_by_role("button", name="#plans-2027")).to_be_visible()
    bob.say("/join lobby")
    expect(bob.composer).to_have_accessible_name("Message to #lobby")
    bob.say("/join plans-2027")
    expect(bob.composer).to_have_accessible_name("Message to #plans-2027")
    bob.page.reload()
    expect(bob.composer).to_have_accessible_name("Message to #plans-2027")


@pytest.mark.usefixtures("node_modules")
def test_operators_say_who_may_come_in(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab()
    choose(ann, "Run the chatroom")
    ann.page.get_by_role("dialog").get_by_role("button", name="Who may come in").click()
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_label("Let in").select_option(label="Members only")
    assert complaints(ann) == [], "who may come in"
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    eve.page.goto(url)
    eve.page.locator("#answer").fill("eve")
    eve.page.locator("#answer").press("Enter")
    expect(eve.page.get_by_role("alert").first).to_contain_text("Only members are let in")
    for way in ("a password", "a code", "an invitation"):
        expect(eve.page.get_by_role("button", name=f"I have {way}")).to_be_visible()
    ann.say("/access")
    expect(dialog.get_by_label("Let in")).to_have_value("members")


def test_invitations_are_listed_and_taken_back(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    claim(ann)
    ann.say("/invite 2h")
    expect(ann.page.get_by_role("dialog", name="Invitation")).to_contain_text("for 2 hours")
    ann.page.keyboard.press("Escape")
    choose(ann, "Invitations")
    expect(ann.page.get_by_role("listitem").filter(has_text="by ann")).to_contain_text("until")
    ann.page.get_by_role("button", name="Take back").click()
    expect(ann.page.get_by_role("dialog")).to_contain_text("There is none that counts.")


def test_operators_ban_from_the_chatroom_and_give_codes(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    ann.page.get_by_role("button", name="About eve").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Ban from the whole").click()
    expect(eve.page.get_by_role("alert").first).to_contain_text("banned")
    eve.page.reload()
    expect(eve.page.get_by_role("alert").first).to_contain_text("banned")
    expect(eve.page.get_by_role("button", name="I have a password")).to_be_visible()
    choose(ann, "Run the chatroom")
    ann.page.get_by_role("dialog").get_by_role("button", name="Banned from the").click()
    ann.page.get_by_role("button", name="Let back in eve").click()
    ann.page.keyboard.press("Escape")
    eve.page.locator("#answer").fill("eve")
    eve.page.locator("#answer").press("Enter")
    expect(eve.log).to_be_visible()
    choose(ann, "Run the chatroom")
    ann.page.get_by_role("dialog").get_by_role("button", name="Code for a forgotten").click()
    ann.page.get_by_label("Name").fill("eve")
    ann.page.get_by_role("dialog").get_by_role("button", name="Make one").click()
    expect(ann.page.get_by_role("dialog").locator("output")).to_contain_text("-")
