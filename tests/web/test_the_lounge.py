"""The Lounge in a browser, and beside it the page: two people who talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.irc.the_lounge import Lounge, install
from tests.tui.tmux import require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from hubbub.testing import LocalServer
    from tests.web.conftest import NewTab


@pytest.fixture
def lounge(hubbub_server: LocalServer, tmp_path: Path) -> Iterator[Lounge]:
    for program in ("node", "npm"):
        require(program)
    install()
    with Lounge(hubbub_server, tmp_path / "lounge") as running:
        yield running


def enter(lounge: Lounge, new_tab: NewTab) -> Page:
    """Return a page of The Lounge whose user is in the lobby as wanda."""
    page = new_tab(service_workers="allow").page
    page.goto(lounge.url)
    page.get_by_role("button", name="Connect").click()
    page.locator(".channel-list-item[data-name='#lobby']").click()
    expect(page.locator("#input")).to_be_visible()
    return page


def test_people_talk_in_the_lounge_and_on_the_page(
    lounge: Lounge,
    hubbub_server: LocalServer,
    new_tab: NewTab,
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.say("said **before** she came")
    wanda = enter(lounge, new_tab)
    messages = wanda.locator(".chat-content .msg .content")
    expect(messages.filter(has_text="said before she came")).to_have_count(1)
    wanda.locator("#input").fill("hello from The Lounge")
    wanda.locator("#input").press("Enter")
    ann.hears("hello from The Lounge")
    ann.say("welcome, wanda 🎈")
    expect(messages.filter(has_text="welcome, wanda 🎈")).to_have_count(1)
    expect(wanda.locator(".userlist .user", has_text="ann").first).to_be_visible()
