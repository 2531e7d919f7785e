"""A name that is kept for somebody who has lost the connection: the page waits for it by itself."""

import re

import pytest
from playwright.sync_api import expect

from hubbub.hub.present import kept
from hubbub.testing import LocalServer, serving
from tests.server.event_peer import EventPeer
from tests.server.test_lost_names import ann_is, reset
from tests.web.conftest import NewTab

KEPT = re.compile("kept for .* more.* This page tries again by itself")


def lose_ann(server: LocalServer) -> None:
    """Have ann enter and lose the connection."""
    with EventPeer(server, "bob") as bob:
        ann = EventPeer(server, "ann")
        ann_is(bob, "joined")
        reset(ann)
        ann_is(bob, "left")


def test_a_kept_name_is_tried_again_when_it_is_free(
    new_tab: NewTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_SECONDS", 4.0)
    with serving() as server:
        lose_ann(server)
        ann = new_tab()
        ann.page.goto(f"http://{server.address}/")
        field = ann.page.get_by_role("textbox", name="name")
        field.fill("ann")
        field.press("Enter")
        expect(ann.page.get_by_role("alert").first).to_have_text(KEPT)
        expect(ann.log).not_to_be_visible()
        expect(ann.log).to_be_visible()
        ann.say("here I am")
        ann.hears("here I am")


def test_another_name_can_be_chosen_meanwhile(new_tab: NewTab) -> None:
    with serving() as server:
        lose_ann(server)
        ann = new_tab()
        ann.page.goto(f"http://{server.address}/")
        field = ann.page.get_by_role("textbox", name="name")
        field.fill("ann")
        field.press("Enter")
        expect(ann.page.get_by_role("alert").first).to_have_text(KEPT)
        ann.page.get_by_role("button", name="Another name").click()
        ann.join("anna").say("hello")
        ann.hears("hello")
