"""A server with another history than the page has: the page says so, and shows what there is."""

import shutil
from pathlib import Path

from playwright.sync_api import expect

from tests.cli.commands import told
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


def test_hubbub_restore_is_noticed_and_said_and_nothing_unsent_is_lost(
    server: ServerProcess, url: str, new_tab: NewTab, tmp_path: Path
) -> None:
    data, copy = str(tmp_path / "data"), str(tmp_path / "copy")
    ann, bob = new_tab().enter(url, "ann"), new_tab().enter(url, "bob")
    ann.say("before the backup")
    bob.hears("before the backup")
    told("backup", data, copy)
    ann.say("after the backup")
    bob.hears("after the backup")
    server.end()
    ann.say("written meanwhile")
    ann.composer.fill("half typed")
    told("restore", copy, data, "--replace")
    server.start()
    for tab in (ann, bob):
        expect(tab.page.get_by_role("alert")).to_contain_text("history was replaced")
        tab.hears("before the backup", "written meanwhile")
        expect(tab.message("after the backup")).to_have_count(0)
    expect(ann.composer).to_have_value("half typed")
    ann.page.reload()
    ann.hears("before the backup", "written meanwhile")
    expect(ann.message("after the backup")).to_have_count(0)
    lines = told("history", url.removeprefix("http://").rstrip("/"), "--no-time", "--no-seq")
    assert lines.splitlines() == ["ann > before the backup", "ann > written meanwhile"]
