"""The page, served on the user's own machine, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.faults.serving import ServerProcess
from tests.server.tls.peers import protected
from tests.sidecar.cars import Car, path_of, side_car
from tests.tls.pairs import pair_in
from tests.web.conftest import NewTab
from tests.web.tabs import Tab


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """Chromium with all that is around its tabs: only then can it show notifications."""
    return whole_browser


@pytest.fixture
def car(server: ServerProcess, tmp_path: Path) -> Iterator[Car]:
    """The side-car of the server."""
    with side_car(f"{server.host}:{server.port}", tmp_path / "side-cars") as one:
        yield one


def opened(tab: Tab, car: Car, name: str, place: str = "/") -> Tab:
    """Open the page as `hubbub open` does, and join."""
    tab.page.goto(car.origin + car.entrance(place))
    return tab.join(name)


def test_people_chat_through_it_with_those_who_come_directly(
    new_tab: NewTab, car: Car, url: str
) -> None:
    ann = opened(new_tab(), car, "ann")
    assert ann.page.url.startswith(f"{car.origin}/")
    assert "open=" not in ann.page.url
    ben = new_tab().enter(url, "ben")
    ann.say("from my own machine")
    ben.hears("from my own machine")
    ben.say("from elsewhere")
    ann.hears("from elsewhere")


def test_the_page_goes_on_after_a_restart_of_the_server(
    server: ServerProcess, new_tab: NewTab, car: Car
) -> None:
    ann = opened(new_tab(), car, "ann")
    ann.say("before")
    ann.hears("before")
    server.kill()
    expect(ann.page.get_by_role("status").first).to_contain_text("Offline")
    ann.say("meanwhile")
    server.start()
    ann.hears("before", "meanwhile")


def test_service_worker_and_notifications_are_there(new_tab: NewTab, car: Car) -> None:
    ann = opened(new_tab(service_workers="allow", permissions=["notifications"]), car, "ann")
    assert ann.page.evaluate("isSecureContext")
    ann.page.evaluate("navigator.serviceWorker.ready")
    assert ann.page.evaluate("Notification.permission") == "granted"
    ann.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    ann.page.goto(car.origin + car.entrance("/tea"))
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    assert ann.page.url == f"{car.origin}/tea", "a ticket counts with the worker in between, too"


def test_who_comes_back_is_still_the_same(new_tab: NewTab, car: Car) -> None:
    tab = opened(new_tab(), car, "ann")
    tab.page.goto(car.origin + car.entrance())
    expect(tab.composer).to_be_visible()
    tab.say("me again")
    tab.hears("me again")


def test_links_for_others_have_the_chatrooms_own_address(
    server: ServerProcess, new_tab: NewTab, car: Car
) -> None:
    ann = opened(new_tab(permissions=["clipboard-read", "clipboard-write"]), car, "ann")
    ann.say("/address")
    own = f"http://{server.host}:{server.port}/lobby"
    expect(ann.page.get_by_text(f"The address is copied: {own}", exact=True)).to_be_visible()
    assert ann.page.evaluate("navigator.clipboard.readText()") == own
    ann.say("/join tea")
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    ann.say("/join lobby")
    expect(ann.composer).to_have_accessible_name("Message to #lobby")
    ann.say(f"look at http://{server.host}:{server.port}/tea")
    ann.page.get_by_role("link", name="/tea").click()
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    assert ann.page.url == f"{car.origin}/tea", "a link to the chatroom leads there in this page"


def test_files_come_and_go(new_tab: NewTab, car: Car, url: str, tmp_path: Path) -> None:
    ann, ben = opened(new_tab(), car, "ann"), new_tab().enter(url, "ben")
    note = tmp_path / "note.txt"
    note.write_bytes(b"what I noted\n" * 100_000)
    ann.page.locator("#files").set_input_files(note)
    ann.say("here it is")
    ben.hears("here it is")
    address = ann.log.get_by_role("link", name="note.txt").get_attribute("href")
    got = ann.page.evaluate(
        "async (address) => (await (await fetch(address)).text()).length", address
    )
    assert got == note.stat().st_size


def test_a_page_of_another_site_can_do_nothing_in_the_same_browser(
    browser: Browser, car: Car, url: str
) -> None:
    """The chatroom's own page, at another port of this machine, stands for another site."""
    context = browser.new_context(service_workers="block")
    try:
        page = context.new_page()
        page.goto(car.origin + car.entrance())
        expect(page.get_by_role("textbox", name="name")).to_be_visible()
        other = context.new_page()
        other.goto(f"{url}healthz")
        tried = other.evaluate(
            """async (origin) => {
              const done = {}, body = '{"text":"forged"}';
              const reads = (path, options) => fetch(origin + path, options).then(
                (answer) => `${answer.type} ${answer.status}`, () => "refused");
              done.fetch = await reads("/api/rooms", { credentials: "include" });
              const form = { method: "POST", mode: "no-cors", credentials: "include", body };
              done.post = await reads("/api/rooms/lobby/messages", form);
              done.socket = await new Promise((resolve) => {
                const socket = new WebSocket(origin.replace("http", "ws") + "/ws");
                socket.onopen = () => resolve("open");
                socket.onerror = () => resolve("refused");
              });
              done.image = await new Promise((resolve) => {
                const image = new Image();
                image.onload = () => resolve("loaded");
                image.onerror = () => resolve("refused");
                image.src = origin + "/icon.svg";
              });
              return done;
            }""",
            car.origin,
        )
        assert tried["fetch"] == tried["socket"] == tried["image"] == "refused"
        assert tried["post"] in {"refused", "opaque 0"}
        assert "forged" not in car.ask("/api/rooms/lobby/messages").body.decode()
        fresh = browser.new_context().new_page()
        answer = fresh.goto(f"{car.origin}/")
        assert answer is not None
        assert answer.status == 403, "another browser does not get in"
        fresh.context.close()
    finally:
        context.close()


def test_the_address_is_nowhere_in_the_page(new_tab: NewTab, car: Car) -> None:
    tab = new_tab()
    entrance = car.entrance("/#password=unused")
    tab.page.goto(car.origin + entrance)
    tab.join("ann")
    ticket = path_of(car.origin + entrance).partition("=")[2]
    seen = tab.page.evaluate(
        "() => document.documentElement.outerHTML + location.href + document.referrer"
        " + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
        " + JSON.stringify(performance.getEntries().slice(1))"
    )
    assert ticket not in seen
    assert car.cookie.partition("=")[2] not in seen


def test_a_protected_chatroom_is_entered_by_the_password_that_came_along(
    new_tab: NewTab, tmp_path: Path
) -> None:
    """Nobody is warned of a certificate, and nobody types the password once more."""
    password = "rotu-mika-tedo"
    pair = pair_in(tmp_path)
    with (
        protected(pair, password, "forbidden") as server,
        side_car(f"hubbubs://{server.address}/", tmp_path / "cars", password=password) as car,
    ):
        ann = opened(new_tab(), car, "ann", f"/#password={password}")
        ben = opened(new_tab(), car, "ben", f"/#password={password}")
        ann.say("nobody listens in")
        ben.hears("nobody listens in")
        ann.page.goto("about:blank")
        ben.page.goto("about:blank")
