"""Private rooms in the page: made, entered by being added, seen by members alone, left, deleted."""

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.web.conftest import NewTab
from tests.web.test_accessibility import complaints
from tests.web.test_people import PASSWORD, claim, come
from tests.web.test_rooms_in_order import about_room


@pytest.mark.usefixtures("node_modules")
def test_members_are_added_see_a_lock_and_are_taken_out(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob, eve = (new_tab().enter(url, name) for name in ("ann", "bob", "eve"))
    claim(bob)
    ann.say("/join plans")
    expect(ann.composer).to_have_accessible_name("Message to #plans")
    ann.say("the plan")
    about_room(ann).get_by_role("button", name="Make private").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Make private").click()
    expect(ann.page.locator("#rooms").get_by_role("img", name="private")).to_be_visible()
    eve.say("/join plans")
    expect(eve.page.get_by_role("alert").filter(has_text="private room")).to_be_visible()
    about_room(ann).get_by_role("button", name="Add somebody").click()
    ann.page.get_by_label("Name").fill("bob")
    ann.page.get_by_role("dialog").get_by_role("button", name="Add").click()
    told = bob.page.get_by_role("alert").filter(has_text="ann invites you to #plans")
    told.get_by_role("button", name="Go there").click()
    expect(bob.composer).to_have_accessible_name("Message to #plans")
    bob.hears("the plan")
    assert complaints(bob) == [], "a private room"
    phone = come(new_tab(), url, "bob", "I have a password", PASSWORD)
    phone.page.locator("#rooms").get_by_role("button", name="#plans").click()
    phone.hears("the plan")
    phone.page.close()
    bob.page.close()
    absent = ann.page.locator("#members li").filter(has_text="bob")
    expect(absent).to_contain_text("not here")
    ann.say("/members")
    expect(ann.page.get_by_role("alert").filter(has_text="ann and bob")).to_be_visible()
    ann.say("/kick bob")
    expect(ann.page.get_by_role("alert").filter(has_text="adds them again")).to_be_visible()
    expect(absent).to_have_count(0)


def test_a_room_that_is_deleted_is_gone_for_all(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    for tab in (ann, bob):
        tab.say("/join plans")
        expect(tab.composer).to_have_accessible_name("Message to #plans")
    bob.composer.fill("half a sent")
    ann.say("the plan")
    bob.hears("the plan")
    about_room(ann).get_by_role("button", name="Delete the room").click()
    dialog = ann.page.get_by_role("dialog", name="Delete #plans for good?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Delete the room").click()
    for tab in (ann, bob):
        expect(tab.composer).to_have_accessible_name("Message to #lobby")
        expect(tab.page.locator("#rooms").get_by_role("button")).to_have_count(1)
    expect(bob.page.get_by_role("alert").filter(has_text="plans")).to_be_visible()
    assert "plans" not in bob.page.evaluate("JSON.stringify({...localStorage})")
