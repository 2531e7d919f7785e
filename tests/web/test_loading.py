"""The page comes, also when a part of it is lost on the way."""

import re

from playwright.sync_api import Route, expect

from tests.web.conftest import NewTab
from tests.web.tabs import Tab


def lose(route: Route) -> None:
    """Lose a file as browsers do when the network changes."""
    route.abort("internetdisconnected")


SCRIPT = re.compile(r"/page/\w+\.js")


def test_a_page_whose_script_is_lost_is_loaded_again(url: str, new_tab: NewTab) -> None:
    ann = new_tab()
    ann.page.route(SCRIPT, lose, times=1)
    ann.page.goto(url, wait_until="commit")
    ann.page.wait_for_event("framenavigated")  # a second after the loss at the soonest
    ann.join("ann")
    is_heard(ann)


def is_heard(ann: Tab) -> None:
    """Check that the page works, and pass over what the browser said of the loss."""
    ann.say("here after all")
    ann.hears("here after all")
    ann.faults = [fault for fault in ann.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_a_page_that_never_comes_whole_says_so(url: str, new_tab: NewTab) -> None:
    ann = new_tab()
    ann.page.clock.install()
    ann.page.route(SCRIPT, lose)
    ann.page.goto(url)
    for load in range(1, 6):
        expect(ann.page.get_by_role("status")).to_contain_text("Loading it again")
        with ann.page.expect_navigation():
            ann.page.clock.run_for(load * 1000)
    expect(ann.page.get_by_role("status")).to_contain_text("Check the connection")
    ann.faults.clear()
