"""What is copied from the log is what was said: all of it, and nothing of the page around it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

MESSAGES = 400
LINE = re.compile(r"\[\d\d:\d\d(?: [AP]M)?\] bob: number (\d+)")


@pytest.fixture
def bob(hubbub_server: LocalServer) -> Iterator[EventPeer]:
    """Somebody who speaks in the lobby."""
    with EventPeer(hubbub_server, "bob") as peer:
        yield peer


@pytest.fixture
def ann(hubbub_server: LocalServer, new_tab: NewTab, bob: EventPeer) -> Tab:
    """A tab that may read its clipboard."""
    tab = new_tab(permissions=["clipboard-read", "clipboard-write"])
    return tab.enter(f"http://{hubbub_server.address}/", "ann")


def copied(tab: Tab) -> str:
    """Press Ctrl+C, and return what is in the clipboard then."""
    tab.page.keyboard.press("Control+c")
    return in_clipboard(tab)


def in_clipboard(tab: Tab) -> str:
    """Return the text in the clipboard."""
    text: str = tab.page.evaluate("navigator.clipboard.readText()")
    return text


def fill(bob: EventPeer, ann: Tab) -> None:
    """Have more messages in the room than are ever drawn."""
    for number in range(MESSAGES):
        bob.say_and_wait(f"number {number}")
    ann.hears(f"number {MESSAGES - 1}")


def numbers(text: str) -> list[int]:
    """Return the numbers of the lines of `text`, each of which must be a message's."""
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(found), text
    return [int(match[1]) for match in found if match]


def test_the_copy_button_copies_all_of_a_folded_block_of_code(bob: EventPeer, ann: Tab) -> None:
    codes = ["\n".join(f"line {number} of {block}" for number in range(60)) for block in "ab"]
    bob.say_and_wait(f"look:\n```py\n{codes[0]}\n```\nand\n```\n{codes[1]}\n```")
    ann.log.get_by_role("button", name="Copy", exact=True).last.click()
    assert in_clipboard(ann) == codes[0], "the second is folded away"
    ann.log.get_by_role("button", name="Show all").click()
    ann.log.locator(".code-block").last.get_by_role("button", name="Copy").click()
    assert in_clipboard(ann) == codes[1]


def test_all_messages_are_copied_however_few_are_drawn(bob: EventPeer, ann: Tab) -> None:
    fill(bob, ann)
    ann.page.keyboard.press("F6")
    ann.page.keyboard.press("Control+a")
    assert ann.messages.count() < MESSAGES
    assert numbers(copied(ann)) == list(range(MESSAGES))


def test_all_of_the_page_is_all_messages(bob: EventPeer, ann: Tab) -> None:
    """What the browser's menu selects."""
    fill(bob, ann)
    # As after a click beside the composer: where the caret stands, some versions select nothing.
    ann.page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
    ann.page.evaluate("document.execCommand('selectAll')")
    assert numbers(copied(ann)) == list(range(MESSAGES))


def test_a_selection_outlasts_the_rows_that_it_began_in(bob: EventPeer, ann: Tab) -> None:
    fill(bob, ann)
    start = ann.message("number 399").locator(".text").bounding_box()
    log = ann.log.bounding_box()
    assert start is not None
    assert log is not None
    mouse = ann.page.mouse
    # In the words: the buttons of the message cover the end of its line where a font is wide.
    mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(log["x"] + 200, log["y"] + 100, steps=3)
    for _ in range(40):
        mouse.wheel(0, -400)
        mouse.move(log["x"] + 200, log["y"] + 101)
        mouse.move(log["x"] + 200, log["y"] + 100)
        if ann.messages.filter(has_text=re.compile(r"number 100$")).count():
            break
    mouse.up()
    found = numbers(copied(ann))
    assert found[-1] == MESSAGES - 1
    assert len(found) > ann.messages.count()
    assert found == list(range(found[0], MESSAGES)), "no line is missing"


def test_keys_select_whole_messages(bob: EventPeer, ann: Tab) -> None:
    fill(bob, ann)
    ann.page.keyboard.press("F6")
    for _ in range(3):
        ann.page.keyboard.press("Shift+ArrowUp")
    assert numbers(copied(ann)) == [396, 397, 398, 399]
    ann.page.keyboard.press("Shift+Home")
    assert numbers(copied(ann)) == list(range(MESSAGES))
    ann.page.keyboard.press("ArrowDown")
    assert ann.page.evaluate("getSelection().isCollapsed")


def test_what_stands_around_messages_is_not_copied(bob: EventPeer, ann: Tab) -> None:
    seq = bob.say_and_wait("one *two*\n```py\nthree\n```")
    bob.ask(type="react", room="lobby", seq=seq, emoji="👍", on=True)
    bob.ask(type="edit", room="lobby", seq=seq, text="one *two*\n```py\nfour\n```")
    bob.ask(type="delete", room="lobby", seq=bob.say_and_wait("gone"))
    ann.say("five")
    expect(ann.message("five")).not_to_have_class(re.compile("pending"))
    ann.hears("edited", "message deleted")
    ann.page.keyboard.press("F6")
    ann.page.keyboard.press("Control+a")
    lines = re.sub(r"\[\d.*?\]", "[time]", copied(ann))
    assert lines == (
        "[time] bob: one *two*\n```py\nfour\n```\n[time] bob: (message deleted)\n[time] ann: five"
    )


def test_words_of_one_message_are_copied_as_they_are_shown(bob: EventPeer, ann: Tab) -> None:
    bob.say_and_wait("look at *this*\n```py\ncode\n```")
    bob.say_and_wait("the next")
    ann.hears("code", "the next")
    ann.log.get_by_text("this", exact=True).dblclick()
    assert copied(ann).strip() == "this"
    ann.log.get_by_text("this", exact=True).click(click_count=3)
    assert copied(ann).strip() == "look at this", "it ends where the next block begins"
    ann.page.evaluate(
        "getSelection().selectAllChildren(document.querySelector('[role=log] article'))"
    )
    assert copied(ann).split() == ["look", "at", "this", "code"]


def test_a_reaction_does_not_end_a_selection(bob: EventPeer, ann: Tab) -> None:
    for number in range(3):
        seq = bob.say_and_wait(f"number {number}")
    ann.hears("number 2")
    ann.page.keyboard.press("F6")
    ann.page.keyboard.press("Control+a")
    bob.ask(type="react", room="lobby", seq=seq, emoji="👍", on=True)
    expect(ann.message("👍")).to_have_count(1)
    assert numbers(copied(ann)) == [0, 1, 2]


def test_fields_copy_their_own_text(bob: EventPeer, ann: Tab) -> None:
    bob.say_and_wait("number 1")
    ann.hears("number 1")
    ann.composer.fill("half a thought")
    ann.composer.press("Control+a")
    assert copied(ann) == "half a thought"
