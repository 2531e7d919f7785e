"""The page opens while the server is far away or not there, and does not stay an older one."""

import asyncio
import queue
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Page, expect

from hubbub.server.http.page.assets import FOLDER, Assets
from tests.faults.serving import ServerProcess
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

PATIENCE_SECONDS = 30


def is_kept(page: Page) -> None:
    """Wait until a service worker has the page."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def kept_texts(tab: Tab) -> str:
    """Return all that the browser keeps for longer than the tab."""
    text: str = tab.page.evaluate("JSON.stringify(localStorage)")
    return text


@pytest.fixture
def ann(new_tab: NewTab) -> Tab:
    """A tab in which service workers may work."""
    return new_tab(service_workers="allow")


def is_written(tab: Tab, text: str) -> None:
    """Wait until the browser keeps a text."""
    tab.page.wait_for_function("text => JSON.stringify(localStorage).includes(text)", arg=text)


def test_what_was_read_last_is_there_while_the_server_is_not(
    server: ServerProcess, url: str, ann: Tab
) -> None:
    ann.enter(url, "ann")
    ann.say("read before")
    ann.hears("read before")
    ann.say("/join tea")
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    ann.say("about tea")
    ann.hears("about tea")
    is_kept(ann.page)
    is_written(ann, "about tea")
    server.kill()
    ann.page.reload()
    ann.hears("about tea")
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    ann.page.get_by_role("button", name="#lobby").click()
    ann.hears("read before")
    ann.say("written meanwhile")
    expect(ann.message("written meanwhile")).to_contain_text("Not sent yet")
    ann.page.reload()
    expect(ann.message("written meanwhile")).to_contain_text("Not sent yet")
    ann.faults.clear()  # the browser notes what it did not get
    server.start()
    ann.hears("read before", "written meanwhile")
    ann.faults.clear()


def test_what_waits_can_be_withdrawn(server: ServerProcess, url: str, ann: Tab) -> None:
    ann.enter(url, "ann")
    ann.say("first")
    ann.hears("first")
    server.kill()
    expect(ann.page.get_by_text("Offline — your messages wait.")).to_be_visible()
    for text in ("wanted", "unwanted"):
        ann.say(text)
        expect(ann.message(text).last).to_contain_text("Not sent yet")
    unwanted = ann.messages.filter(has_text="unwanted")
    unwanted.get_by_role("button", name="Withdraw").click()
    expect(unwanted).to_have_count(0)
    server.start()
    expect(ann.message("wanted")).to_have_count(1)
    ann.hears("wanted")
    ann.page.reload()
    ann.hears("first", "wanted")
    expect(unwanted).to_have_count(0)


def test_what_is_deleted_or_edited_is_not_kept(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("a secret to be deleted")
    ann.say("the first draft")
    is_written(ann, "a secret to be deleted")
    is_written(ann, "the first draft")
    bob = new_tab().enter(url, "bob")
    is_written(bob, "a secret to be deleted")
    ann.composer.press("ArrowUp")
    ann.composer.fill("the second one")
    ann.composer.press("Enter")
    ann.hears("the second one")
    ann.message("a secret to be deleted").hover()
    ann.message("a secret to be deleted").get_by_role("button", name="Delete").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(bob.message("message deleted")).to_have_count(1)
    for tab in (ann, bob):
        expect(tab.message("a secret")).to_have_count(0)
        assert "a secret" not in kept_texts(tab)
        assert "the first draft" not in kept_texts(tab)


def test_nothing_is_kept_of_who_signs_out_nor_for_who_comes_next(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("said in confidence")
    is_written(ann, "said in confidence")
    ann.page.get_by_role("button", name="Quit").click()
    ann.join("bob")
    assert "kept.lobby" not in kept_texts(ann).replace("of.bob.kept.lobby", "")
    ann.say("/logout")
    ann.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(ann.page.get_by_role("textbox", name="Your name")).to_be_visible()
    assert "said in confidence" not in kept_texts(ann)


def test_nothing_is_kept_where_the_user_is_not_to_be_remembered(url: str, new_tab: NewTab) -> None:
    ann = new_tab()
    ann.page.goto(url)
    ann.page.get_by_label("Remember me").uncheck()
    ann.join("ann")
    ann.say("said in passing")
    ann.hears("said in passing")
    ann.page.wait_for_function("() => JSON.stringify(sessionStorage).includes('said in passing')")
    assert "said in passing" not in kept_texts(ann)


def test_a_reload_comes_back_to_the_room_and_the_place(url: str, new_tab: NewTab) -> None:
    ann = new_tab(viewport={"width": 900, "height": 500}).enter(url, "ann")
    ann.say("/join tea")
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    for number in range(40):
        ann.say(f"cup {number}.")
    ann.hears("cup 39.")
    ann.log.evaluate("log => { log.scrollTop = 0; }")
    expect(ann.message("cup 0.")).to_be_in_viewport()
    ann.page.wait_for_function("() => !document.querySelector('#newest').hidden")
    ann.page.reload()
    expect(ann.message("cup 0.")).to_be_in_viewport()
    expect(ann.composer).to_have_accessible_name("Message to #tea")
    other = Tab(ann.page.context.new_page())
    other.page.goto(url)
    other.page.get_by_role("button", name="Join").click()
    expect(other.composer).to_have_accessible_name("Message to #tea")


# A new version of the page.


@contextmanager
def site_of(folder: Path) -> Iterator[str]:
    """Serve the page whose sources are in a folder, without a chatroom."""
    ports: queue.Queue[int] = queue.Queue()
    over = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        application = web.Application()
        application.add_routes(Assets(folder).routes())
        runner = web.AppRunner(application, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.put(runner.addresses[0][1])
        await over.wait()
        await runner.cleanup()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run)  # this one's event loop is the browser's
    thread.start()
    try:
        yield f"http://127.0.0.1:{ports.get(timeout=PATIENCE_SECONDS)}/"
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(PATIENCE_SECONDS)


KEEPS_TWO = """async (seconds) => {
    for (let left = seconds * 10; left > 0; left -= 1) {
        const names = await caches.keys();
        const kept = names.length === 1 && await caches.match("/");
        if (kept && (await kept.text()).includes("<title>two ")) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
}"""


def change(folder: Path, version: str) -> None:
    """Make another version of the page: its document and its script say which one they are."""
    for path, sign in (("index.html", "<title>"), ("js/main.js", "const storage =")):
        text = (FOLDER / path).read_text("utf-8")
        said = (
            f"<title>{version} " if sign == "<title>" else f'window.version = "{version}";\n{sign}'
        )
        assert sign in text
        (folder / path).write_text(text.replace(sign, said, 1), "utf-8")


def version_of(page: Page) -> tuple[str, str]:
    """Return what the document and the script say."""
    page.wait_for_function("() => window.version")
    served = page.evaluate("fetch(location.href).then(answer => answer.text())")
    found: str = page.evaluate("window.version")
    return served.partition("<title>")[2].partition(" ")[0], found


def test_a_new_version_replaces_the_old_one_whole(
    tmp_path: Path, ann: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.server.http.page.assets.LOOK_SECONDS", 0.0)
    folder = tmp_path / "checkout" / "src" / "hubbub" / "web"
    shutil.copytree(FOLDER, folder)
    (tmp_path / "checkout" / "pyproject.toml").touch()
    change(folder, "one")
    with site_of(folder) as address:
        ann.page.goto(address)
        is_kept(ann.page)
        assert version_of(ann.page) == ("one", "one")
        change(folder, "two")
        ann.page.reload()  # should the server be slow, the old one comes, and is loaded anew
        ann.page.wait_for_function("() => window.version === 'two'")
        assert version_of(ann.page) == ("two", "two")
        assert ann.page.evaluate(KEEPS_TWO, PATIENCE_SECONDS)
    ann.page.reload()
    ann.page.wait_for_function("() => window.version === 'two'")  # and the server is gone
    ann.faults.clear()
