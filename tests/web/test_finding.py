"""Finding what somebody said: filters, marks, walking from hit to hit, and the way back."""

import re
import time
from collections.abc import Iterator

import pytest
from bench.distance import far_away
from playwright.sync_api import expect

from hubbub.chat.limits import GuestLimits, Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer, frame
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

MESSAGES = 5000
INDEXED_SECONDS = 60.0
NEEDLES = (700, 2600, 2610)
NUMBER = re.compile(r"(?:message|number) (\d+)")


@pytest.fixture(scope="module")
def long_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose lobby has a long log with a few needles in it; it ends with the module."""
    folder = tmp_path_factory.mktemp("long")
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(folder)),
        limits=Limits(messages_per_second=0),
        people=GuestLimits(guest_name_minutes=0),
    )
    straw = "straw " * 30
    texts = [
        f"{straw} the Needle number {number} is here" if number in NEEDLES else f"message {number}"
        for number in range(MESSAGES)
    ]
    with serving(config) as server:
        with RawPeer(server.host, server.port, "ben") as ben:
            ben.send(b"".join(map(frame, [*texts, "the very last one"])))
            ben.say("/history 1")
            assert ben.pair()[1].endswith("the very last one")
            deadline = time.monotonic() + INDEXED_SECONDS
            while True:  # words are found a little later
                ben.say('/search "the very last"')
                if ben.pair()[1] != "Nothing in lobby matches.":
                    break
                assert time.monotonic() < deadline
        yield server


def search(ann: Tab, query: str) -> None:
    """Type a query into the search."""
    ann.page.keyboard.press("Control+Shift+F")
    field = ann.page.get_by_role("dialog").get_by_role("textbox")
    field.fill(query)


def numbers(ann: Tab) -> list[int]:
    """Return the numbers of the messages that are drawn, in order."""
    found = map(NUMBER.search, ann.messages.all_inner_texts())
    return [int(one[1]) for one in found if one]


def test_what_ben_said_is_found_walked_through_and_linked_to_what_is_around_it(
    long_room: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{long_room.address}/", "ann 1")
    ann.hears("the very last one")
    search(ann, "needle from:ben after:1d")
    options = ann.page.get_by_role("option")
    expect(options).to_have_count(3)
    marked = options.first.locator("mark")
    expect(marked).to_have_text("Needle")
    expect(marked).to_be_in_viewport()
    ann.page.keyboard.press("Enter")
    hits = ann.page.get_by_role("region", name="Found messages")
    expect(hits).to_contain_text("1 of 3 for")
    expect(ann.message(f"number {NEEDLES[2]}")).to_be_focused()
    expect(ann.message(f"message {NEEDLES[2] + 1}")).to_be_visible()
    ann.page.keyboard.press("F3")
    expect(ann.message(f"number {NEEDLES[1]}")).to_be_focused()
    hits.get_by_role("button", name="Older").click()
    expect(ann.message(f"number {NEEDLES[0]}")).to_be_focused()
    expect(hits.get_by_role("button", name="Older")).to_be_disabled()
    ann.page.keyboard.press("Shift+F3")
    expect(ann.message(f"number {NEEDLES[1]}")).to_be_focused()
    hits.get_by_role("button", name="List").click()
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    ann.page.keyboard.press("Escape")
    hits.get_by_role("button", name="End the search").click()
    expect(hits).to_be_hidden()
    ann.page.get_by_role("button", name="Newest").click()
    expect(ann.message("the very last one")).to_be_in_viewport()


def test_a_jump_that_still_loads_gives_way_to_what_the_user_did_since(
    long_room: LocalServer, new_tab: NewTab
) -> None:
    with far_away(
        long_room.host, long_room.port, round_trip_seconds=1.0, bytes_per_second=10_000_000
    ) as address:
        ann = new_tab().enter(f"http://{address}/", "ann")
        ann.hears("the very last one")
        search(ann, f"{NEEDLES[0]} needle")
        expect(ann.page.get_by_role("option")).to_have_count(1)
        ann.page.keyboard.press("Enter")
        going = ann.page.locator("#log[data-seeking]")
        expect(going).to_be_visible()
        ann.page.keyboard.press("Alt+N")
        expect(going).to_have_count(0)
        expect(ann.message("the very last one")).to_be_in_viewport()
        expect(ann.message(f"number {NEEDLES[0]}")).to_have_count(0)
        ann.page.context.close()


def test_the_hole_below_an_old_message_closes_as_one_goes_down(
    long_room: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{long_room.address}/", "ann 2")
    ann.hears("the very last one")
    search(ann, f"{NEEDLES[0]} needle")
    expect(ann.page.get_by_role("option")).to_have_count(1)
    ann.page.keyboard.press("Enter")
    expect(ann.message(f"number {NEEDLES[0]}")).to_be_focused()
    ann.page.mouse.move(640, 400)
    lowest = NEEDLES[0]
    for _ in range(300):  # a page that arrives may swallow a turn of the wheel
        ann.page.mouse.wheel(0, 500)
        ann.page.evaluate("() => new Promise(requestAnimationFrame)")
        # What has the focus stays in the page even out of sight.
        seen = [one for one in numbers(ann) if NEEDLES[0] < one < NEEDLES[1]]
        assert seen == list(range(seen[0], seen[0] + len(seen))), "in order, no hole"
        lowest = max(lowest, seen[0])
        if lowest > NEEDLES[0] + 500:
            break
    assert lowest > NEEDLES[0] + 500, "the hole closed as it came near"
    ann.page.get_by_role("button", name="Newest").click()
    expect(ann.message("the very last one")).to_be_in_viewport()


def test_a_wrong_filter_says_what_it_wants(long_room: LocalServer, new_tab: NewTab) -> None:
    ann = new_tab().enter(f"http://{long_room.address}/", "ann 3")
    ann.hears("the very last one")
    search(ann, "needle before:soon")
    dialog = ann.page.get_by_role("dialog")
    expect(dialog).to_contain_text("`before:` wants a date like 2026-11-24")
    dialog.get_by_role("textbox").fill("needle from:zoe")
    expect(dialog).to_contain_text("There is nobody called 'zoe'.")
    dialog.get_by_role("textbox").fill('"needle number 2600"')
    expect(ann.page.get_by_role("option")).to_have_count(1)
