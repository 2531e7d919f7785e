"""A server that cannot write its log for a while: the page says so, and sends what waits."""

from pathlib import Path

from playwright.sync_api import expect

from hubbub.testing import serving
from tests.faults.test_log_locked import locked
from tests.moody import MoodyLog
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab


def test_what_cannot_be_stored_just_now_waits_and_is_sent_in_order(
    url: str, new_tab: NewTab, tmp_path: Path
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    texts = [f"text {number}" for number in range(5)]
    with locked(tmp_path / "data"):
        for text in texts:
            ann.say(text)
        expect(ann.page.get_by_role("alert")).to_contain_text("cannot store messages just now")
        expect(bob.messages).to_have_count(0)
    bob.hears(*texts)
    expect(ann.page.get_by_role("alert").filter(has_text="cannot store")).to_have_count(0)
    expect(ann.page.get_by_text("Sending")).to_have_count(0)
    expect(ann.page.get_by_role("button", name="Try again")).to_have_count(0)


def test_an_edit_that_cannot_be_stored_just_now_is_repeated(
    url: str, new_tab: NewTab, tmp_path: Path
) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("a text with a mistkae")
    bob.hears("a text with a mistkae")
    notice = ann.page.get_by_role("alert").filter(has_text="cannot store messages just now")
    with locked(tmp_path / "data"):
        ann.composer.press("ArrowUp")
        ann.say("a text without one")
        expect(notice).to_be_visible()
        expect(bob.message("without one")).to_have_count(0)
    bob.hears("a text without one")
    expect(notice).to_have_count(0)
    expect(ann.composer).to_have_value("")


def test_a_page_of_messages_that_cannot_be_read_just_now_comes_by_and_by(new_tab: NewTab) -> None:
    log = MoodyLog()
    with serving(log=log) as server:
        with EventPeer(server, "bob") as bob:
            bob.ask(type="say", room="lobby", text="earlier")
            log.failing_reads = range(log.reads + 1, log.reads + 4)
            ann = new_tab().enter(f"http://{server.address}/", "ann")
            notice = ann.page.get_by_role("alert").filter(has_text="cannot read its messages")
            expect(notice).to_be_visible()
            bob.ask(type="say", room="lobby", text="from now on")
        ann.hears("from now on", "earlier")
        expect(notice).to_have_count(0)


def test_an_edit_under_way_survives_a_closed_tab(url: str, new_tab: NewTab, tmp_path: Path) -> None:
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("a text with a mistkae")
    bob.hears("a text with a mistkae")
    with locked(tmp_path / "data"):
        ann.composer.press("ArrowUp")
        ann.say("a text without one")
        notice = ann.page.get_by_role("alert").filter(has_text="cannot store messages just now")
        expect(notice).to_be_visible()
        ann.page.close()
    again = type(ann)(ann.page.context.new_page()).enter(url, "ann")
    again.hears("a text without one")
    bob.hears("a text without one")
