"""The list of rooms when there are many: what is unread is always within reach."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

ROOMS = [f"room-{number:02}" for number in range(40)]
LONG = "a-room-whose-name-is-thirty-two-x"[:32]
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def bob(hubbub_server: LocalServer) -> Iterator[EventPeer]:
    """Somebody in all rooms."""
    with EventPeer(hubbub_server, "bob") as peer:
        for room in (*ROOMS, LONG, "日本語の部屋"):
            peer.ask(type="join", room=room)
        yield peer


def in_many_rooms(server: LocalServer, new_tab: NewTab, **options: object) -> Tab:
    ann = new_tab(**options).enter(f"http://{server.address}/", "ann")
    for room in (*ROOMS, LONG, "日本語の部屋"):
        ann.say(f"/join {room}")
        expect(ann.page.get_by_role("heading", name=f"#{room}")).to_be_visible()
    ann.say("/join lobby")
    expect(ann.page.get_by_role("heading", name="#lobby")).to_be_visible()
    return ann


def test_marks_lead_to_unread_rooms_out_of_sight_and_keys_bring_the_room_into_sight(
    hubbub_server: LocalServer, new_tab: NewTab, bob: EventPeer
) -> None:
    ann = in_many_rooms(hubbub_server, new_tab)
    rooms = ann.page.get_by_role("navigation", name="Rooms")
    for room in (ROOMS[-1], ROOMS[-3]):
        bob.say_and_wait("hello", room=room)
    rooms.get_by_role("button", name="2 unread below").click()
    expect(rooms.get_by_role("button", name=f"#{ROOMS[-1]}")).to_be_in_viewport()
    expect(rooms.get_by_role("button", name="unread below")).to_be_hidden()
    ann.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(ann.page.get_by_role("heading", name=f"#{ROOMS[-3]}")).to_be_visible()
    bob.say_and_wait("hello", room="room-01")
    rooms.get_by_role("button", name="1 unread above").click()
    expect(rooms.get_by_role("button", name="#room-01")).to_be_in_viewport()
    ann.page.keyboard.press("Alt+ArrowDown")
    expect(rooms.get_by_role("button", name=f"#{ROOMS[-2]}")).to_be_in_viewport()


def test_private_talk_and_rooms_kept_on_top_stand_first(
    hubbub_server: LocalServer, new_tab: NewTab, bob: EventPeer
) -> None:
    ann = in_many_rooms(hubbub_server, new_tab)
    ann.say("/msg bob hello")
    expect(ann.page.get_by_role("heading", name="@bob")).to_be_visible()
    ann.say("/join room-39")
    expect(ann.page.get_by_role("heading", name="#room-39")).to_be_visible()
    ann.say("/top")
    rooms = ann.page.get_by_role("navigation", name="Rooms")
    expect(rooms.get_by_role("list", name="Kept on top")).to_have_text(re.compile("#room-39"))
    expect(rooms.get_by_role("list", name="Direct messages")).to_have_text(re.compile("@bob"))
    expect(rooms.get_by_role("button", name="@bob")).to_be_in_viewport()
    ann.page.reload()
    expect(rooms.get_by_role("list", name="Kept on top")).to_have_text(re.compile("#room-39"))


def test_on_phones_the_button_of_the_list_says_what_is_unread(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab(viewport=PHONE).enter(f"http://{hubbub_server.address}/", "ann")
    ann.say("/join kitchen")
    expect(ann.page.get_by_role("heading", name="#kitchen")).to_be_visible()
    with EventPeer(hubbub_server, "bob") as carl:
        carl.say_and_wait("hello")
        button = ann.page.get_by_role("button", name="Rooms, 1 unread")
        expect(button.locator(".badge")).to_have_text("1")
        carl.say_and_wait("ann, are you there?")
        ann.page.get_by_role("button", name="Rooms, 1 mention").click()
        ann.page.get_by_role("button", name="#lobby").click()
    expect(ann.page.get_by_role("button", name="Rooms", exact=True)).to_be_visible()


def test_what_comes_above_leaves_the_room_that_is_shown_in_sight(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = in_many_rooms(hubbub_server, new_tab)
    ann.say("/join lobby")
    expect(ann.page.get_by_role("heading", name="#lobby")).to_be_visible()
    with EventPeer(hubbub_server, "zoe") as zoe:
        room = zoe.ask(type="direct", name="ann")["room"]
        zoe.ask(type="say", room=room, text="psst")
        expect(ann.page.get_by_role("button", name="@zoe")).to_have_count(1)
        ann.page.wait_for_function(
            """() => {
                const row = document.querySelector("#room-lists [aria-current]");
                const { left, top, width, height } = row.getBoundingClientRect();
                return row.contains(document.elementFromPoint(left + width / 2, top + height / 2));
            }"""
        )
