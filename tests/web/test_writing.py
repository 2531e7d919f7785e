"""Writing in any script: input methods, emoji, and texts that run from right to left."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

EMOJI = ["😀", "👍🏽", "🇩🇪", "👩‍👩‍👧‍👦", "1️⃣", "🏳️‍🌈"]


@pytest.fixture
def address(hubbub_server: LocalServer) -> str:
    """The address of the page."""
    return f"http://{hubbub_server.address}/"


def compose(tab: Tab, text: str) -> None:
    """Have an input method show `text` as what may be meant, not chosen yet."""
    session = tab.page.context.new_cdp_session(tab.page)
    end = len(text)
    session.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": end, "selectionEnd": end}
    )


def choose(tab: Tab, text: str) -> None:
    """Have an input method insert what was chosen."""
    tab.page.context.new_cdp_session(tab.page).send("Input.insertText", {"text": text})


def test_the_key_that_ends_a_composition_sends_nothing(address: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(address, "ann")
    compose(ann, "にほん")
    for key in ("Enter", "Tab", "ArrowUp"):
        ann.page.keyboard.press(key)
        ann.composer.focus()
        compose(ann, "にほん")
    choose(ann, "日本")
    ann.page.keyboard.press("Enter")
    ann.hears("日本")
    expect(ann.messages).to_have_count(1)


def test_the_key_that_drops_a_composition_ends_no_edit(address: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(address, "ann")
    ann.say("first")
    ann.hears("first")
    ann.composer.press("ArrowUp")
    compose(ann, "にほん")
    ann.page.keyboard.press("Escape")
    expect(ann.page.get_by_text("Editing")).to_be_visible()


def test_a_name_that_is_being_composed_enters_nobody(address: str, new_tab: NewTab) -> None:
    ann = new_tab()
    ann.page.goto(address)
    field = ann.page.get_by_role("textbox", name="name")
    field.focus()
    compose(ann, "あん")
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_role("button", name="Join")).to_be_enabled()
    choose(ann, "杏")
    ann.page.keyboard.press("Enter")
    expect(ann.log).to_be_visible()


def open_emoji(tab: Tab) -> None:
    """Open the dialog with emoji for the last message."""
    tab.page.keyboard.press("F6")
    tab.page.keyboard.press("+")


DIALOGS: dict[str, Callable[[Tab], None]] = {
    "switcher": lambda tab: tab.page.keyboard.press("Control+k"),
    "search": lambda tab: tab.page.keyboard.press("Control+Shift+f"),
    "topic": lambda tab: tab.page.get_by_role("button", name="Add a topic").click(),
    "emoji": open_emoji,
}


@pytest.mark.parametrize("key", ["Enter", "Escape"])
@pytest.mark.parametrize("opens", DIALOGS.values(), ids=DIALOGS.keys())
def test_keys_of_a_composition_neither_choose_nor_close(
    address: str, new_tab: NewTab, opens: Callable[[Tab], None], key: str
) -> None:
    ann = new_tab().enter(address, "ann")
    ann.say("lobby")
    ann.hears("lobby")
    opens(ann)
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_role("textbox").focus()
    compose(ann, "lo")
    ann.page.keyboard.press(key)
    expect(dialog).to_be_visible()
    expect(ann.messages).to_have_count(1)


def test_keys_that_an_input_method_took_are_nobody_elses(address: str, new_tab: NewTab) -> None:
    """Safari ends a composition before it tells of the key, which has the code 229."""
    ann = new_tab().enter(address, "ann")
    ann.composer.fill("日本")
    ann.composer.evaluate(
        """field => field.dispatchEvent(new KeyboardEvent("keydown",
            { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))"""
    )
    expect(ann.composer).to_have_value("日本")
    expect(ann.messages).to_have_count(0)


@pytest.mark.parametrize("emoji", EMOJI)
def test_an_emoji_is_deleted_whole(address: str, new_tab: NewTab, emoji: str) -> None:
    ann = new_tab().enter(address, "ann")
    ann.composer.fill(f"a{emoji}")
    ann.composer.press("End")
    ann.composer.press("Backspace")
    expect(ann.composer).to_have_value("a")
    ann.composer.fill(f"{emoji}b")
    ann.composer.press("Home")
    ann.composer.press("Delete")
    expect(ann.composer).to_have_value("b")


def test_half_an_emoji_does_not_get_stuck(address: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(address, "ann"), new_tab().enter(address, "bob")
    ann.composer.evaluate("""field => { field.value = "half \\ud83d"; }""")
    ann.composer.press("Enter")
    ann.say("and on")
    bob.hears("half", "and on")
    expect(ann.page.get_by_text("Sending")).to_have_count(0)
    expect(ann.messages.locator("nth=0")).not_to_have_class("pending")


def test_a_long_name_of_emoji_is_not_cut(address: str, new_tab: NewTab) -> None:
    name = "👩" * 20
    ann = new_tab().enter(address, name)
    expect(ann.page.get_by_role("navigation").get_by_text(name, exact=True)).to_be_visible()


def test_a_sentence_typed_after_a_click_goes_to_the_composer(address: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(address, "ann")
    ann.say("own words\n```\ncode\n```")
    ann.hears("own words")
    for place in (
        ann.log.get_by_text("own words"),
        ann.log.get_by_role("button", name="Copy", exact=True).last,
        ann.page.get_by_role("button", name="lobby").first,
        ann.page.locator("#talk"),
    ):
        place.click()
        ann.page.keyboard.type("dear all, +1")
        expect(ann.composer).to_have_value("dear all, +1")
        expect(ann.page.get_by_role("dialog")).to_have_count(0)
        ann.composer.fill("")


def test_what_was_sent_is_shown_wherever_one_was_reading(
    hubbub_server: LocalServer, address: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(address, "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        for number in range(150):
            bob.say_and_wait(f"number {number}")
    ann.hears("number 149")
    ann.page.mouse.move(640, 400)
    ann.page.mouse.wheel(0, -3000)
    expect(ann.message("number 149")).not_to_be_in_viewport()
    ann.say("said from above")
    expect(ann.message("said from above")).to_be_in_viewport()


# Where a text that begins with a name begins, as seen from the text after the name.
PLACES = """(element) => {
    const place = wanted => {
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node; (node = texts.nextNode()); ) {
            const at = node.data.indexOf(wanted);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + wanted.length);
            return range.getBoundingClientRect().left;
        }
    };
    return [place("FIRST"), place("שלום")];
}"""


@pytest.mark.parametrize(
    "text",
    [
        "@FIRST שלום לכולם",
        "@FIRST Lee שלום לכולם",
        "FIRST: שלום לכולם",
        "`FIRST` שלום לכולם",
        "https://FIRST.example שלום לכולם",
        "@FIRST, @bob: שלום לכולם",
        "hello\n@FIRST שלום לכולם",
        "> @FIRST שלום לכולם",
    ],
)
def test_what_stands_before_a_hebrew_text_does_not_turn_it_around(
    hubbub_server: LocalServer, address: str, new_tab: NewTab, text: str
) -> None:
    ann = new_tab().enter(address, "ann")
    with (
        EventPeer(hubbub_server, "FIRST"),
        EventPeer(hubbub_server, "FIRST Lee"),
        EventPeer(hubbub_server, "bob") as bob,
    ):
        expect(ann.page.get_by_text("FIRST Lee")).to_be_visible()
        bob.say_and_wait(text)
        seq = bob.say_and_wait(f"{text}\nan answer follows")
        bob.say_and_wait("the answer", reply_to=seq)
        ann.hears("the answer")
        paragraph = ann.message("שלום").first.locator(".text > :last-child")
        first, hebrew = paragraph.evaluate(PLACES)
        assert first > hebrew, "a Hebrew text begins at the right"
        ann.composer.fill(text)
        if text.count("\n") == 0 and text[0] not in "`>":
            expect(ann.composer).to_have_css("direction", "rtl")


def test_the_composer_follows_its_text(address: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(address, "ann")
    for text, direction in [("hello", "ltr"), ("مرحبا", "rtl"), ("hello שלום", "ltr"), ("", "ltr")]:
        ann.composer.fill(text)
        expect(ann.composer).to_have_css("direction", direction)


def test_suggestions_come_while_one_types_and_leave_enter_alone(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    new_tab().enter(url, "bob")
    options = ann.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    ann.composer.press_sequentially("hi @b")
    expect(options).to_have_text(["@bob"])
    ann.composer.press("Enter")  # the text is sent as it is
    ann.hears("hi @b")
    ann.composer.press_sequentially("hi @b")
    ann.composer.press("ArrowDown")
    ann.composer.press("Enter")
    expect(ann.composer).to_have_value("hi @bob ")
    ann.composer.fill("")
    ann.composer.press_sequentially("so :tad")
    expect(options.first).to_have_text("🎉 :tada:")
    ann.composer.press("Escape")
    expect(options).to_have_count(0)
    ann.composer.press_sequentially("a")
    expect(options).to_have_count(0)
    ann.composer.fill("")
    ann.composer.press_sequentially("/top")
    options.filter(has_text="/topic").click()
    expect(ann.composer).to_have_value("/topic ")
    expect(ann.composer).to_be_focused()


def test_names_of_emoji_become_emoji_even_if_sent_at_once(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("done :tada: `:tada:`")
    ann.hears("done 🎉 :tada:")


def test_a_text_that_is_too_long_goes_in_parts(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.composer.fill("first " + "a" * 65_000 + "\n\n" + "b" * 1000 + " last")
    ann.page.get_by_role("button", name="Send in parts").click()
    expect(ann.composer).to_have_value("")
    expect(ann.messages).to_have_count(2)
    expect(ann.message("last")).to_have_count(1)


def test_a_text_that_is_too_long_goes_as_a_file(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    text = "first " + "ä" * 65_000
    ann.composer.fill(text)
    ann.page.get_by_role("button", name="Send as a file").click()
    expect(ann.composer).to_have_value("")
    ann.say("all of it")
    ann.hears("all of it")
    link = ann.log.get_by_role("link", name="text.txt")
    answer = ann.page.request.get(url + (link.get_attribute("href") or "")[1:])
    assert answer.body().decode() == text


def test_on_a_phone_enter_breaks_the_line_and_the_button_sends(url: str, new_tab: NewTab) -> None:
    ann = new_tab(viewport={"width": 380, "height": 740}, has_touch=True, is_mobile=True)
    ann.enter(url, "ann")
    ann.composer.press_sequentially("one")
    ann.composer.press("Enter")
    ann.composer.press_sequentially("two")
    expect(ann.composer).to_have_value("one\ntwo")
    ann.page.get_by_role("button", name="Send", exact=True).tap()
    ann.hears("two")


def test_an_emoji_is_picked_by_its_name(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.page.get_by_role("button", name="Emoji").click()
    dialog = ann.page.get_by_role("dialog", name="Choose an emoji")
    dialog.get_by_role("textbox").fill("party pop")
    expect(dialog.get_by_role("button", name="party popper")).to_be_visible()
    dialog.get_by_role("textbox").press("Enter")
    expect(ann.composer).to_have_value("🎉")
    ann.page.get_by_role("button", name="Emoji").click()
    expect(dialog.get_by_role("region", name="Used lately").get_by_role("button")).to_have_text(
        ["🎉"]
    )
