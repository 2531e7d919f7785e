"""Ten thousand messages with five hundred pictures: nothing jumps, and little of it is held."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from unittest import mock

import pytest
from PIL import Image

from hubbub.chat.limits import FileLimits, GuestLimits, Limits
from hubbub.server.config import Config, ServerSection
from hubbub.server.files.examination import examine
from hubbub.server.files.examining import Examining
from hubbub.server.files.found import Found
from hubbub.testing import LocalServer, serving
from tests.interop.raw import PATIENCE_SECONDS, RawPeer, frame
from tests.web.conftest import NewTab

MESSAGES = 10_000
PICTURES = 500
DRAWN_MAX = 300
MOVED_MAX = 1.5
"""CSS pixels: heights are fractions."""


def picture(number: int) -> bytes:
    """Return a PNG; they differ in colour and shape."""
    out = io.BytesIO()
    size = (80 + number * 37 % 400, 60 + number * 53 % 300)
    Image.new("RGB", size, (number % 256, number * 7 % 256, 90)).save(out, "PNG")
    return out.getvalue()


def send(server: LocalServer, number: int) -> None:
    path = f"/api/rooms/lobby/files?name=picture{number}.png&text=picture+{number}"
    with closing(HTTPConnection(server.host, server.port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("POST", path, picture(number), {"Content-Type": "image/png"})
        assert connection.getresponse().status == 201


def examine_here(_: Examining, path: Path, clean: Path, preview: Path) -> Found:
    """Look at a picture as the server does, but not in one of five hundred processes."""
    return examine(path, clean, preview)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose lobby has as many messages, a picture among every twenty."""
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(tmp_path_factory.mktemp("gallery"))),
        limits=Limits(messages_per_second=0),
        files=FileLimits(daily_megabytes_max=0),
        people=GuestLimits(guest_name_minutes=0),
    )
    between = MESSAGES // PICTURES
    with (
        mock.patch.object(Examining, "_examine", examine_here),
        serving(config) as server,
        RawPeer(server.host, server.port, "writer") as writer,
        ThreadPoolExecutor(8) as senders,
    ):
        for start in range(0, PICTURES, 20):
            some = range(start, start + 20)
            texts = [f"message {number}" for number in range(between * 20)]
            writer.send(b"".join(map(frame, texts)))
            list(senders.map(lambda number: send(server, number), some))
        writer.send(frame("the very last one"))
        writer.say("/history 1")
        while not writer.pair()[1].endswith("the very last one"):
            pass
        yield server


def test_ten_thousand_messages_with_five_hundred_pictures_scroll_without_jumps(
    gallery: LocalServer, new_tab: NewTab
) -> None:
    ann = new_tab().enter(f"http://{gallery.address}/", "ann")
    ann.hears("the very last one")
    told = ann.page.evaluate(
        """async () => {
            const log = document.querySelector('[role=log]');
            const rows = () => [...log.querySelectorAll("article")];
            const topOf = (element) => element.getBoundingClientRect().top;
            // Who spoke stands above it, but goes when the same one's older messages come.
            const topOfText = (row) => topOf(row.querySelector(".text"));
            const frame = () => new Promise(requestAnimationFrame);
            const images = () => [...log.querySelectorAll("img")];
            let worst = 0, drawn = 0, seen = new Set();
            for (let step = 0; step < 120; step += 1) {
                log.scrollTop = Math.max(0, log.scrollTop - 700);
                await frame(); await frame(); await frame();
                const anchor = rows().find((row) => topOf(row) > topOf(log));
                const top = topOfText(anchor);
                for (let wait = 0; wait < 60; wait += 1) {
                    if (wait > 4 && images().every((one) => one.complete)) break;
                    await frame();
                }
                for (const one of images()) if (one.naturalWidth) seen.add(one.alt);
                const moved = anchor.isConnected ? Math.abs(topOfText(anchor) - top) : 0;
                worst = Math.max(worst, moved);
                drawn = Math.max(drawn, rows().length);
            }
            return { worst, drawn, seen: seen.size, held: images().length };
        }"""
    )
    assert told["seen"] > 20, "pictures came into view"
    assert told["worst"] <= MOVED_MAX
    assert told["drawn"] < DRAWN_MAX
    assert told["held"] < DRAWN_MAX
