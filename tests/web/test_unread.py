"""Where one stopped: a room opens at the first unread message, and can be made unread again."""

import re

from playwright.sync_api import Locator, expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

MANY = 250


def bar(tab: Tab) -> Locator:
    return tab.page.get_by_role("region", name="Unread messages")


def say_many(server: LocalServer, room: str = "lobby", count: int = MANY) -> None:
    with EventPeer(server, "bob") as bob:
        if room != "lobby":
            bob.tell(type="join", room=room)
        for number in range(count):
            bob.tell(type="say", room=room, text=f"message {number}")
        bob.say_and_wait("and that was all", room=room)


def gone_and_back(server: LocalServer, new_tab: NewTab, **options: object) -> Tab:
    """Return the tab of somebody who had read one message, and missed many."""
    url = f"http://{server.address}/"
    ann = new_tab(**options).enter(url, "ann")
    with EventPeer(server, "carl") as carl:
        carl.say_and_wait("ann reads this")
    ann.hears("ann reads this")
    ann.page.goto("about:blank")
    say_many(server)
    ann.page.goto(url)
    return ann


def test_a_room_opens_at_the_first_unread_message(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = gone_and_back(hubbub_server, new_tab)
    expect(ann.message("message 0")).to_be_in_viewport()
    expect(ann.message("ann reads this")).to_be_in_viewport()
    expect(ann.log.get_by_text("New", exact=True)).to_be_in_viewport()
    expect(bar(ann)).to_contain_text(re.compile(r"2[345]\d unread since \d\d:\d\d"))
    assert ann.messages.count() < MANY


def test_it_is_read_on_page_by_page_and_the_count_goes_down(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = gone_and_back(hubbub_server, new_tab)
    expect(ann.message("message 0")).to_be_in_viewport()
    ann.page.mouse.move(640, 400)
    ann.page.mouse.wheel(0, 2500)
    expect(bar(ann)).to_contain_text(re.compile(r"\b(1\d\d|2[0-2]\d) unread since"))
    ann.page.reload()
    expect(bar(ann)).to_contain_text(re.compile(r"\b(1\d\d|2[0-2]\d) unread since"))
    expect(ann.message("message 0")).not_to_be_in_viewport()
    for _ in range(40):
        ann.page.mouse.wheel(0, 4000)
        ann.page.wait_for_timeout(50)
        if bar(ann).is_hidden():
            break
    expect(ann.message("and that was all")).to_be_in_viewport()
    expect(bar(ann)).to_be_hidden()


def test_the_bar_leads_to_the_newest_and_back_by_click_and_by_key(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = gone_and_back(hubbub_server, new_tab)
    bar(ann).get_by_role("button", name="To the newest").click()
    expect(ann.message("and that was all")).to_be_in_viewport()
    ann.page.keyboard.press("Alt+u")
    expect(ann.message("message 0")).to_be_in_viewport()
    ann.page.keyboard.press("Alt+n")
    expect(ann.message("and that was all")).to_be_in_viewport()
    ann.page.keyboard.press("Alt+u")
    expect(ann.message("message 0")).to_be_in_viewport()


def test_all_is_marked_as_read(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = gone_and_back(hubbub_server, new_tab)
    bar(ann).get_by_role("button", name="Mark as read").click()
    expect(ann.message("and that was all")).to_be_in_viewport()
    expect(bar(ann)).to_be_hidden()
    ann.page.reload()
    expect(ann.message("and that was all")).to_be_in_viewport()
    expect(bar(ann)).to_be_hidden()


def test_a_few_unread_messages_are_shown_at_the_end_under_the_line(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    url = f"http://{hubbub_server.address}/"
    ann = new_tab().enter(url, "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        bob.say_and_wait("one")
        ann.hears("one")
        ann.page.goto("about:blank")
        bob.say_and_wait("two")
        for _ in range(2):
            ann.page.goto(url)
            expect(ann.message("two")).to_be_in_viewport()
            expect(ann.log.get_by_text("New", exact=True)).to_be_in_viewport()
            expect(bar(ann)).to_be_hidden()


def test_a_message_is_marked_unread_by_its_button_and_by_key(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        for text in ("one", "two", "three"):
            bob.say_and_wait(text)
    ann.hears("three")
    badge = ann.page.get_by_role("navigation", name="Rooms").locator(".badge")
    ann.message("two").hover()
    ann.message("two").get_by_role("button", name="Mark unread from here").click()
    expect(badge).to_have_text("2")
    ann.page.keyboard.press("Alt+m")
    expect(badge).to_be_hidden()
    ann.composer.focus()
    ann.page.keyboard.press("F6")
    ann.page.keyboard.press("u")
    expect(badge).to_have_text("1")
    ann.page.reload()
    expect(ann.log.get_by_text("New", exact=True)).to_be_in_viewport()


def test_an_answer_given_while_reading_far_back_leads_to_the_newest(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = gone_and_back(hubbub_server, new_tab)
    expect(ann.message("message 0")).to_be_in_viewport()
    ann.say("I am back")
    ann.hears("I am back")
    expect(ann.message("I am back")).to_be_in_viewport()
    expect(ann.message("and that was all")).to_be_in_viewport()


def test_what_was_said_in_another_room_is_opened_where_one_stopped_there(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.say("/join kitchen")
    expect(ann.page.get_by_role("heading", name="#kitchen")).to_be_visible()
    ann.say("I cook")
    ann.hears("I cook")
    ann.page.get_by_role("button", name="#lobby").click()
    say_many(hubbub_server, "kitchen")
    expect(ann.page.get_by_role("navigation").get_by_text("99+")).to_be_visible()
    ann.page.get_by_role("button", name="#kitchen").click()
    expect(ann.message("message 0")).to_be_in_viewport()
    expect(ann.message("I cook")).to_be_in_viewport()
    expect(bar(ann)).to_contain_text(re.compile(r"2[345]\d unread since"))
