"""The page is drawn in light and dark, wide and narrow, busy and empty.

Pictures are not compared: every machine has its own fonts. The README's picture is made by
`scripts/page_picture.py`.
"""

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from hubbub.testing import LocalServer
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pictures(
    hubbub_server: LocalServer, new_tab: NewTab, scheme: str, size: dict[str, int]
) -> None:
    ann = new_tab(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    ann.enter(f"http://{hubbub_server.address}/", "ann")
    empty = ann.page.screenshot()
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
        assert ann.page.screenshot() != empty
