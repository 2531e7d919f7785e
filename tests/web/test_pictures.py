"""How the page looks: light and dark, wide and narrow, busy and empty.

With HUBBUB_UPDATE_SNAPSHOTS=1 the pictures of the README are made anew; look at them. They are not
compared: every machine has its own fonts.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab
from tests.web.tabs import Tab

DOCS = Path(__file__).parents[2] / "docs"
WIDE, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 760}
TALK = [
    ("ben", "Morning! The **new release** is out: https://example.org/releases/2"),
    ("carla", "Nice. Does anybody know how to say hello from a script?"),
    ("ben", 'Sure:\n```python\nimport hubbub\n\nasync with hubbub.connect(name="bot") as chat:\n'
     '    await chat.say("hello")\n```'),
    ("Dieter Müller", "こんにちは 👋 — works from here as well"),
    ("carla", "@ann lunch at *half past twelve*?"),
]  # fmt: skip


def talk(server: LocalServer, stack: ExitStack) -> EventPeer:
    """Have people chat in the lobby until the stack ends; return one of them."""
    peers: dict[str, EventPeer] = {}
    for name, _ in TALK:
        if name not in peers:
            peers[name] = stack.enter_context(EventPeer(server, name))
    seqs = [peers[name].say_and_wait(text) for name, text in TALK]
    peers["ben"].ask(type="react", room="lobby", seq=seqs[-1], emoji="🍜", on=True)
    peers["Dieter Müller"].ask(type="react", room="lobby", seq=seqs[-1], emoji="🍜", on=True)
    peers["ben"].ask(type="topic", room="lobby", text="Everything that fits nowhere else")
    return peers["ben"]


def look_of(tab: Tab, name: str) -> bytes:
    """Return a picture; keep it, if that is asked for and it is one of the README's."""
    tab.page.wait_for_timeout(400)  # for the eye alone: what fades in is in
    picture = tab.page.screenshot()
    if os.environ.get("HUBBUB_UPDATE_SNAPSHOTS") and (DOCS / f"{name}.png").exists():
        (DOCS / f"{name}.png").write_bytes(picture)
    return picture


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pictures(
    hubbub_server: LocalServer, new_tab: NewTab, scheme: str, size: dict[str, int]
) -> None:
    ann = new_tab(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    ann.enter(f"http://{hubbub_server.address}/", "ann")
    empty = look_of(ann, f"page-empty-{scheme}-{size['width']}")
    with ExitStack() as stack:
        ben = talk(hubbub_server, stack)
        for room in ("build", "design"):
            ann.say(f"/join {room}")
            expect(ann.composer).to_have_accessible_name(f"Message to #{room}")
            ben.ask(type="join", room=room)
        ann.say("/join lobby")
        expect(ann.composer).to_have_accessible_name("Message to #lobby")
        ben.ask(type="say", room="build", text="all green")
        ben.ask(type="say", room="design", text="ann, have a look?")
        ann.say("Half past twelve it is.")
        ann.hears("Half past twelve it is.")
        expect(ann.log.get_by_text("🍜").first).to_be_visible()
        name = "page" if (scheme, size) == ("light", WIDE) else ""
        busy = look_of(ann, name)
        assert busy != empty
