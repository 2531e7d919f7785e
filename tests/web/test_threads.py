"""Answers, pins and former texts in the page."""

from playwright.sync_api import Locator, expect

from tests.web.conftest import NewTab
from tests.web.tabs import Tab

PHONE = {"viewport": {"width": 380, "height": 740}, "has_touch": True, "is_mobile": True}


def side(tab: Tab) -> Locator:
    return tab.page.locator("#side")


def answer(tab: Tab, text: str, said: str) -> None:
    tab.message(text).first.hover()
    tab.message(text).first.get_by_role("button", name="Reply", exact=True).click()
    tab.say(said)
    tab.hears(said)


def test_a_message_says_how_many_answers_it_has_and_opens_them(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("tea or coffee?")
    answer(bob, "tea or coffee?", "green tea")
    count = ann.log.get_by_role("button", name="1 reply")
    expect(count).to_be_visible()
    count.click()
    expect(side(ann)).to_contain_text("green tea")
    field = side(ann).get_by_role("textbox", name="Reply to ann")
    expect(field).to_be_focused()
    field.fill("a cup :tada:")
    field.press("Enter")
    expect(side(ann)).to_contain_text("a cup 🎉")
    expect(side(ann)).to_contain_text("2 replies")
    expect(bob.log.get_by_role("button", name="2 replies")).to_be_visible()
    answer(bob, "tea or coffee?", "milk")
    expect(side(ann)).to_contain_text("milk")
    ann.page.keyboard.press("Escape")
    expect(side(ann)).to_have_count(0)
    expect(ann.composer).to_be_focused()


def act(article: Locator, name: str) -> None:
    """Do something with a message, by the mouse."""
    article.hover()
    article.get_by_role("button", name=name, exact=True).first.click()


def test_beside_the_log_one_can_do_with_messages_what_one_can_do_there(
    url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("tea or coffee?")
    answer(bob, "tea or coffee?", "green tea")
    answer(ann, "tea or coffee?", "a cup of milk")
    ann.log.get_by_role("button", name="2 replies").click()
    articles = side(ann).get_by_role("article")
    expect(articles).to_have_count(3)
    act(articles.filter(has_text="green tea"), "React")
    ann.page.get_by_role("textbox", name="Find an emoji").fill("👍")
    ann.page.keyboard.press("Enter")
    expect(articles.filter(has_text="green tea").get_by_role("button", name="👍 1")).to_be_visible()
    expect(bob.message("green tea").last.get_by_role("button", name="👍 1")).to_be_visible()
    act(articles.filter(has_text="a cup of milk"), "Edit")
    expect(ann.composer).to_have_value("a cup of milk")
    ann.say("a bowl of milk")
    expect(articles.filter(has_text="a bowl of milk")).to_contain_text("edited")
    act(articles.filter(has_text="tea or coffee?").first, "Reply")
    field = side(ann).get_by_role("textbox", name="Reply to ann")
    expect(field).to_be_focused()
    act(articles.filter(has_text="green tea"), "Reply")
    expect(ann.composer).to_be_focused()
    ann.page.keyboard.press("Escape")
    act(articles.filter(has_text="a bowl of milk"), "Delete")
    ann.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(side(ann)).to_contain_text("1 reply")
    expect(articles).to_have_count(2)
    expect(bob.log.get_by_role("button", name="1 reply")).to_be_visible()
    bob.page.reload()
    expect(bob.log.get_by_role("button", name="1 reply")).to_be_visible()


def test_keys_reach_the_messages_beside_the_log(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("tea or coffee?")
    answer(bob, "tea or coffee?", "green tea")
    ann.log.get_by_role("button", name="1 reply").click()
    articles = side(ann).get_by_role("article")
    expect(articles).to_have_count(2)
    articles.last.focus()
    keys = ann.page.keyboard
    keys.press("ArrowUp")
    expect(articles.first).to_be_focused()
    keys.press("Enter")
    expect(articles.first.get_by_role("button", name="React", exact=True)).to_be_focused()
    keys.press("Escape")
    expect(articles.first).to_be_focused()
    keys.press("p")
    expect(ann.message("tea or coffee?").first.get_by_role("button", name="Pinned")).to_be_visible()
    keys.press("Escape")
    expect(side(ann)).to_have_count(0)
    expect(ann.composer).to_be_focused()


def test_on_a_phone_the_answers_cover_the_room(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab(**PHONE).enter(url, "bob")
    ann.say("tea or coffee?")
    answer(ann, "tea or coffee?", "green tea")
    bob.log.get_by_role("button", name="1 reply").tap()
    expect(side(bob)).to_contain_text("green tea")
    box = side(bob).bounding_box()
    assert box is not None
    assert box["width"] == 380
    side(bob).get_by_role("button", name="Show in the room").last.tap()
    expect(side(bob)).to_have_count(0)


def test_a_pin_is_marked_listed_and_taken_away(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("the rules")
    ann.message("the rules").hover()
    ann.message("the rules").get_by_role("button", name="Pin", exact=False).first.click()
    mark = bob.message("the rules").get_by_role("button", name="Pinned")
    expect(mark).to_be_visible()
    mark.click()
    expect(side(bob)).to_contain_text("the rules")
    ann.message("the rules").hover()
    ann.message("the rules").get_by_role("button", name="Unpin").click()
    expect(mark).to_have_count(0)
    expect(side(bob)).to_contain_text("Nothing is pinned here.")


def test_former_texts_are_read_where_the_room_has_it_so(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("/join den")
    expect(ann.page.get_by_role("heading", name="#den")).to_be_visible()
    ann.say("first text")
    ann.hears("first text")
    ann.say("/rules revisions on")
    expect(ann.page.get_by_text("can be read from now on")).to_be_visible()
    ann.composer.press("ArrowUp")
    ann.say("second text")
    edited = ann.message("second text").get_by_role("button", name="edited")
    edited.click()
    expect(side(ann)).to_contain_text("first text")
    expect(side(ann)).to_contain_text("second text")
    answer(ann, "second text", "an answer")
    ann.log.get_by_role("button", name="1 reply").click()
    side(ann).get_by_role("button", name="edited").click()
    expect(side(ann)).to_contain_text("first text")
    side(ann).get_by_role("button", name="Back").click()
    expect(side(ann)).to_contain_text("an answer")
    expect(side(ann).get_by_role("button", name="Back")).to_be_hidden()


def test_a_quote_goes_into_the_composer(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.composer.fill("one\ntwo")
    ann.composer.press("Enter")
    ann.hears("two")
    ann.composer.fill("indeed")
    ann.message("two").hover()
    ann.message("two").get_by_role("button", name="Quote").click()
    expect(ann.composer).to_have_value("> one\n> two\n\nindeed")
    expect(ann.composer).to_be_focused()
