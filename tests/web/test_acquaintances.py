"""Who others are: marks in the list, away, profiles, /me, and people whom one ignores."""

import re

import pytest
from playwright.sync_api import Locator, expect

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab
from tests.web.test_accessibility import complaints
from tests.web.test_order import about
from tests.web.test_people import choose


def row(tab: Tab, name: str) -> Locator:
    """Return somebody's row in the list of people."""
    return tab.page.locator("#members li").filter(has_text=name)


@pytest.mark.usefixtures("node_modules")
def test_the_list_says_what_people_are_and_who_is_away(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    with RawPeer(hubbub_server.host, hubbub_server.port, "tim") as tim:
        tim.say("hello")
        for name, mark in (("ann", "operator"), ("bob", "guest"), ("tim", "passing")):
            expect(row(bob, name).locator(".role")).to_have_text(mark)
        choose(ann, "Say that you are away")
        ann.page.get_by_label("Why").fill("lunch")
        ann.page.get_by_role("dialog").get_by_role("button", name="Say so").click()
        for tab in (ann, bob):
            expect(row(tab, "ann").locator(".role")).to_have_text("operator · away: lunch")
        assert complaints(bob) == [], "somebody is away"
        about(bob, "ann")
        dialog = bob.page.get_by_role("dialog")
        expect(dialog).to_contain_text(re.compile(r"A guest.* Runs this chatroom\. Away: lunch\."))
        expect(dialog.get_by_role("button", name="Put out")).to_have_count(0)
        bob.page.keyboard.press("Escape")
        ann.say("/back")
        expect(row(bob, "ann").locator(".role")).to_have_text("operator")


def test_what_one_does_is_said_with_the_name(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    with RawPeer(hubbub_server.host, hubbub_server.port, "tim") as tim:
        ann.say("/me waves at @bob")
        for tab in (ann, bob):
            expect(tab.message("ann waves at @bob")).to_have_count(1)
        name = bob.messages.first.get_attribute("aria-label") or ""
        assert re.search(r": ann waves at @bob$", name)
        assert tim.pair() == ("ann", "* waves at @bob")


@pytest.mark.usefixtures("node_modules")
def test_people_who_are_ignored_are_hidden_until_they_are_heard_again(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    ann.say("before")
    eve.say("buy coins")
    ann.hears("before", "buy coins")
    ann.say("after")
    ann.hears("after")
    about(ann, "eve")
    ann.page.get_by_role("dialog").get_by_role("button", name="Ignore").click()
    expect(ann.messages).to_have_count(2)
    eve.say("buy more coins")
    ann.say("hello")
    ann.hears("hello")
    expect(ann.messages).to_have_count(3)
    ann.page.reload()
    ann.hears("before", "after", "hello")
    expect(ann.messages).to_have_count(3)
    choose(ann, "Ignored people")
    expect(ann.page.get_by_role("dialog").get_by_role("listitem")).to_have_count(1)
    assert complaints(ann) == [], "people who are ignored"
    ann.page.get_by_role("button", name="Hear again eve").click()
    ann.page.keyboard.press("Escape")
    ann.hears("before", "buy coins", "after", "buy more coins", "hello")


def test_a_name_in_the_log_leads_to_who_that_is(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("hello")
    bob.message("hello").get_by_text("ann", exact=True).click()
    dialog = bob.page.get_by_role("dialog", name="ann")
    expect(dialog).to_contain_text("Runs this chatroom.")
    bob.page.keyboard.press("Escape")
    bob.say("/whois ann")
    expect(bob.page.get_by_role("alert").filter(has_text="ann: A guest")).to_be_visible()
