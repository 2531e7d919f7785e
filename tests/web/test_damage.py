"""A server whose log is damaged: the page says that something is missing, and where."""

import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from tests.faults.serving import ServerProcess
from tests.server.event_peer import EventPeer
from tests.web.conftest import NewTab


def test_what_is_missing_is_said_where_it_would_stand(
    server: ServerProcess, url: str, new_tab: NewTab, tmp_path: Path
) -> None:
    ann = new_tab().enter(url, "ann")
    for text in ("before it", "to be damaged", "behind it"):
        ann.say(text)
        ann.hears(text)
        expect(ann.page.get_by_text("Sending")).to_have_count(0)
    with EventPeer(server, "reader") as reader:  # type: ignore[arg-type]
        page = reader.ask(type="history", room="lobby", after=0)
    before, damaged, _ = (message["seq"] for message in page["messages"])
    missing = f"{before + 1} to {damaged}"
    server.kill()
    with closing(sqlite3.connect(tmp_path / "data" / "hubbub.db", isolation_level=None)) as file:
        assert file.execute("UPDATE segments SET body = 'x' WHERE last = ?", (damaged,)).rowcount
    server.start()
    bob = new_tab().enter(url, "bob")
    bob.hears("before it", "behind it")
    expect(bob.log.locator(".lost")).to_have_text(
        f"Something is missing here ({missing}): the server's log is damaged."
    )
    expect(bob.page.locator("#connection")).to_have_attribute(
        "title", f"The server's log is damaged. Missing: {missing}."
    )
