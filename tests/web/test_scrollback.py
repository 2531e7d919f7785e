"""A long log scrolls smoothly: only what is visible is drawn, and nothing jumps."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import WebSocketRoute, expect

from hubbub.chat.limits import GuestLimits, Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer, frame
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab

MESSAGES = 50_000
DRAWN_MAX = 300
MOVED_MAX = 1.5
"""CSS pixels: heights are fractions."""
NUMBER = re.compile(r"message (\d+)")


@pytest.fixture(scope="module")
def long_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose lobby has a long log, and which keeps no names; it ends with the module."""
    folder = tmp_path_factory.mktemp("long")
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(folder)),
        limits=Limits(messages_per_second=0),
        people=GuestLimits(guest_name_minutes=0),  # everybody who looks at it is called ann
    )
    texts = [f"message {number}" + " and more words" * (number % 7) for number in range(MESSAGES)]
    with serving(config) as server:
        with RawPeer(server.host, server.port, "writer") as writer:
            writer.send(b"".join(map(frame, [*texts, "the very last one"])))
            writer.say("/history 1")
            assert writer.pair()[1].endswith("the very last one")
        yield server


def test_a_long_log_is_scrolled_through(long_room: LocalServer, new_tab: NewTab) -> None:
    """Up to thousands of messages before the end and back, with a bounded number drawn."""
    ann = new_tab().enter(f"http://{long_room.address}/", "ann")
    ann.hears("the very last one")
    box = ann.log.bounding_box()
    assert box is not None
    ann.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    seen: set[int] = set()
    lowest = MESSAGES
    while lowest > MESSAGES - 3000:
        ann.page.mouse.wheel(0, -20_000)
        ann.page.wait_for_function(
            """lowest => [...document.querySelectorAll("[role=log] article")]
                .map(row => /message (\\d+)/.exec(row.textContent))
                .some(found => found && Number(found[1]) < lowest)""",
            arg=lowest,
        )
        drawn = ann.messages.all_inner_texts()
        assert 0 < len(drawn) < DRAWN_MAX
        numbers = [
            int(text.split("message ")[1].split()[0]) for text in drawn if "message " in text
        ]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "in order, no hole"
        seen.update(numbers)
        lowest = min(lowest, numbers[0])
    ann.log.press("End")
    ann.hears("the very last one")
    expect(ann.message("the very last one")).to_be_in_viewport()


def test_older_pages_move_nothing(long_room: LocalServer, new_tab: NewTab) -> None:
    """What is being looked at stays where it is while older messages are put above it."""
    ann = new_tab().enter(f"http://{long_room.address}/", "ann")
    ann.hears("the very last one")
    ann.page.mouse.move(640, 400)
    moved = ann.page.evaluate(
        """async () => {
            const log = document.querySelector('[role=log]');
            const rows = () => [...log.querySelectorAll("article")];
            const topOf = element => element.getBoundingClientRect().top;
            // Who spoke stands above it, but goes when the same one's older messages come.
            const textOf = row => row.querySelector(".text");
            const frame = () => new Promise(requestAnimationFrame);
            let worst = 0, pages = 0;
            while (pages < 5) {
                log.scrollTop = Math.max(0, log.scrollTop - 400);
                await frame(); await frame(); await frame();
                const anchor = rows().find(row => topOf(row) > topOf(log));
                const { textContent: text } = textOf(anchor), top = topOf(textOf(anchor));
                const height = log.scrollHeight;
                for (let wait = 0; wait < 30; wait += 1) await frame();
                const same = rows().find(row => textOf(row).textContent === text);
                worst = Math.max(worst, Math.abs(topOf(textOf(same)) - top));
                if (log.scrollHeight !== height || log.scrollTop < 1000) pages += 1;
            }
            return worst;
        }"""
    )
    assert moved <= MOVED_MAX


def test_an_older_page_that_comes_late_moves_nothing(
    long_room: LocalServer, new_tab: NewTab
) -> None:
    """Somebody waits at the oldest message, which then loses the day and the name above it."""
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    is_holding = True

    def between(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def sent(message: str | bytes) -> None:
            command = json.loads(message)
            if is_holding and command["type"] == "history" and "before" in command:
                held.append((server, message))
            else:
                server.send(message)

        page.on_message(sent)

    ann = new_tab()
    ann.page.route_web_socket(re.compile("/ws$"), between)
    ann.enter(f"http://{long_room.address}/", "ann")
    ann.hears("the very last one")
    ann.log.evaluate("log => { log.scrollTop = 0; }")
    expect(ann.log.get_by_text("Loading older messages")).to_be_in_viewport()
    found = NUMBER.search(ann.messages.first.inner_text())
    assert found is not None
    oldest = ann.message(found[0])
    expect(oldest.locator(".who")).to_be_visible()
    oldest.evaluate(
        """row => {
            window.places = [];
            const note = () => {
                window.places.push(row.querySelector(".text").getBoundingClientRect().top);
                requestAnimationFrame(note);
            };
            note();
        }"""
    )
    is_holding = False
    for server, message in held:
        server.send(message)
    expect(ann.message(f"message {int(found[1]) - 1}")).to_be_in_viewport()
    expect(oldest.locator(".who")).to_have_count(0)
    noted = ann.page.evaluate("window.places.length")
    ann.page.wait_for_function("noted => window.places.length > noted + 30", arg=noted)
    places = ann.page.evaluate("window.places")
    assert max(places) - min(places) <= MOVED_MAX


def test_a_search_goes_to_where_a_message_stands(long_room: LocalServer, new_tab: NewTab) -> None:
    ann = new_tab().enter(f"http://{long_room.address}/", "ann")
    ann.say("/search 48123")
    ann.page.get_by_role("dialog").get_by_text("message 48123").click()
    expect(ann.message("message 48123").first).to_be_in_viewport()
    expect(ann.message("message 48124").first).to_be_attached()
    expect(ann.message("message 48122").first).to_be_attached()


def test_what_is_said_meanwhile_is_waiting_at_the_end(
    long_room: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{long_room.address}/", "ann")
    ann.hears("the very last one")
    ann.page.mouse.move(640, 400)
    ann.page.mouse.wheel(0, -3000)
    expect(ann.message("the very last one")).not_to_be_in_viewport()
    with EventPeer(long_room, "bob") as bob:
        bob.say_and_wait("while you read")
    ann.page.get_by_role("button", name="1 new message").click()
    expect(ann.message("while you read")).to_be_in_viewport()


def test_a_log_that_becomes_lower_still_shows_the_newest(
    hubbub_server: LocalServer, new_tab: NewTab
) -> None:
    """A scroll event that arrives before the change of height is told is nobody's scrolling."""
    ann = new_tab().enter(f"http://{hubbub_server.address}/", "ann")
    with EventPeer(hubbub_server, "bob") as bob:
        for number in range(60):
            bob.say_and_wait(f"message {number}")
        ann.hears("message 59")
        ann.page.evaluate(
            """() => {
                document.querySelector("#talk").style.maxHeight = "250px";
                document.querySelector("[role=log]").dispatchEvent(new Event("scroll"));
            }"""
        )
        expect(ann.message("message 59")).to_be_in_viewport()
        bob.say_and_wait("and another one")
    expect(ann.message("and another one")).to_be_in_viewport()
