"""One person in several browsers: claimed names, linked devices, what is read, signing out."""

import json

from playwright.sync_api import expect

from tests.faults.serving import ServerProcess
from tests.interop.raw import RawPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

PASSWORD = "four words of mine"


def choose(tab: Tab, act: str) -> None:
    """Choose something that is offered under one's own name."""
    tab.page.get_by_role("navigation").get_by_title("Your name and your devices").click()
    tab.page.get_by_role("dialog").get_by_role("button", name=act).click()


def claim(tab: Tab, password: str = PASSWORD) -> None:
    """Make the name one's own."""
    choose(tab, "Claim this name")
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill(password)
    dialog.get_by_label("The same once more").fill(password)
    dialog.get_by_role("button", name="Claim").click()
    expect(dialog).to_have_count(0)


def come(tab: Tab, url: str, name: str, way: str, answer: str) -> Tab:
    """Enter as somebody who is known, with what proves it."""
    tab.page.goto(url)
    tab.page.get_by_role("textbox", name="name").fill(name)
    tab.page.get_by_role("button", name=way).click()
    tab.page.locator("#answer").fill(answer)
    tab.page.locator("#answer").press("Enter")
    return tab


def stored(tab: Tab) -> str:
    """Return all that the browser keeps."""
    return json.dumps(tab.page.evaluate("[{...localStorage}, {...sessionStorage}]"))


