"""Rooms are kept in order from the page, by whoever may; the first person here is the operator."""

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab
from tests.web.test_accessibility import complaints

ACTS = ("Put out for a minute", "Ban for good", "Make moderator")


def about(tab: Tab, name: str) -> None:
    """Open somebody's profile."""
    tab.page.get_by_role("button", name=f"About {name}").click()


def test_acts_of_power_are_offered_to_those_who_may(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    about(ann, "bob")
    dialog = ann.page.get_by_role("dialog")
    for act in ACTS:
        expect(dialog.get_by_role("button", name=act)).to_be_visible()
    dialog.get_by_role("button", name="Make moderator").click()
    for tab in (ann, bob):
        row = tab.page.locator("#members li").filter(has_text="bob")
        expect(row.get_by_text("moderator")).to_be_visible()
    about(bob, "ann")  # an operator, whose rank the room does not tell
    expect(bob.page.get_by_role("dialog").get_by_role("button", name="Make")).to_have_count(0)


def test_guests_are_offered_no_power(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    url = f"http://{hubbub_server.address}/"
    new_tab().enter(url, "ann")
    bob = new_tab().enter(url, "bob")
    about(bob, "ann")
    dialog = bob.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Mention them")).to_be_visible()
    for act in ACTS:
        expect(dialog.get_by_role("button", name=act)).to_have_count(0)
    bob.page.keyboard.press("Escape")
    bob.say("/help")
    expect(dialog.get_by_text("/who", exact=True)).to_be_visible()
    expect(dialog.get_by_text("/ban")).to_have_count(0)
    bob.page.keyboard.press("Escape")
    bob.say("/kick ann")  # and if they try, they are told whom to ask, and keep what they typed
    expect(bob.page.get_by_role("alert").filter(has_text="Only moderators")).to_be_visible()
    expect(bob.composer).to_have_value("/kick ann")


@pytest.mark.usefixtures("node_modules")
def test_a_ban_is_told_and_taken_back(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    ann.say("/ban eve 2h spam")
    expect(ann.page.get_by_role("alert").filter(has_text="for 2 hours")).to_be_visible()
    expect(eve.page.get_by_role("status").filter(has_text="by ann (spam)")).to_be_visible()
    expect(eve.page.get_by_text("by ann (spam)")).to_have_count(1)  # and not in a notice, too
    eve.say("let me in")  # she is told again, and keeps what she typed
    expect(eve.composer).to_have_value("let me in")
    expect(eve.messages).to_have_count(0)
    eve.page.reload()
    expect(eve.page.get_by_role("status").filter(has_text="by ann (spam)")).to_be_visible()
    assert complaints(eve) == [], "a room that one is banned from"
    ann.say("/bans")
    dialog = ann.page.get_by_role("dialog")
    expect(dialog).to_contain_text("eve")
    assert complaints(ann) == [], "the bans"
    dialog.get_by_role("button", name="Let back in eve").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    ann.page.keyboard.press("Escape")
    eve.page.get_by_role("button", name="Try to enter again").click()
    expect(eve.page.get_by_role("status").filter(has_text="by ann (spam)")).to_be_hidden()
    eve.say("thank you")
    ann.hears("thank you")


@pytest.mark.parametrize("width", [320, 360])
def test_why_one_is_put_out_has_the_whole_width_of_a_phone(
    hubbub_server: LocalServer, new_tab: NewTab, width: int
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann = new_tab().enter(url, "ann")
    eve = new_tab(viewport={"width": width, "height": 640}).enter(url, "eve")
    ann.say("/kick eve calm down, please, or you will not like it")
    reason = eve.page.get_by_role("status").filter(has_text="calm down")
    expect(reason).to_be_visible()
    box = reason.bounding_box()
    assert box is not None
    assert box["width"] > width * 0.8


def test_what_is_no_time_is_told_and_kept(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.say("/ban eve 2x spam")
    expect(ann.page.get_by_role("alert").filter(has_text="is no time")).to_be_visible()
    expect(ann.composer).to_have_value("/ban eve 2x spam")


def test_a_room_says_in_the_place_of_the_composer_why_one_cannot_write(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    bob.composer.fill("half a sent")
    for on, off, sentence in (
        ("/lock", "/unlock", "This room is locked"),
        ("/rules read-only on", "/rules read-only off", "This room is read-only"),
        ("/rules archived on", "/rules archived off", "This room is archived"),
    ):
        ann.say(on)
        silence = bob.page.get_by_role("status").filter(has_text=sentence)
        expect(silence).to_be_visible()
        bob.composer.press("Enter")
        expect(bob.page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
        expect(bob.composer).to_have_value("half a sent")
        expect(bob.page.locator("#topic")).to_be_hidden()
        ann.say(off)
        expect(silence).to_be_hidden()
    bob.composer.press("Enter")
    ann.hears("half a sent")


def test_who_is_muted_is_told_so_and_keeps_what_they_said(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    ann.say("/mute eve 2h calm down")
    expect(ann.page.get_by_role("alert").filter(has_text="muted in #lobby")).to_be_visible()
    eve.say("but I")
    expect(eve.message("but I")).to_contain_class("failed")
    muted = eve.page.get_by_role("status").filter(has_text="muted")
    expect(muted).to_be_visible()
    ann.say("/unmute eve")
    expect(ann.page.get_by_role("alert").filter(has_text="may write")).to_be_visible()
    eve.message("but I").get_by_role("button", name="Retry").click()
    ann.hears("but I")
    expect(muted).to_be_hidden()


def test_a_moderator_deletes_what_others_said_and_others_report_it(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, eve = new_tab().enter(url, "ann"), new_tab().enter(url, "eve")
    ann.say("of ann")
    eve.say("buy coins")
    eve.hears("of ann", "buy coins")
    eve.message("of ann").hover()
    expect(eve.message("of ann").get_by_role("button", name="Delete")).to_have_count(0)
    eve.message("of ann").get_by_role("button", name="Report").click()
    dialog = eve.page.get_by_role("dialog")
    dialog.get_by_label("What is wrong").fill("it is rude")
    dialog.get_by_role("button", name="Report").click()
    expect(eve.page.get_by_role("alert").filter(has_text="is reported")).to_be_visible()
    ann.message("buy coins").hover()
    ann.message("buy coins").get_by_role("button", name="Delete").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(eve.messages.filter(has_text="message deleted")).to_have_count(1)
