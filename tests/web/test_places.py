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


def test_a_name_in_a_text_is_reached_by_keys(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    say(ben, "lobby", "first")
    say(ben, "lobby", "ask @ben or @nobody, https://example.org or #kitchen")
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.hears("first", "ask @ben")
    keys = ann.page.keyboard
    keys.press("F6")
    reached = []
    for _ in range(3):
        keys.press("Tab")
        reached.append(ann.page.evaluate("document.activeElement.textContent"))
    assert reached == ["@ben", "https://example.org", "#kitchen"]
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    keys.press("Enter")
    dialog = ann.page.get_by_role("dialog")
    expect(dialog).to_contain_text("ben")
    keys.press("Escape")
    keys.press("Space")
    expect(dialog).to_contain_text("ben")
    keys.press("Escape")
    keys.press("ArrowUp")
    keys.press("Escape")
    keys.press("Escape")
    expect(ann.composer).to_be_focused()


def test_a_room_in_a_text_leads_there(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    root = f"http://{hubbub_server.address}"
    say(ben, "lobby", "come to #Kitchen, not to #cellar; #fff is a colour, #12 a number")
    ann = new_tab().enter(f"{root}/", "ann")
    links = ann.message("come to").get_by_role("link")
    expect(links).to_have_text(["#Kitchen", "#cellar"])
    links.first.click()
    expect(ann.page.get_by_role("heading", name="#kitchen")).to_be_visible()
    expect(ann.page).to_have_url(f"{root}/kitchen")
    ann.page.go_back()
    links.last.click()
    expect(ann.page.get_by_text("You see no room #cellar here")).to_be_visible()
    expect(ann.page).to_have_url(f"{root}/lobby")
    ann.page.get_by_role("button", name="Open it").click()
    expect(ann.page.get_by_role("heading", name="#cellar")).to_be_visible()


def test_addresses_of_chatrooms_lead_to_messages_here_and_are_copied_elsewhere(
    hubbub_server: LocalServer, new_tab: NewTab, ben: EventPeer
) -> None:
    seq = say(ben, "kitchen", "the soup is ready")
    here, elsewhere = (
        f"hubbub://{hubbub_server.address}/kitchen/{seq}",
        "hubbubs://chat.example/x/1",
    )
    say(ben, "lobby", f"look at {here} and {elsewhere}")
    tab = new_tab(permissions=["clipboard-read", "clipboard-write"])
    ann = tab.enter(f"http://{hubbub_server.address}/", "ann")
    ann.message("look at").get_by_role("link").last.click()
    expect(ann.page.get_by_text(f"{elsewhere} is in another chatroom")).to_be_visible()
    ann.page.locator("#notices").get_by_role("button", name="Copy").click()
    ann.page.wait_for_function(
        "text => navigator.clipboard.readText().then(one => one === text)", arg=elsewhere
    )
    ann.message("look at").get_by_role("link").first.click()
    expect(ann.message("the soup is ready")).to_be_focused()
    expect(ann.page).to_have_url(f"http://{hubbub_server.address}/kitchen/{seq}")
