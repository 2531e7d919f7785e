"""The page fits everybody: axe finds nothing, and keys reach everything."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import ViewportSize, expect

from hubbub.testing import LocalServer
from tests.faults.serving import ServerProcess
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=320, height=568)
# Headings in messages leave out levels as their writers like.
FOUND = """async () => {
    const rules = { "heading-order": { enabled: false } };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
    return violations
        .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(" ").slice(0, 500)}`);
}"""


def complaints(tab: Tab) -> list[str]:
    """Return what axe finds, however small."""
    if not tab.page.evaluate("typeof axe === 'object'"):
        tab.page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = tab.page.evaluate(FOUND)
    return found


@pytest.mark.usefixtures("node_modules")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(
    hubbub_server: LocalServer, new_tab: NewTab, scheme: str, size: ViewportSize
) -> None:
    ann = new_tab(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    ann.page.goto(f"http://{hubbub_server.address}/")
    expect(ann.page.get_by_role("textbox")).to_be_visible()
    assert complaints(ann) == [], "the name screen"
    ann.enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        seq = bob.say_and_wait("*hello* `code` https://example.org @ann\n```\ncode\n```")
        bob.ask(type="react", room="lobby", seq=seq, emoji="👍")
        ann.say("mine")
        ann.hears("hello", "mine")
        expect(ann.log.get_by_text("👍").first).to_be_visible()
        assert complaints(ann) == [], "the chat"
        ann.composer.press("Control+k")
        expect(ann.page.get_by_role("dialog")).to_be_visible()
        assert complaints(ann) == [], "the switcher"
        ann.page.keyboard.press("Escape")
        expect(ann.page.get_by_role("dialog")).to_have_count(0)
        ann.composer.click()
        ann.composer.press_sequentially("/")
        expect(ann.page.get_by_role("option").first).to_be_visible()
        assert complaints(ann) == [], "suggestions"
        ann.composer.fill("")
        ann.page.get_by_role("button", name="Emoji").click()
        expect(ann.page.get_by_role("region", name="Often used")).to_be_visible()
        assert complaints(ann) == [], "the list of emoji"
        ann.page.keyboard.press("Escape")
        bob.ask(type="say", room="lobby", text="# answer\n- one\n- two", reply_to=seq)
        ann.log.get_by_role("button", name="1 reply").click()
        expect(ann.page.locator("#side")).to_contain_text("answer")
        assert complaints(ann) == [], "the answers"
        ann.page.locator("#side").get_by_role("article").first.focus()
        assert complaints(ann) == [], "what can be done with one of them"
        for command in ("/register", "/devices", "/link", "/settings", "/save", "/help", "/logout"):
            ann.page.keyboard.press("Escape")
            ann.say(command)
            expect(ann.page.get_by_role("dialog")).to_be_visible()
            assert complaints(ann) == [], command


@pytest.mark.usefixtures("node_modules")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_drawers_viewers_and_beside_the_log(
    server: ServerProcess, url: str, new_tab: NewTab, scheme: str
) -> None:
    ann = new_tab(color_scheme=scheme, viewport=PHONE, reduced_motion="reduce").enter(url, "ann")
    with EventPeer(LocalServer(server.host, server.port), "Maximiliane Wolkenstein-Rotholz") as bob:
        bob.ask(type="direct", name="ann")
        seq = bob.say_and_wait("look, @ann: #lobby and @nobody\n> quoted")
        bob.ask(type="pin", room="lobby", seq=seq)
        for panel in ("Rooms", "People"):
            ann.page.get_by_role("button", name=panel).first.click()
            expect(ann.page.locator("[data-drawer]")).to_be_visible()
            assert complaints(ann) == [], panel
            ann.page.keyboard.press("Escape")
        ann.page.locator("#files").set_input_files(
            {"name": "dot.png", "mimeType": "image/png", "buffer": picture()}
        )
        expect(ann.page.get_by_role("list", name="Files to send")).to_be_visible()
        assert complaints(ann) == [], "files to send"
        ann.page.get_by_role("button", name="Send", exact=True).click()
        shown = ann.log.get_by_role("button", name="dot.png")
        shown.click()
        expect(ann.page.get_by_role("dialog")).to_be_visible()
        assert complaints(ann) == [], "the viewer"
        ann.page.keyboard.press("Escape")
        ann.log.get_by_role("button", name="Pinned").click()
        expect(ann.page.locator("#side")).to_contain_text("look, @ann")
        assert complaints(ann) == [], "the pins"
        ann.page.keyboard.press("Escape")
        ann.say("/search look")
        expect(ann.page.get_by_role("option")).to_have_count(1)
        assert complaints(ann) == [], "the search"
        ann.page.get_by_role("option").click()
        expect(ann.page.get_by_role("region", name="Found messages")).to_be_visible()
        assert complaints(ann) == [], "a hit"
        ann.say("/mentions")
        expect(ann.page.get_by_role("option")).to_have_count(1)
        assert complaints(ann) == [], "the mentions"


def picture() -> bytes:
    """Return a small picture."""
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(made, "PNG")
    return made.getvalue()


def test_keys_reach_what_can_be_done_with_a_message(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        for text in ("one", "two", "three"):
            bob.say_and_wait(text)
    ann.hears("one", "two", "three")
    ann.page.keyboard.press("F6")
    expect(ann.message("three")).to_be_focused()
    ann.page.keyboard.press("ArrowUp")
    expect(ann.message("two")).to_be_focused()
    ann.page.keyboard.press("r")
    expect(ann.composer).to_be_focused()
    ann.composer.press_sequentially("an answer")
    ann.composer.press("Enter")
    expect(ann.message("an answer")).to_contain_text("two")
    ann.page.keyboard.press("F6")
    ann.page.keyboard.press("Escape")
    expect(ann.composer).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_cut_off_in_narrow_windows(
    hubbub_server: LocalServer, new_tab: NewTab, width: int
) -> None:
    ann = new_tab(viewport={"width": width, "height": 568}).enter(
        f"http://{hubbub_server.address}/", "ann"
    )
    ann.say("a message with " + "averylongword" * 20)
    ann.hears("a message with")
    beyond = ann.page.evaluate(
        """() => [...document.querySelectorAll('button, textarea, article, [role=article]')]
            .filter(element => element.checkVisibility())
            .map(element => element.getBoundingClientRect())
            .filter(box => box.width && (box.left < -1 || box.right > innerWidth + 1)
                && box.right > 0 && box.left < innerWidth).length"""
    )
    assert beyond == 0
    expect(ann.composer).to_be_in_viewport()
