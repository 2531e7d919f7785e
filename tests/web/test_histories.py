"""A server with another history than the page has: the page says so, and shows what there is."""

import shutil
from pathlib import Path

from playwright.sync_api import expect

from tests.faults.serving import ServerProcess
from tests.web.conftest import NewTab


def test_a_restored_backup_is_noticed_and_said(
    server: ServerProcess, url: str, new_tab: NewTab, tmp_path: Path
) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    ann = new_tab().enter(url, "ann")
    ann.say("before the backup")
    ann.hears("before the backup")
    expect(ann.page.get_by_text("Sending")).to_have_count(0)
    server.kill()
    shutil.copytree(data, backup, ignore=shutil.ignore_patterns("control"))  # a socket
    server.start()
    ann.say("after the backup")
    expect(ann.page.get_by_role("status").first).to_contain_text("Connected")
    expect(ann.log.locator(".pending")).to_have_count(0)
    server.kill()
    ann.say("written meanwhile")
    shutil.rmtree(data)
    shutil.copytree(backup, data)
    server.start()
    expect(ann.page.get_by_role("alert")).to_contain_text("history was replaced")
    ann.hears("before the backup", "written meanwhile")
    expect(ann.message("after the backup")).to_have_count(0)
