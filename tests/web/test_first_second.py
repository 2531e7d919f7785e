"""The name field is there at once, even far away: how much goes over the network, and how often.

The network is that of a phone far from the server: 300 ms there and back, 1.6 Mbit/s. What is
compared are requests and what must come before the field is seen; times are measured by
`python -m bench.page`.
"""

from playwright.sync_api import CDPSession, Route, expect

from hubbub.testing import LocalServer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

FAR = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 200_000}


def far_away(tab: Tab) -> CDPSession:
    """Have a tab reach the server over a slow network."""
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", FAR)
    return session


def hold(_route: Route) -> None:
    """Let the answer be long in coming."""


def requests_of(tab: Tab) -> list[str]:
    """Return what the tab asks for, without what browsers ask for later by themselves."""
    asked: list[str] = []
    extras = ("/favicon.ico", ".webmanifest", "/worker.js")
    tab.page.on(
        "request",
        lambda request: asked.append(request.url) if not request.url.endswith(extras) else None,
    )
    return asked


def test_the_name_field_comes_with_the_first_answer(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab()
    asked = requests_of(ann)
    address = f"http://{hubbub_server.address}/"
    ann.page.route("**/page/*.js", hold)
    ann.page.goto(address, wait_until="commit")
    field = ann.page.get_by_role("textbox", name="Your name")
    expect(field).to_be_focused()
    field.press_sequentially("ann")
    field.press("Enter")
    assert len(asked) == 2, asked
    ann.page.unroute_all(behavior="ignoreErrors")


def test_what_is_typed_before_the_script_has_come_is_not_lost(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab()
    far_away(ann)
    ann.page.goto(f"http://{hubbub_server.address}/", wait_until="commit")
    field = ann.page.get_by_role("textbox", name="Your name")
    field.press_sequentially("ann")
    field.press("Enter")
    expect(ann.log).to_be_visible()
    expect(ann.page.locator("#me")).to_have_text("ann")
    ann.say("here")
    ann.hears("here")


def test_the_next_visit_asks_for_nothing_but_whether_the_page_is_the_same(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    session = far_away(ann)
    asked: dict[str, str] = {}
    kept: set[str] = set()
    session.on(
        "Network.requestWillBeSent",
        lambda event: asked.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on("Network.requestServedFromCache", lambda event: kept.add(event["requestId"]))
    ann.page.reload()
    expect(ann.composer).to_be_visible()
    ann.say("here")
    ann.hears("here")
    sent = [url for number, url in asked.items() if number not in kept]
    assert [url for url in sent if not url.startswith("data:")] == [ann.page.url], asked


def test_who_is_in_already_sees_no_form_while_the_chat_loads(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.page.route("**/page/*.js", hold)
    ann.page.reload(wait_until="commit")
    expect(ann.page.get_by_text("Loading …")).to_be_visible()
    expect(ann.page.get_by_role("textbox")).to_have_count(0)
    ann.page.unroute_all(behavior="ignoreErrors")
