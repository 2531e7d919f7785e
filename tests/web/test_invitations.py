"""Coming in by an invitation, and linking a device by an address: what comes after `#`."""

from pathlib import Path

from playwright.sync_api import expect

from tests.faults.serving import ServerProcess
from tests.web.conftest import NewTab
from tests.web.tabs import Tab
from tests.web.test_accessibility import complaints
from tests.web.test_people import claim, stored

PASSWORD = "rolu-mika-tedo"
CONFIG = f'[server]\npassword = "{PASSWORD}"\n'


def host(tab: Tab, server: ServerProcess) -> Tab:
    """Come as a member who runs the server, with its password."""
    tab.page.goto(f"http://{server.host}:{server.port}/#password={PASSWORD}")
    tab.join("ann")
    claim(tab)
    return tab


def invited_by(tab: Tab, line: str = "/invite") -> str:
    """Return the address of a new invitation."""
    tab.say(line)
    dialog = tab.page.get_by_role("dialog", name="Invitation")
    address = dialog.locator("output").inner_text()
    expect(dialog.get_by_role("img", name="to be scanned")).to_be_visible()
    tab.page.keyboard.press("Escape")
    return address


def test_who_is_invited_only_gives_a_name(tmp_path: Path, new_tab: NewTab) -> None:
    with ServerProcess(tmp_path / "data", config=CONFIG) as server:
        ann = host(new_tab(), server)
        ann.say("/join plans")
        expect(ann.composer).to_have_accessible_name("Message to #plans")
        ann.say("the plan")
        ann.hears("the plan")
        address = invited_by(ann)
        bob = new_tab()
        bob.page.goto(address)
        expect(bob.page.get_by_text("You are invited.")).to_be_visible()
        assert "#" not in bob.page.url
        bob.join("bob")
        expect(bob.composer).to_have_accessible_name("Message to #plans")
        bob.hears("the plan")
        bob.page.reload()  # the browser is known from now on, without the password
        bob.hears("the plan")
        server.kill()
        server.start()
        bob.say("after a restart")
        ann.hears("after a restart")


def test_an_invitation_that_does_not_count_says_so_and_leaves_the_other_ways(
    tmp_path: Path, new_tab: NewTab
) -> None:
    with ServerProcess(tmp_path / "data", config=CONFIG) as server:
        url = f"http://{server.host}:{server.port}/"
        eve = new_tab()
        eve.page.goto(f"{url}#invite=0123456789012345678901")
        eve.page.locator("#answer").fill("eve")
        eve.page.locator("#answer").press("Enter")
        expect(eve.page.get_by_role("alert")).to_contain_text("This invitation does not count")
        expect(eve.page.locator("#answer")).to_have_value("eve")
        assert complaints(eve) == []
        ann = host(new_tab(), server)
        address = invited_by(ann)
        eve.page.get_by_role("button", name="I have an invitation").click()
        eve.page.locator("#answer").fill(address)
        eve.page.locator("#answer").press("Enter")
        expect(eve.page.get_by_text("You are invited.")).to_be_visible()
        eve.page.locator("#answer").fill("ann")  # whose name it is; nothing is used up
        eve.page.locator("#answer").press("Enter")
        expect(eve.page.get_by_role("alert")).to_contain_text("ann")
        eve.page.locator("#answer").fill("eve")
        eve.page.locator("#answer").press("Enter")
        expect(eve.log).to_be_visible()


def test_an_address_with_a_code_links_a_device(url: str, new_tab: NewTab) -> None:
    ann = new_tab().enter(url, "ann")
    ann.say("/link")
    dialog = ann.page.get_by_role("dialog")
    ann.page.wait_for_function("() => document.querySelector('output').textContent.length > 4")
    code = dialog.locator("output").inner_text()
    phone = new_tab()
    phone.page.goto(f"{url}#link={code}")
    expect(phone.page.get_by_label("Code from your other device")).to_have_value(code)
    assert code not in phone.page.url
    phone.page.locator("#answer").press("Enter")
    dialog.get_by_role("button", name="Yes, link it").click()
    expect(phone.page.locator("#me")).to_have_text("ann")
    assert code not in stored(phone)


def test_who_is_here_already_is_led_to_the_rooms_of_an_invitation(
    url: str, new_tab: NewTab
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    claim(ann)
    ann.say("/join plans")
    expect(ann.composer).to_have_accessible_name("Message to #plans")
    ann.say("the plan")
    ann.hears("the plan")
    ann.say("/private")
    expect(ann.page.locator("#rooms").get_by_role("img", name="private")).to_be_visible()
    bob.page.goto(invited_by(ann))
    expect(bob.composer).to_have_accessible_name("Message to #plans")
    bob.hears("the plan")
    assert "#" not in bob.page.url
