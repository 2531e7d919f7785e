"""Below 1000 pixels the panels are drawers: they take the focus, keep it, and give it back."""

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

WIDE, TABLET, PHONE = ({"width": width, "height": 700} for width in (1200, 800, 390))


def focus_is_in(tab: Tab, panel: str) -> bool:
    """Return whether what has the focus is in a panel."""
    found: bool = tab.page.evaluate(
        "id => document.getElementById(id).contains(document.activeElement)", panel
    )
    return found


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize(
    "drawer",
    [(TABLET, "People", "people"), (PHONE, "People", "people"), (PHONE, "Rooms", "sidebar")],
    ids=["people on a tablet", "people on a phone", "rooms on a phone"],
)
def test_a_drawer_keeps_the_focus_until_escape(
    hubbub_server: LocalServer,
    new_tab: NewTab,
    drawer: tuple[dict[str, int], str, str],
    motion: str,
) -> None:
    size, opener, panel = drawer
    ann = new_tab(viewport=size, reduced_motion=motion)
    ann.enter(f"http://{hubbub_server.address}/", "ann")
    button = ann.page.get_by_role("button", name=opener, exact=True)
    for _ in range(2):
        button.focus()
        ann.page.keyboard.press("Enter")
        assert focus_is_in(ann, panel)
        for key in ["Tab"] * 8 + ["Shift+Tab"] * 8:
            ann.page.keyboard.press(key)
            assert focus_is_in(ann, panel), key
        ann.page.keyboard.press("Escape")
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-expanded", "false")
    ann.composer.fill("reachable again")
    ann.composer.press("Enter")
    ann.hears("reachable again")


def test_escape_closes_a_drawer_whose_focus_is_gone(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab(viewport=PHONE).enter(f"http://{hubbub_server.address}/", "ann")
    button = ann.page.get_by_role("button", name="People", exact=True)
    button.click()
    ann.page.evaluate("document.activeElement.blur()")
    ann.page.keyboard.press("Escape")
    expect(button).to_be_focused()


@pytest.mark.parametrize(("opener", "wider"), [("Rooms", TABLET), ("People", WIDE)])
def test_a_window_that_becomes_wider_needs_no_drawer(
    hubbub_server: LocalServer, new_tab: NewTab, opener: str, wider: dict[str, int]
) -> None:
    ann = new_tab(viewport=PHONE).enter(f"http://{hubbub_server.address}/", "ann")
    ann.page.get_by_role("button", name=opener, exact=True).click()
    ann.page.set_viewport_size({"width": wider["width"], "height": wider["height"]})
    ann.composer.click()
    ann.say("nothing covers this")
    ann.hears("nothing covers this")
    assert ann.page.evaluate("document.querySelectorAll('[inert]').length") == 0


def test_what_is_chosen_in_a_drawer_closes_it(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = new_tab(viewport=PHONE).enter(f"http://{hubbub_server.address}/", "ann")
    ann.page.get_by_role("button", name="Rooms", exact=True).click()
    ann.page.get_by_role("button", name="Find a room").click()
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("kitchen")
    dialog.get_by_text("kitchen").click()
    expect(ann.composer).to_have_accessible_name("Message to #kitchen")
    ann.say("here now")
    ann.hears("here now")
