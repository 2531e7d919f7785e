"""People chat in browsers, with each other and with everybody else."""

from playwright.sync_api import expect

from tests.faults.serving import ServerProcess
from tests.interop.raw import RawPeer
from tests.web.conftest import NewTab


def test_two_pages_and_a_classic_client_chat(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    with RawPeer(server.host, server.port, "carl") as carl:
        ann.say("hello from a page")
        assert carl.pair() == ("ann", "hello from a page")
        bob.hears("hello from a page")
        carl.say("hello from a socket")
        for tab in (ann, bob):
            tab.hears("hello from a socket", "hello from a page")
            expect(tab.message("hello from a socket")).to_contain_text("carl")


def test_enter_sends_and_shift_enter_breaks(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.composer.press_sequentially("one")
    ann.composer.press("Shift+Enter")
    ann.composer.press_sequentially("two")
    ann.composer.press("Enter")
    expect(ann.composer).to_have_value("")
    bob.hears("one\ntwo")


def test_an_empty_line_sends_nothing(server: ServerProcess, url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    with RawPeer(server.host, server.port, "carl") as carl:
        for nothing in ("", "   ", "\n"):
            ann.say(nothing)
        ann.say("something")
        assert carl.pair() == ("ann", "something")
    expect(ann.messages).to_have_count(1)


def test_a_taken_name_is_asked_for_again(url: str, new_tab: NewTab) -> None:
    new_tab().enter(url, "ann")
    late = new_tab()
    late.page.goto(url)
    field = late.page.get_by_role("textbox", name="name")
    field.fill("ANN")
    field.press("Enter")
    expect(late.page.get_by_role("alert")).to_contain_text("taken")
    field.fill("beth")
    field.press("Enter")
    late.say("another name then")
    late.hears("another name then")


def test_a_reload_goes_on_as_the_same_person(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("before")
    ann.hears("before")
    ann.page.reload()
    expect(ann.composer).to_be_visible()
    ann.hears("before")
    ann.say("after")
    bob.hears("before", "after")


def test_up_edits_the_last_own_message(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("a tpyo")
    bob.hears("a tpyo")
    ann.hears("a tpyo")
    ann.composer.press("ArrowUp")
    expect(ann.composer).to_have_value("a tpyo")
    ann.composer.fill("a typo")
    ann.composer.press("Enter")
    for tab in (ann, bob):
        expect(tab.message("a typo")).to_contain_text("edited")
        expect(tab.message("a tpyo")).to_have_count(0)


def test_a_draft_waits_in_its_room(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("/join kitchen")
    expect(ann.composer).to_have_accessible_name("Message to #kitchen")
    ann.composer.fill("half a thou")
    ann.composer.press("Alt+ArrowUp")
    expect(ann.composer).to_have_accessible_name("Message to #lobby")
    expect(ann.composer).to_have_value("")
    ann.page.reload()
    ann.composer.press("Alt+ArrowDown")
    expect(ann.composer).to_have_value("half a thou")


def test_what_is_said_elsewhere_is_counted(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("/join kitchen")
    expect(ann.composer).to_have_accessible_name("Message to #kitchen")
    bob.say("one")
    bob.say("two for ann")
    lobby = ann.page.get_by_role("navigation").get_by_role("button", name="lobby")
    expect(lobby).to_contain_text("2")
    expect(ann.page).to_have_title("(2) #kitchen – hubbub")
    lobby.click()
    ann.hears("one", "two for ann")
    expect(ann.page).to_have_title("#lobby – hubbub")


def test_two_people_talk_alone(url: str, new_tab: NewTab) -> None:
    ann, bob, eve = (new_tab().enter(url, name) for name in ("ann", "bob", "eve"))
    ann.say("/msg bob only for you")
    ann.hears("only for you")
    bob.page.get_by_role("navigation").get_by_role("button", name="@ann").click()
    bob.hears("only for you")
    bob.say("and back")
    ann.hears("and back")
    expect(eve.page.get_by_text("only for you")).to_have_count(0)
