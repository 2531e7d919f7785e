"""A room's messages on paper, and in a file."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

COUNT = 150


@pytest.fixture
def ann(hubbub_server: LocalServer, new_tab: NewTab) -> Tab:
    """Somebody in a room in which more was said than is on the screen, or was loaded."""
    with EventPeer(hubbub_server, "bob") as bob:
        for number in range(COUNT):
            bob.ask(type="say", room="lobby", text=f"message {number}.", nonce=f"{number}")
        bob.say_and_wait("the **last** one, <b>here</b>")
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.hears("the last one")
    return ann


def saved(ann: Tab, kind: str, folder: Path) -> str:
    """Save the room, and return what is in the file."""
    ann.say("/save")
    with ann.page.expect_download() as download:
        ann.page.get_by_role("dialog").get_by_role("button", name=kind).click()
    download.value.save_as(folder / "room")
    expect(ann.page.get_by_text("Saved. All messages")).to_be_visible()
    return (folder / "room").read_text("utf-8")


def test_a_room_is_saved_as_text_from_its_beginning(ann: Tab, tmp_path: Path) -> None:
    text = saved(ann, "As text", tmp_path)
    assert text.startswith("#lobby\n")
    assert "All messages, from " in text
    assert text.count("] bob: message ") == COUNT
    assert text.endswith("bob: the **last** one, <b>here</b>\n")


def test_a_room_is_saved_as_a_page_that_opens_anywhere(ann: Tab, tmp_path: Path) -> None:
    page = saved(ann, "As a page", tmp_path)
    assert "<script" not in page
    (tmp_path / "room.html").write_text(page, "utf-8")
    ann.page.goto((tmp_path / "room.html").as_uri())
    expect(ann.page.locator("article")).to_have_count(COUNT + 1)
    expect(ann.page.locator("article").last).to_contain_text("the last one, <b>here</b>")
    expect(ann.page.locator("article b").filter(has_text="here")).to_have_count(0)
    expect(ann.page.locator("button")).to_have_count(0)


def test_what_is_printed_are_the_messages_and_how_many_there_are(ann: Tab) -> None:
    ann.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    ann.page.emulate_media(media="print")
    record = ann.page.locator("#record")
    expect(record).to_contain_text("The newest 100 messages")
    expect(record).to_contain_text("Older ones are not in it.")
    expect(record.locator("article")).to_have_count(100)
    expect(ann.page.locator("#app")).not_to_be_visible()
    expect(record.locator("article").last).to_be_visible()
    ann.page.emulate_media(media="screen")
    ann.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(record).to_have_count(0)
    expect(ann.page.locator("#app")).to_be_visible()


def test_times_are_for_machines_too(ann: Tab) -> None:
    times = ann.log.locator("time").evaluate_all("all => all.map(time => time.dateTime)")
    assert times
    assert all(time.endswith("Z") and "T" in time for time in times)
