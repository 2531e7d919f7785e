"""What the main states look like. A state that looks otherwise than its picture fails.

With HUBBUB_UPDATE_SNAPSHOTS=1 the pictures are made anew: look at them before you commit them.
"""

import asyncio
import os
import re
import time
from pathlib import Path

import pytest

from hubbub.chat.events import AnyLogged, Message, Reaction, Topic
from hubbub.client import connect
from hubbub.desk import room
from hubbub.log.memory import MemoryLog
from hubbub.testing import serving

from .seats import Seat, seat

ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"
README_PICTURE = ROOT / "docs" / "terminal.svg"
MORNING = 1_795_600_000_000  # a Wednesday, 25 November 2026, 09:46 UTC
MINUTE = 60_000


def said(minute: float, sender: str, text: str, reply_to: int | None = None) -> Message:
    return Message(
        room="lobby",
        seq=0,
        prev=0,
        sender=sender,
        at=int(MORNING + minute * MINUTE),
        text=text,
        reply_to=reply_to,
    )


def reacted(minute: float, sender: str, target: int, emoji: str) -> Reaction:
    at = int(MORNING + minute * MINUTE)
    return Reaction(
        room="lobby", seq=0, prev=0, sender=sender, at=at, target=target, emoji=emoji, on=True
    )


HISTORY: list[AnyLogged] = [
    Topic(
        room="lobby",
        seq=0,
        prev=0,
        sender="hana",
        at=MORNING,
        text="sockets, and what became of them",
    ),
    said(-1000, "carl", "hello from the tutorial's client, unchanged"),
    said(-999, "ann", "welcome! everything that is said here is kept, you can read it all later"),
    said(0, "Zoë", "has anybody got the *select* loop to work?"),
    said(0.2, "Zoë", "mine blocks until I press Enter …"),
    said(2, "hana", "the trick is not to read a whole frame at once:"),
    said(
        2.1,
        "hana",
        "```python\nchunk = sock.recv(4096)\nfor frame in decoder.receive(chunk):  # whole ones\n"
        "    show(frame)\n```",
    ),
    reacted(2.5, "Zoë", 7, "🎉"),
    reacted(2.6, "ann", 7, "👍"),
    said(3, "Zoë", "**that** was it, thank you!", reply_to=6),
    said(14, "carl", "ann: is there a page about the header? `%-10d`?"),
    said(14.5, "hana", "https://docs.python.org/3/howto/sockets.html is where I began"),
]


pytestmark = pytest.mark.usefixtures("in_utc")


def looks(svg: str) -> list[str]:
    """Return the texts and boxes of a picture with their places and styles, without its ids."""
    styles = dict(re.findall(r"\.terminal-\w*-(r\d+) \{ ([^}]*) \}", svg))
    texts = re.findall(r'<text class="terminal-\w*-(r\d+)" x="(\S+)" y="(\S+)"[^>]*>([^<]*)<', svg)
    boxes = re.findall(r'<rect fill="(\S+)" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', svg)
    assert texts
    return [f"{y} {x} {text!r} {styles[kind]}" for kind, x, y, text in texts] + list(
        map(str, boxes)
    )


async def shown(ann: Seat) -> str:
    """Return the picture of what is on the screen."""

    def pinned() -> bool:
        # Neither port nor latency are ever the same; and a ping may end at any time.
        ann.chat.desk.link.at = "127.0.0.1:1234"
        ann.chat.desk.link.latency_seconds = 0.001
        ann.chat.stirred()
        return "127.0.0.1:1234 1 ms" in ann.screen

    await ann.until(pinned)
    return ann.app.export_screenshot(title="hubbub")


def assert_looks_like(svg: str, picture: Path) -> None:
    if os.environ.get("HUBBUB_UPDATE_SNAPSHOTS"):
        picture.parent.mkdir(exist_ok=True)
        picture.write_text(svg, "utf-8")
    assert picture.exists(), f"{picture} is not there yet; HUBBUB_UPDATE_SNAPSHOTS=1 makes it"
    assert looks(svg) == looks(picture.read_text("utf-8")), f"{picture.name} shows something else"


async def busy(ann: Seat, address: str) -> None:
    """Fill the screen: rooms with unread messages, and members."""
    await ann.until(lambda: ann.chat.desk.rooms.current.log.newest == len(HISTORY))
    for name in ("kitchen", "python-help"):
        await ann.say(f"/join {name}")
        await ann.until(lambda: ann.room == f"#{name}")  # noqa: B023 (awaited at once)
    await ann.say("/msg hana")
    await ann.until("@hana")
    await ann.press("alt+2")
    async with connect(address, name="visitor", room="kitchen") as visitor:
        await visitor.say("ann, soup is ready")
    async with connect(address, name="visitor", room="python-help") as visitor:
        for _ in range(3):
            await visitor.say("…")
    await ann.until("@1")
    await ann.until(lambda: ann.chat.desk.rooms.get("python-help").unread == 3)  # type: ignore[union-attr]


STATES = {
    "wide": ((120, 26), "dark", ()),
    "light": ((112, 30), "light", ()),
    "narrow": ((46, 28), "dark", ()),
    "choosing": ((84, 26), "contrast", ("f6", "up", "up")),
    "switcher": ((84, 22), "dark", ("ctrl+k",)),
    "sixteen": ((84, 26), "16", ()),
    "help": ((84, 40), "light", ("f1",)),
}


@pytest.mark.parametrize("state", STATES)
def test_the_screen_looks_like_its_picture(
    tmp_path: Path, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, theme, keys = STATES[state]
    picture = README_PICTURE if state == "wide" else SNAPSHOTS / f"{state}.svg"

    async def scene(address: str) -> None:
        async with (
            connect(address, name="hana"),
            connect(address, name="carl"),
            connect(address, name="Zoë") as zoe,
            seat(address, tmp_path, size=size, theme=theme) as ann,
        ):
            await busy(ann, address)
            ann.chat.desk.rooms.current.bookmark.line = 10
            monkeypatch.setattr(room, "TYPING_SECONDS", 3600)
            await zoe.typing("lobby")
            await ann.until(lambda: ann.chat.desk.rooms.current.typing(time.monotonic()))
            ann.chat.composer.put("`%-10d` pads the length with spaces, so that")
            await ann.press(*keys)
            assert_looks_like(await shown(ann), picture)

    log = MemoryLog()
    asyncio.run(log.append(HISTORY))
    with serving(log=log) as server:
        asyncio.run(scene(server.address))


def test_an_empty_room_has_its_picture_too(tmp_path: Path) -> None:
    async def scene(address: str) -> None:
        async with seat(address, tmp_path, size=(84, 20)) as ann:
            await ann.until("Say something")
            assert_looks_like(await shown(ann), SNAPSHOTS / "empty.svg")

    with serving() as server:
        asyncio.run(scene(server.address))


def test_a_picture_that_differs_is_found() -> None:
    text = '.terminal-1-r1 {{ fill: {} }}<text class="terminal-1-r1" x="0" y="1" >{}</text>'
    assert looks(text.format("red", "hi")) == looks(text.format("red", "hi").replace("-1-", "-2-"))
    assert looks(text.format("red", "hi")) != looks(text.format("blue", "hi"))
    assert looks(text.format("red", "hi")) != looks(text.format("red", "ho"))
