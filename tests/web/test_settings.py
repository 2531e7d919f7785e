"""What people set in the dialog of settings holds at once, in every tab, and at the next visit."""

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

LIGHT, DARK = "rgb(255, 255, 255)", "rgb(22, 24, 29)"


def set_to(tab: Tab, label: str) -> None:
    """Choose one of the settings, and close the dialog."""
    tab.page.get_by_role("button", name="Settings").click()
    tab.page.get_by_role("dialog", name="Settings").get_by_label(label).check()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_colours_are_those_of_the_system_until_others_are_chosen(
    hubbub_server: LocalServer, new_tab: NewTab, system: str
) -> None:
    ann = new_tab(color_scheme=system).enter(f"http://{hubbub_server.address}/", "ann")
    app = ann.page.locator("#app")
    expect(app).to_have_css("background-color", LIGHT if system == "light" else DARK)
    set_to(ann, "Dark")
    expect(app).to_have_css("background-color", DARK)
    ann.page.reload()
    expect(app).to_have_css("background-color", DARK)
    set_to(ann, "Light")
    expect(app).to_have_css("background-color", LIGHT)


def test_a_compact_page_shows_more_and_every_tab_follows(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    for number in range(3):
        ann.say(f"message {number}")
    ann.hears("message 2")
    other = Tab(ann.page.context.new_page()).enter(f"http://{hubbub_server.address}/", "bob")
    other.say("and one more")
    other.hears("and one more")
    cosy = other.message("message 2").bounding_box()
    set_to(ann, "Compact")
    expect(other.page.locator("html")).to_have_attribute("data-density", "compact")
    other.hears("and one more")
    compact = other.message("message 2").bounding_box()
    assert cosy is not None
    assert compact is not None
    assert compact["height"] < cosy["height"]


def test_settings_open_by_a_key_and_by_a_command(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    dialog = ann.page.get_by_role("dialog", name="Settings")
    ann.page.keyboard.press("Control+,")
    expect(dialog).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    ann.say("/settings")
    expect(dialog).to_be_visible()


def test_the_size_of_text_is_that_of_the_browser(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.say("readable")
    ann.hears("readable")
    for place in (ann.message("readable").get_by_role("paragraph"), ann.composer):
        size = place.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
        ann.page.evaluate("document.documentElement.style.fontSize = '32px'")  # as if set there
        expect(place).to_have_css("font-size", f"{size * 2:g}px")
        ann.page.evaluate("document.documentElement.style.fontSize = ''")
