"""The page fits everybody: axe finds nothing, and keys reach everything."""

from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from hubbub.testing import LocalServer
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
        for command in ("/register", "/devices", "/link", "/settings", "/save", "/help", "/logout"):
            ann.page.keyboard.press("Escape")
            ann.say(command)
            expect(ann.page.get_by_role("dialog")).to_be_visible()
            assert complaints(ann) == [], command


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
