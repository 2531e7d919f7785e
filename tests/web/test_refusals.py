"""What is refused is not lost: the line comes back, and the notice stays until it was seen."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.faults.serving import ServerProcess
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

REFUSED = {
    "/msg nobody the text that must not be lost": "nobody",
    "/join no/such*name": "room",
    "/topic " + "long " * 1000: "topic",
}
SEEN_MILLISECONDS = 4000


@pytest.mark.parametrize("line", REFUSED, ids=[line.split()[0] for line in REFUSED])
def test_a_refused_line_comes_back(url: str, new_tab: NewTab, line: str) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say(line)
    expect(ann.page.get_by_role("alert")).to_contain_text(REFUSED[line])
    expect(ann.composer).to_have_value(line.strip())


def test_a_refused_topic_of_the_dialog_comes_back(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.page.get_by_role("button", name="Add a topic").click()
    ann.page.get_by_role("textbox", name="Topic").fill("long " * 1000)
    ann.page.get_by_role("button", name="Save").click()
    expect(ann.page.get_by_role("alert")).to_contain_text("topic")
    expect(ann.composer).to_have_value(("/topic " + "long " * 1000).strip())


def test_what_is_written_meanwhile_is_not_mixed_with_what_comes_back(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(url, "ann")
    server.kill()
    expect(ann.page.get_by_role("status").first).to_contain_text("Offline")
    # In one task, so that the refusal comes after the new text.
    ann.page.evaluate(
        """() => {
            const field = document.querySelector("textarea");
            const write = text => {
                field.value = text;
                field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            };
            write("/msg bob a secret");
            const enter = { key: "Enter", bubbles: true, cancelable: true };
            field.dispatchEvent(new KeyboardEvent("keydown", enter));
            write("hello all");
        }"""
    )
    expect(ann.page.get_by_role("alert")).to_contain_text("/msg bob a secret")
    expect(ann.composer).to_have_value("hello all")
    server.start()
    ann.page.reload()  # a tab keeps both
    expect(ann.composer).to_have_value("hello all")
    expect(ann.page.get_by_role("status").first).to_contain_text("Connected")
    ann.composer.press("Enter")
    expect(ann.composer).to_have_value("/msg bob a secret")
    ann.hears("hello all")


def test_a_refused_edit_comes_back_as_an_edit(url: str, new_tab: NewTab) -> None:
    ann = new_tab()
    with refusing(ann, "edit"):
        ann.enter(url, "ann")
        ann.say("a tpyo")
        expect(ann.message("a tpyo")).not_to_have_class(re.compile("pending"))
        ann.composer.press("ArrowUp")
        ann.composer.fill("a typo")
        ann.composer.press("Enter")
        expect(ann.page.get_by_role("alert")).to_contain_text("Not like this.")
        expect(ann.composer).to_have_value("a typo")
        expect(ann.page.get_by_text("Editing")).to_be_visible()
    ann.composer.press("Enter")
    expect(ann.message("a typo")).to_contain_text("edited")


def test_an_edit_of_what_was_deleted_meanwhile_is_kept(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("a tpyo")
    ann.hears("a tpyo")
    ann.composer.press("ArrowUp")
    ann.composer.fill("many new words")
    ann.page.keyboard.press("F6")
    ann.page.keyboard.press("d")
    ann.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    ann.hears("message deleted")
    expect(ann.composer).to_have_value("many new words")
    expect(ann.page.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(ann.page.get_by_role("alert")).to_contain_text("deleted")


@contextmanager
def refusing(tab: Tab, kind: str) -> Iterator[None]:
    """Have the server refuse commands of a kind, while the block runs."""
    is_refusing = True

    def between(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def sent(message: str | bytes) -> None:
            command = json.loads(message)
            if command["type"] == kind and is_refusing:
                error = {"type": "error", "code": "refused", "message": "Not like this."}
                page.send(json.dumps({**error, "ref": command["ref"]}))
            else:
                server.send(message)

        page.on_message(sent)

    tab.page.route_web_socket(re.compile("/ws$"), between)
    yield
    is_refusing = False


@pytest.mark.parametrize("text", ["not like this", "/usr/bin is full", "//join the club"])
def test_a_refused_message_can_be_changed(url: str, new_tab: NewTab, text: str) -> None:
    ann = new_tab()
    with refusing(ann, "say"):
        ann.enter(url, "ann")
        ann.say("/join kitchen")
        expect(ann.composer).to_have_accessible_name("Message to #kitchen")
        ann.say(text)
        expect(ann.log.get_by_text("Not like this.")).to_be_visible()
        ann.composer.press("Alt+ArrowUp")
        room = ann.page.get_by_role("navigation").get_by_role("button", name="kitchen")
        expect(room).to_contain_text("1 message not sent")
        room.click()
    ann.log.get_by_role("button", name="Edit", exact=True).click()
    expect(ann.composer).to_have_value(text)
    expect(ann.messages).to_have_count(0)
    ann.composer.press("Enter")
    ann.hears(text.replace("//", "/"))
    expect(ann.log.locator(".pending, .failed")).to_have_count(0)


def refused(tab: Tab) -> None:
    """Have a line refused, and the composer empty afterwards."""
    tab.say("/msg nobody hi")
    expect(tab.page.get_by_role("alert")).to_contain_text("nobody")
    tab.composer.fill("")


def test_a_notice_stays_until_it_was_seen(url: str, new_tab: NewTab) -> None:
    ann = new_tab()
    ann.page.clock.install()
    ann.enter(url, "ann")
    refused(ann)
    ann.composer.press_sequentially("a word")
    expect(ann.page.get_by_role("alert")).to_contain_text("nobody")
    ann.page.clock.run_for(SEEN_MILLISECONDS * 2)
    expect(ann.page.get_by_role("alert")).to_contain_text("nobody")
    ann.composer.press_sequentially("s")
    expect(ann.page.get_by_text("nobody")).to_have_count(0)


@pytest.mark.parametrize(
    ("cover", "uncover"),
    [
        ("document.__defineGetter__('visibilityState', () => 'hidden')",
         "delete document.visibilityState"),
        ("document.hasFocus = () => false", "delete document.hasFocus"),
        ("document.querySelector('#help').click()", "document.querySelector('dialog').close()"),
    ],
    ids=["hidden tab", "other window", "dialog"],
)  # fmt: skip
def test_a_notice_that_nobody_can_see_is_not_seen(
    url: str, new_tab: NewTab, cover: str, uncover: str
) -> None:
    ann = new_tab()
    ann.page.clock.install()
    ann.enter(url, "ann")
    refused(ann)
    ann.page.evaluate(cover)
    ann.page.clock.run_for(SEEN_MILLISECONDS * 10)
    ann.page.evaluate(uncover)
    ann.composer.press_sequentially("a word")
    expect(ann.page.get_by_role("alert")).to_contain_text("nobody")


def test_a_notice_follows_into_other_rooms_and_can_be_dismissed(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    refused(ann)
    ann.say("/join kitchen")
    expect(ann.composer).to_have_accessible_name("Message to #kitchen")
    expect(ann.page.get_by_role("alert")).to_contain_text("nobody")
    ann.page.get_by_role("button", name="Dismiss").click()
    expect(ann.page.get_by_text("nobody")).to_have_count(0)
    ann.composer.fill("/nonsense")
    ann.composer.press("Enter")
    expect(ann.page.get_by_role("alert")).to_contain_text("no command")
    expect(ann.composer).to_have_value("/nonsense")
    ann.composer.press("Escape")
    expect(ann.page.get_by_text("no command")).to_have_count(0)
