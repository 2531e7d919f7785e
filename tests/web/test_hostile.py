"""Nothing that others send can harm the page: names, texts and floods of all kinds."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab

EVIL = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "[click](javascript:alert(1)) javascript:alert(1)",
    "```<script>document.title='owned'</script>```",
    "**<b onclick=alert(1)>bold</b>**",
    "https://good.example/\u202egnp.exe",
    "http://user:password@evil.example/",
    "<svg/onload=document.title='owned'>",
]

FLOOD = 900
"""So many messages come from each who floods."""


@pytest.mark.parametrize("text", EVIL)
def test_markup_of_others_is_shown_and_not_run(
    hubbub_server: LocalServer, new_tab: NewTab, text: str
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "&lt;b&gt;eve") as eve:
        eve.ask(type="topic", room="lobby", text=text)
        eve.say_and_wait(text)
        eve.say_and_wait("and then")
    ann.hears("and then")
    expect(ann.messages.first).to_contain_text("&lt;b&gt;eve")
    assert "owned" not in ann.page.title()
    for tag in ("script", "img[src=x]", "b[onclick]", "svg[onload]"):
        expect(ann.page.locator("#app").locator(tag)).to_have_count(0)
    for link in ann.log.get_by_role("link").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://"))
        assert "noopener" in (link.get_attribute("rel") or "")


def test_the_longest_messages_and_words(hubbub_server: LocalServer, new_tab: NewTab) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "W" * 32) as eve:
        for text in ("w" * 65_536, "*" * 65_536, "`" * 65_536, "\n" * 5000 + "x", "[](" * 20_000):
            eve.say_and_wait(text)
        eve.say_and_wait("still here")
    ann.hears("still here")
    expect(ann.message("still here")).to_be_in_viewport()
    width = ann.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert width == 0, "nothing widens the page"
    ann.say("I can still write")
    ann.hears("I can still write")


def test_a_flood_leaves_the_page_usable(new_tab: NewTab) -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0"))
    with serving(config) as server, ExitStack() as stack:
        ann = new_tab().enter(f"http://{server.address}/", "ann")
        bob = stack.enter_context(EventPeer(server, "bob"))
        floods = [stack.enter_context(RawPeer(server.host, server.port, f"f{n}")) for n in range(4)]
        for number in range(FLOOD):
            for flood in floods:
                flood.say(f"flood {number}")
        ann.say("heard above the noise")
        # What comes behind it pushes it out of ann's sight at once, so bob looks whether it came.
        heard = [said["text"] for said in bob.messages(FLOOD * len(floods) + 1)]
        assert heard.count("heard above the noise") == 1
        ann.say("it is quiet again")
        ann.hears("it is quiet again")
        assert ann.messages.count() < 300


def test_many_rooms_and_many_members_fit(new_tab: NewTab) -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0"))
    with serving(config) as server, ExitStack() as stack:
        for peer in range(10):
            opener = stack.enter_context(EventPeer(server, f"opener {peer}"))
            for number in range(150):
                room = f"room-{peer}-{number}"
                assert opener.ask(type="join", room=room)["type"] == "room"
        ann = new_tab().enter(f"http://{server.address}/", "ann")
        ann.page.get_by_role("button", name="Find a room").click()
        dialog = ann.page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill("room-7-33")
        dialog.get_by_text("room-7-33").first.click()
        expect(ann.composer).to_have_accessible_name("Message to #room-7-33")


def test_a_message_that_is_too_long_is_kept_and_explained(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    long = "é" * 500_000
    ann.say(long)
    expect(ann.page.get_by_role("alert").filter(has_text="long")).to_be_visible()
    assert len(ann.composer.input_value()) == len(long), "what was written is not lost"
    expect(ann.messages).to_have_count(0)
