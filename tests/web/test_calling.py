"""What calls the user is theirs to say: settings that are found, hold, and are changed back."""

import re

from playwright.sync_api import Page, expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

# Notifications are written down, and the user looks elsewhere.
ELSEWHERE = """() => {
    window.told = [];
    window.Notification = class extends EventTarget {
        static permission = "granted";
        constructor(title, { body }) { super(); window.told.push(`${title}: ${body}`); }
        close() {}
    };
    document.hasFocus = () => false;
    window.dispatchEvent(new Event("blur"));
}"""


def called(page: Page, count: int) -> list[str]:
    page.wait_for_function("count => window.told.length >= count", arg=count)
    told: list[str] = page.evaluate("window.told")
    return told


def looks_elsewhere(server: LocalServer, new_tab: NewTab) -> Tab:
    ann = new_tab().enter(f"http://{server.address}/", "ann")
    ann.page.evaluate(ELSEWHERE)
    return ann


def test_words_and_levels_say_what_calls(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = looks_elsewhere(hubbub_server, new_tab)
    with EventPeer(hubbub_server, "bob") as bob:
        ann.page.get_by_role("button", name="Settings").click()
        ann.page.get_by_role("button", name="Words that call me …").click()
        ann.page.get_by_role("textbox", name="Words").fill("deploy, hub")
        ann.page.keyboard.press("Enter")
        ann.page.get_by_role("dialog", name="Settings").get_by_role("button", name="Close").click()
        bob.say_and_wait("lunch")
        bob.say_and_wait("the deploy is done")
        assert called(ann.page, 1) == ["bob in #lobby: the deploy is done"]
        ann.say("/notify")
        ann.page.get_by_role("combobox", name="What calls me").select_option("everything")
        ann.page.get_by_role("button", name="Save").click()
        bob.say_and_wait("dinner")
        assert called(ann.page, 2)[1:] == ["bob in #lobby: dinner"]
        ann.say("/notify")
        ann.page.get_by_role("combobox", name="What calls me").select_option("nothing")
        ann.page.get_by_role("button", name="Save").click()
        bob.say_and_wait("ann, the deploy!")
        ann.hears("ann, the deploy!")
        assert len(called(ann.page, 2)) == 2


def test_an_answer_calls_whom_it_answers(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = looks_elsewhere(hubbub_server, new_tab)
    with EventPeer(hubbub_server, "bob") as bob:
        ann.say("who comes?")
        seq = bob.next("message")["seq"]
        bob.say_and_wait("me", reply_to=seq)
    assert called(ann.page, 1) == ["bob in #lobby: me"]


def test_a_wrong_time_is_refused_with_a_sentence(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    ann.page.get_by_role("button", name="Settings").click()
    ann.page.get_by_role("button", name="Quiet hours …").click()
    field = ann.page.get_by_role("textbox", name="From and to")
    field.fill("late")
    field.press("Enter")
    expect(ann.page.get_by_role("alert").filter(has_text="is no time")).to_be_visible()
    field.fill("22:00 - 07:00")
    field.press("Enter")
    expect(field).to_be_hidden()


def test_what_mentions_the_user_is_listed_and_gone_to(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        bob.ask(type="join", room="kitchen")
        bob.say_and_wait("the soup is for ann", room="kitchen")
        bob.say_and_wait("an announcement")
        ann.say("what is there?")
        ann.hears("what is there?")
        asked = ann.page.evaluate("fetch('/api/rooms/lobby/messages').then(one => one.json())")
        seq = asked["messages"][-1]["seq"]
        bob.say_and_wait("an answer", reply_to=seq)
        ann.hears("an answer")
        ann.say("/mentions")
        dialog = ann.page.get_by_role("dialog")
        found = dialog.get_by_role("option")
        expect(found).to_have_text([re.compile("an answer"), re.compile("the soup is for ann")])
        dialog.get_by_role("textbox").fill("kitchen soup")
        expect(found).to_have_count(1)
        found.get_by_text("the soup is for").click()
    expect(ann.page.get_by_role("heading", name="#kitchen")).to_be_visible()
    expect(ann.message("the soup is for ann")).to_be_focused()
    ann.page.keyboard.press("F3")
    ann.page.keyboard.press("Shift+F3")
    expect(ann.message("an answer").last).to_be_focused()
    ann.page.get_by_role("button", name="List").click()
    expect(ann.page.get_by_role("option")).to_have_count(2)
