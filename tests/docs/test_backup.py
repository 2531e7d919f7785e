"""docs/backup.md shows commands and settings: each is run, in its order, beside a server or not."""

import json
import re
import shlex
import tomllib
import zipfile
from pathlib import Path

import msgspec
import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving
from tests.cli.commands import hubbub, told
from tests.cli.importing.exports import DISCORD, SLACK, WEECHAT
from tests.docs.test_operations import figures_of

PAGE = (Path(__file__).parents[2] / "docs" / "backup.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_command_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "backups").mkdir()
    lines = [line.split("#")[0] for block in blocks("sh") for line in block.splitlines()]
    lines = [line for line in lines if " import " not in line]
    backups = [line for line in lines if " backup " in line]
    others = [line for line in lines if line not in backups]
    assert len(backups) == 3
    assert others
    monkeypatch.chdir(tmp_path)
    with serving(Config(server=ServerSection(data="DATA"))) as server:
        told("send", server.address, "--name", "ann", "before")
        for line in backups:
            assert "It is whole." in told(*shlex.split(line)[1:])
        told("send", server.address, "--name", "ann", "after")
    for line in others:
        ran = hubbub(*shlex.split(line)[1:])
        assert ran.returncode == 0, ran.stderr
    with serving(Config(server=ServerSection(data="DATA"))) as server:
        assert [one.split()[-1] for one in told("history", server.address).splitlines()] == [
            "before"
        ]


def test_every_import_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if " import " in line]
    assert len(lines) == 4
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("export.zip", "w") as archive:
        for name, content in SLACK.items():
            archive.writestr(name, json.dumps(content))
    for name in ("general", "random"):
        Path(f"{name}.json").write_text(json.dumps({**DISCORD, "channel": {"name": name}}))
    Path("irc.libera.#python.weechatlog").write_text(WEECHAT)
    with serving(Config(server=ServerSection(data="OTHER"))) as server:
        told("send", server.address, "--name", "ann", "exported")
        Path("saved.jsonl").write_text(told("export", server.address, "--format", "json"))
    for line in lines:
        assert "imported." in told(*shlex.split(line)[1:])


def test_every_setting_is_one() -> None:
    found = [msgspec.convert(tomllib.loads(block), Config) for block in blocks("toml")]
    assert found[0].backup.keep == 7
    assert found[1].retention.days == 365


def test_every_figure_exists(tmp_path: Path) -> None:
    assert set(re.findall(r"`(hubbub_\w+)`", PAGE)) <= figures_of(tmp_path)
