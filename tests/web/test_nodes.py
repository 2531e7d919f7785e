"""A page whose node is lost goes on at another: real nodes, and a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.faults.serving import ServerProcess
from tests.server.clustering.conftest import nats, stream
from tests.server.clustering.pairs import telling, wait_until_told
from tests.web.conftest import NewTab
from tests.web.tabs import PATIENCE_MILLISECONDS, Tab
from tests.web.test_offline import is_kept

__all__ = ["nats", "stream"]

Pair = tuple[ServerProcess, ServerProcess]

HOME_MILLISECONDS = 15_000
"""How often the page looks whether its own server is back."""


@pytest.fixture
def pair(tmp_path: Path, nats: str, stream: str) -> Iterator[Pair]:
    """Two nodes that know each other."""
    with telling(tmp_path, nats, stream) as found:
        yield found


def page_of(node: ServerProcess) -> str:
    return f"http://{node.host}:{node.port}/"


def sockets(tab: Tab) -> list[str]:
    """Return where the page's WebSockets lead, as they are opened."""
    opened: list[str] = []
    tab.page.on("websocket", lambda socket: opened.append(socket.url))
    return opened


def socket_at(node: ServerProcess) -> str:
    return f"ws://{node.host}:{node.port}/ws"


def test_a_page_goes_on_at_another_node_and_comes_home_with_nothing_lost_or_doubled(
    pair: Pair, new_tab: NewTab
) -> None:
    first, second = pair
    ann, bob = new_tab(), new_tab()
    opened = sockets(ann)
    ann.enter(page_of(first), "ann")
    bob.enter(page_of(second), "bob")
    ann.say("at the first")
    bob.hears("at the first")
    ann.composer.fill("typed when it was lost")
    first.kill()
    bob.say("meanwhile")
    ann.hears("at the first", "meanwhile")
    expect(ann.composer).to_have_value("typed when it was lost")
    ann.composer.press("Enter")
    bob.hears("at the first", "meanwhile", "typed when it was lost")
    ann.hears("typed when it was lost")
    assert opened[-1] == socket_at(second)
    first.start()
    ann.page.wait_for_function(
        "async () => (await fetch('/readyz').catch(() => null))?.ok",
        timeout=PATIENCE_MILLISECONDS,
    )
    with ann.page.expect_event(
        "websocket",
        lambda socket: socket.url == socket_at(first),
        timeout=HOME_MILLISECONDS + PATIENCE_MILLISECONDS,
    ):
        pass
    ann.say("home again")
    said = ["at the first", "meanwhile", "typed when it was lost", "home again"]
    for tab in (ann, bob):
        tab.hears(*said)
        expect(tab.messages).to_have_count(len(said))
    ann.faults.clear()  # the browser notes that nobody answered


def test_what_waits_to_be_sent_goes_out_at_the_other_node_once(pair: Pair, new_tab: NewTab) -> None:
    first, second = pair
    ann, bob = new_tab(), new_tab()
    ann.enter(page_of(first), "ann")
    bob.enter(page_of(second), "bob")
    said = [f"m{number:02}." for number in range(30)]
    for number, text in enumerate(said):
        if number == len(said) // 2:
            first.kill()
        ann.say(text)
    bob.hears(*said)
    ann.hears(*said)
    expect(bob.messages).to_have_count(len(said))
    expect(ann.messages).to_have_count(len(said))
    ann.faults.clear()


def test_a_page_that_the_browser_keeps_finds_the_other_node_though_its_own_is_dead(
    pair: Pair, new_tab: NewTab
) -> None:
    first, second = pair
    ann, bob = new_tab(service_workers="allow"), new_tab()
    ann.enter(page_of(first), "ann")
    bob.enter(page_of(second), "bob")
    ann.say("before")
    ann.hears("before")
    is_kept(ann.page)
    first.kill()
    ann.page.reload()
    ann.hears("before")
    ann.say("after")
    bob.hears("before", "after")
    ann.hears("after")
    ann.faults.clear()


def test_a_page_over_tls_goes_on_over_tls(
    tmp_path: Path, nats: str, stream: str, new_tab: NewTab
) -> None:
    with telling(tmp_path, nats, stream, "[tls]\nself_signed = true\n") as (first, second):
        ann, bob = (new_tab(ignore_https_errors=True) for _ in range(2))
        opened = sockets(ann)
        ann.enter(page_of(first).replace("http:", "https:"), "ann")
        bob.enter(page_of(second).replace("http:", "https:"), "bob")
        first.kill()
        ann.say("said over another way")
        bob.hears("said over another way")
        assert opened[-1] == socket_at(second).replace("ws:", "wss:")
        ann.faults.clear()


def test_a_page_that_was_loaded_before_a_node_came_waits_for_its_own(
    tmp_path: Path, nats: str, stream: str, new_tab: NewTab
) -> None:
    with telling(tmp_path, nats, stream) as (first, second):
        second.kill()
        first.end()
        first.start()  # it has heard of nobody else
        ann = new_tab()
        ann.enter(page_of(first), "ann")
        second.start()
        wait_until_told(first)
        ann.say("before")
        first.kill()
        expect(ann.page.get_by_text("Offline — your messages wait.")).to_be_visible()
        ann.say("after")
        first.start()
        ann.hears("before", "after")
        ann.faults.clear()  # the policy of the page allowed no more
