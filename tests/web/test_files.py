"""Files in the page: picked, pasted, dropped; on their way, waiting, shown, refused, gone."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.faults.serving import ServerProcess
from tests.web.conftest import NewTab
from tests.web.tabs import Tab


def picture(width: int = 640, height: int = 480, colour: str = "teal") -> bytes:
    """Return a PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def pick(tab: Tab, *files: tuple[str, str, bytes]) -> None:
    """Pick files of this name, type and content."""
    tab.page.locator("#files").set_input_files(
        [FilePayload(name=name, mimeType=kind, buffer=data) for name, kind, data in files]
    )


def put(tab: Tab, how: str, name: str, kind: str, data: bytes) -> None:
    """Paste a file into the field, or drop it on the page."""
    target = tab.composer.element_handle()
    tab.page.evaluate(
        """([target, how, name, type, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            const options = { bubbles: true, cancelable: true };
            const event = how === "paste"
              ? new ClipboardEvent("paste", { clipboardData: data, ...options })
              : new DragEvent("drop", { dataTransfer: data, ...options });
            target.dispatchEvent(event);
        }""",
        [target, how, name, kind, list(data)],
    )


def test_a_picture_that_was_picked_is_seen_by_the_others(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    pick(ann, ("harbour.png", "image/png", picture()))
    expect(ann.page.get_by_text("harbour.png")).to_be_visible()
    ann.say("look")
    for tab in (ann, bob):
        tab.hears("look")
        image = tab.message("look").get_by_role("img", name="harbour.png")
        expect(image).to_be_visible()
        tab.page.wait_for_function(
            "() => [...document.querySelectorAll('#log img')].every((one) => one.naturalWidth > 0)"
        )
        box = image.bounding_box()
        assert box
        assert box["height"] == pytest.approx(300, abs=1)
    expect(ann.page.locator("#attachments")).to_be_hidden()


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_what_is_pasted_or_dropped_goes_with_the_next_message(
    url: str, new_tab: NewTab, how: str
) -> None:
    ann = new_tab().enter(url, "ann")
    put(ann, how, "notes.txt", "text/plain", b"eggs")
    expect(ann.page.get_by_text("notes.txt")).to_be_visible()
    ann.composer.press("Enter")
    link = ann.log.get_by_role("link", name="notes.txt")
    expect(link).to_be_visible()
    answer = ann.page.request.get(url + (link.get_attribute("href") or "")[1:])
    assert (answer.status, answer.body()) == (200, b"eggs")


def test_a_picture_opens_in_a_viewer_that_keys_lead_through(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    pick(ann, *((f"{one}.png", "image/png", picture(colour=one)) for one in ("red", "green")))
    ann.composer.press("Enter")
    ann.page.get_by_role("button", name="red.png", exact=True).click()
    viewer = ann.page.get_by_role("dialog", name="Picture")
    expect(viewer.get_by_role("img", name="red.png")).to_be_visible()
    expect(viewer.get_by_text("1 of 2")).to_be_visible()
    ann.page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="green.png")).to_be_visible()
    ann.page.keyboard.press("ArrowRight")
    expect(viewer.get_by_text("2 of 2")).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(ann.page.get_by_role("button", name="red.png", exact=True)).to_be_focused()


def test_files_wait_for_a_lost_server_and_for_the_next_visit(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(url, "ann")
    server.kill()
    expect(
        ann.page.get_by_text("Reconnecting").or_(ann.page.get_by_text("Offline"))
    ).to_be_visible()
    pick(ann, ("late.png", "image/png", picture()))
    ann.say("it waits")
    expect(ann.page.get_by_text("late.png")).to_be_visible()
    server.start()
    ann.page.reload()
    ann.hears("it waits")
    expect(ann.message("it waits").get_by_role("img", name="late.png")).to_be_visible()
    expect(ann.messages).to_have_count(1)


def test_a_file_on_its_way_can_be_taken_back(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    pick(ann, ("a.txt", "text/plain", b"a"), ("b.txt", "text/plain", b"b"))
    ann.page.get_by_role("button", name="Do not send a.txt").click()
    ann.say("one of them")
    ann.hears("one of them")
    expect(ann.log.get_by_role("link", name="b.txt")).to_be_visible()
    expect(ann.log.get_by_role("link", name="a.txt")).to_have_count(0)


def test_a_file_that_is_refused_says_why_and_keeps_what_was_typed(
    tmp_path: Path, new_tab: NewTab
) -> None:
    config = "[files]\nfile_megabytes_max = 1\n"
    with ServerProcess(tmp_path / "log", config=config) as server:
        ann = new_tab().enter(f"http://{server.host}:{server.port}/", "ann")
        pick(ann, ("large.bin", "application/octet-stream", bytes(2_000_000)))
        expect(ann.page.locator("#attachments")).to_contain_text(re.compile("1(\\.0)? MB"))
        ann.say("with it")
        expect(ann.composer).to_have_value("with it")
        ann.page.get_by_role("button", name="Do not send large.bin").click()
        ann.composer.press("Enter")
        ann.hears("with it")


def test_the_files_of_a_deleted_message_are_gone(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    pick(ann, ("secret.txt", "text/plain", b"secret"))
    ann.say("oops")
    ann.hears("oops")
    address = ann.log.get_by_role("link", name="secret.txt").get_attribute("href") or ""
    ann.message("oops").hover()
    ann.message("oops").get_by_role("button", name="Delete").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(ann.log.get_by_text("message deleted")).to_be_visible()
    expect(ann.log.get_by_role("link", name="secret.txt")).to_have_count(0)
    assert ann.page.request.get(url + address[1:]).status == 404


HOSTILE = b"<script>document.title = 'taken over'</script>"


@pytest.mark.parametrize("name", ["page.html", "picture.png", "drawing.svg"])
def test_what_a_file_holds_never_runs(url: str, new_tab: NewTab, name: str) -> None:
    ann = new_tab().enter(url, "ann")
    content = (
        HOSTILE
        if name != "drawing.svg"
        else b"<svg xmlns='http://www.w3.org/2000/svg'>%s</svg>" % HOSTILE
    )
    pick(ann, (name, "image/png", content))
    ann.composer.press("Enter")
    link = ann.log.get_by_role("link", name=name)
    expect(link).to_be_visible()
    with ann.page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert "taken over" not in opened.value.title()
    assert "taken over" not in ann.page.title()


def test_what_a_message_brings_fits_on_a_phone(url: str, new_tab: NewTab) -> None:
    ann = new_tab(viewport={"width": 320, "height": 640}, color_scheme="dark").enter(url, "ann")
    pick(
        ann,
        ("panorama.png", "image/png", picture(3000, 300)),
        ("tower.png", "image/png", picture(100, 2000, "olive")),
        ("漢字" * 30 + ".pdf", "application/pdf", b"%PDF-1.4 " + bytes(5_000_000)),
    )
    ann.say("three")
    ann.hears("three")
    assert ann.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ann.page.evaluate("document.querySelector('#log').scrollWidth <= innerWidth")