def test_a_claimed_name_is_the_same_person_in_another_browser(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("from the first")
    ann.hears("from the first")
    claim(ann)
    phone = come(new_tab(), url, "ann", "I have a password", "not this one")
    expect(phone.page.get_by_role("alert").first).to_contain_text("wrong")
    phone.page.locator("#answer").fill(PASSWORD)
    phone.page.locator("#answer").press("Enter")
    phone.hears("from the first")
    phone.say("from the second")
    ann.hears("from the second")
    expect(ann.page.locator("#people h2")).to_have_text("People · 1")
    phone.message("from the first").hover()
    expect(phone.message("from the first").get_by_role("button", name="Edit")).to_be_visible()


def test_a_password_is_asked_for_when_it_is_known_whose(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    claim(ann)
    phone = new_tab()
    phone.page.goto(url)
    log_in = phone.page.get_by_role("button", name="I have a password")
    log_in.click()
    expect(phone.page.get_by_role("alert").first).to_contain_text("Type your name first")
    phone.page.get_by_role("textbox", name="Your name").fill("ann")
    log_in.click()
    expect(phone.page.get_by_role("alert").first).to_be_empty()
    phone.page.get_by_label("Password of ann").fill(PASSWORD)
    phone.page.get_by_role("button", name="Log in").click()
    ann.say("there you are")
    phone.hears("there you are")


def test_a_way_in_begins_without_the_refusal_of_another(url: str, new_tab: NewTab) -> None:
    new_tab().enter(url, "ann")
    phone = new_tab()
    phone.page.goto(url)
    phone.page.get_by_role("textbox", name="Your name").fill("ann")
    phone.page.get_by_role("button", name="Join").click()
    expect(phone.page.get_by_role("alert").first).to_contain_text("taken")
    phone.page.get_by_role("button", name="I have a code").click()
    expect(phone.page.get_by_role("alert").first).to_be_empty()


def test_a_refused_password_is_told_where_it_was_typed(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    choose(ann, "Claim this name")
    dialog = ann.page.get_by_role("dialog")
    fields = dialog.locator("input")
    for typed, sentence in (
        (("short", "short"), "8"),
        (("one of mine", "another one"), "not the same"),
    ):
        for field, text in zip(fields.all(), typed, strict=True):
            assert field.get_attribute("type") == "password"
            field.fill(text)
        dialog.get_by_role("button", name="Claim").click()
        expect(dialog.get_by_role("alert")).to_contain_text(sentence)
        expect(fields.first).to_have_value(typed[0])


def test_a_device_is_linked_by_a_code(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("before")
    ann.hears("before")
    choose(ann, "Link another device")
    dialog = ann.page.get_by_role("dialog")
    ann.page.wait_for_function("() => document.querySelector('output').textContent.length > 4")
    code = dialog.locator("output").inner_text()
    phone = come(new_tab(), url, "somebody", "I have a code", code.lower())
    expect(dialog).to_contain_text("Is it yours?")
    dialog.get_by_role("button", name="Yes, link it").click()
    expect(dialog).to_contain_text("The device is linked.")
    phone.hears("before")
    expect(phone.page.locator("#me")).to_have_text("ann")


def test_a_device_that_is_logged_out_elsewhere_says_so(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    claim(ann)
    phone = come(new_tab(), url, "ann", "I have a password", PASSWORD)
    expect(phone.log).to_be_visible()
    choose(ann, "Devices")
    dialog = ann.page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Log out").click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(phone.page.get_by_role("alert").first).to_contain_text("logged out")
    assert "device" not in stored(phone)


def test_what_is_read_in_one_browser_is_read_in_the_other(
    server: ServerProcess, url: str, new_tab: NewTab
) -> None:
    ann = new_tab().enter(url, "ann")
    claim(ann)
    phone = come(new_tab(), url, "ann", "I have a password", PASSWORD)
    expect(phone.log).to_be_visible()
    for tab in (ann, phone):
        tab.say("/join kitchen")
        expect(tab.composer).to_have_accessible_name("Message to #kitchen")
    with RawPeer(server.host, server.port, "bob") as bob:
        bob.say("hello")
        badges = [tab.page.locator("#rooms").get_by_text("1", exact=True) for tab in (ann, phone)]
        for badge in badges:
            expect(badge).to_be_visible()
        ann.page.locator("#rooms").get_by_role("button", name="lobby").click()
        for badge in badges:
            expect(badge).to_be_hidden()


def test_who_signs_out_leaves_nothing_behind(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "annabel")
    claim(ann)
    ann.composer.fill("a draft of hers")
    choose(ann, "Sign out")
    ann.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(ann.page.get_by_role("textbox", name="name")).to_have_value("")
    assert stored(ann) == "[{}, {}]"
    again = new_tab()
    come(again, url, "annabel", "I have a password", PASSWORD)
    expect(again.log).to_be_visible()
    choose(again, "Devices")
    expect(again.page.get_by_role("dialog").get_by_role("listitem")).to_have_count(1)


def test_who_is_not_to_be_remembered_leaves_nothing_in_the_browser(
    url: str, new_tab: NewTab
) -> None:
    ann = new_tab()
    ann.page.goto(url)
    ann.page.get_by_role("checkbox", name="Remember me").uncheck()
    ann.join("ann")
    ann.say("hello")
    ann.hears("hello")
    assert ann.page.evaluate("localStorage.length") == 0
    ann.page.reload()
    ann.hears("hello")
    assert ann.page.evaluate("localStorage.length") == 0


def test_private_talk_waits_for_whoever_is_away_and_is_there_on_every_device(
    url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    claim(bob)
    bob.say("/msg ann from bob")
    ann.page.locator("#directs").get_by_role("button", name="@bob").click()
    ann.hears("from bob")
    bob.page.locator("#rooms").get_by_role("button", name="#lobby").click()
    expect(bob.composer).to_have_accessible_name("Message to #lobby")
    context = bob.page.context
    bob.page.close()
    expect(ann.page.locator("#people h2")).to_have_text("People · 1")
    ann.say("while you were away")
    ann.hears("while you were away")
    expect(ann.page.get_by_text("Sending")).to_have_count(0)
    again = Tab(context.new_page()).enter(url, "bob")
    row = again.page.locator("#directs").get_by_role("button", name="@ann")
    expect(row).to_contain_text("1")
    row.click()
    again.hears("from bob", "while you were away")
    expect(row).not_to_contain_text("1")
    phone = come(new_tab(), url, "bob", "I have a password", PASSWORD)
    phone.page.locator("#directs").get_by_role("button", name="@ann").click()
    phone.hears("from bob", "while you were away")
    assert not again.faults


def test_another_name_is_told_and_followed_everywhere(url: str, new_tab: NewTab) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("hello")
    bob.say("/msg ann psst")
    bob.hears("psst")
    choose(ann, "Change your name")
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_label("New name").fill("bob")
    dialog.get_by_role("button", name="Change").click()
    expect(dialog.get_by_role("alert")).to_contain_text("bob")
    dialog.get_by_label("New name").fill("anna")
    dialog.get_by_role("button", name="Change").click()
    expect(ann.page.locator("#me")).to_have_text("anna")
    expect(bob.page.get_by_role("alert").filter(has_text="ann is now anna.")).to_be_visible()
    expect(bob.composer).to_have_accessible_name("Message to @anna")
    for tab in (ann, bob):
        tab.page.locator("#rooms").get_by_role("button", name="lobby").click()
        expect(tab.page.locator("#members li").filter(has_text="anna")).to_have_count(1)
        expect(tab.page.locator("#people h2")).to_have_text("People · 2")
    ann.say("/nick ann lee")
    expect(ann.page.locator("#me")).to_have_text("ann lee")
    ann.say("as ann lee")
    bob.hears("as ann lee")
    ann.page.reload()
    ann.hears("hello", "as ann lee")
    expect(ann.page.locator("#me")).to_have_text("ann lee")


def test_who_deletes_their_account_chooses_what_becomes_of_their_words(
    url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "annabel"), new_tab().enter(url, "bob")
    claim(ann)
    ann.say("a word of hers")
    bob.hears("a word of hers")
    choose(ann, "Delete my account")
    dialog = ann.page.get_by_role("dialog")
    expect(dialog).to_contain_text("cannot be undone")
    assert not dialog.get_by_role("checkbox").is_checked()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_label("Password").fill("not this one")
    dialog.get_by_role("button", name="Delete my account").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not your password")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Delete my account").click()
    expect(ann.page.get_by_role("alert").first).to_contain_text("Your account is deleted.")
    expect(bob.messages.filter(has_text="message deleted")).to_have_count(1)
    assert stored(ann) == "[{}, {}]"
