"""Rooms and messages have addresses: opened, copied, gone back from."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab


@pytest.fixture
def ben(hubbub_server: LocalServer) -> Iterator[EventPeer]:
    """Somebody who is in two rooms."""
    with EventPeer(hubbub_server, "ben") as ben:
        ben.ask(type="join", room="kitchen")
        yield ben


def say(ben: EventPeer, room: str, text: str) -> int:
    return int(ben.ask(type="say", room=room, text=text)["seq"])


def test_an_address_leads_to_its_message_and_back_to_where_one_was(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    seq = say(ben, "kitchen", "the soup is ready")
    root = f"http://{hubbub_server.address}"
    link = f"{root}/kitchen/{seq}"
    say(ben, "lobby", f"look at {link}")
    ann = new_tab().enter(f"{root}/", "ann")
    expect(ann.page).to_have_url(f"{root}/lobby")
    ann.log.get_by_role("link").click()
    expect(ann.message("the soup is ready")).to_be_focused()
    expect(ann.page).to_have_url(link)
    assert len(ann.page.context.pages) == 1, "it opens no other window"
    ann.page.go_back()
    ann.hears("look at")
    expect(ann.page).to_have_url(f"{root}/lobby")
    ann.page.go_forward()
    expect(ann.message("the soup is ready")).to_be_focused()


def test_the_page_opens_at_the_address_of_a_message(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    seq = say(ben, "kitchen", "the soup is ready")
    ann = new_tab()
    ann.page.goto(f"http://{hubbub_server.address}/kitchen/{seq}")
    field = ann.page.get_by_role("textbox", name="name")
    field.fill("ann")
    field.press("Enter")
    expect(ann.message("the soup is ready")).to_be_focused()
    ann.page.reload()
    expect(ann.message("the soup is ready")).to_be_focused()


def test_the_address_of_a_message_and_of_a_room_is_copied(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    seq = say(ben, "lobby", "remember this")
    root = f"http://{hubbub_server.address}"
    ann = new_tab(permissions=["clipboard-read", "clipboard-write"]).enter(f"{root}/", "ann")
    ann.message("remember this").hover()
    ann.page.get_by_role("button", name="Copy the address").click()
    expect(ann.page.get_by_text(f"The address is copied: {root}/lobby/{seq}")).to_be_visible()
    assert clipboard(ann) == f"{root}/lobby/{seq}"
    ann.say("/address")
    expect(ann.page.get_by_text(f"The address is copied: {root}/lobby", exact=True)).to_be_visible()
    assert clipboard(ann) == f"{root}/lobby"


def clipboard(ann: Tab) -> str:
    return str(ann.page.evaluate("navigator.clipboard.readText()"))


def test_going_back_closes_a_dialog_or_a_drawer_first(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    phone = new_tab(viewport={"width": 400, "height": 700})
    phone.enter(f"http://{hubbub_server.address}/", "ann")
    page = phone.page
    page.get_by_role("button", name="Rooms").click()
    drawer = page.get_by_role("navigation", name="Rooms")
    expect(drawer).to_be_visible()
    page.go_back()
    expect(drawer).to_be_hidden()
    page.get_by_role("button", name="People").click()
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(phone.log).to_be_visible()
    expect(page).to_have_url(f"http://{hubbub_server.address}/lobby")


def test_a_name_in_a_text_leads_to_its_person(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    say(ben, "lobby", "ask @ben about it")
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.message("ask @ben").get_by_text("@ben", exact=True).click()
    expect(ann.page.get_by_role("dialog")).to_contain_text("ben")
