"""The dashboard and the alerts: each figure that they name is one that the server gives."""

import json
import re
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.server.http.asking import ask
from tests.tui.tmux import require

DEPLOY = Path(__file__).parents[2] / "deploy"
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "hubbub.json").read_text("utf-8"))
RULES = DEPLOY / "prometheus" / "hubbub.rules.yml"
NAME = re.compile(r"\b((?:hubbub|process)_\w+)")
COLUMNS = 24


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server whose log is on a disk: of another, some is not known."""
    with serving(Config(server=ServerSection(data=str(tmp_path)))) as running:
        yield running


def given(server: LocalServer) -> set[str]:
    """Return the names of all samples, also of counters with labels that counted nothing yet."""
    text = ask(server, "/metrics").body.decode()
    found: set[str] = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        found.add(name)
        if kind == "histogram":
            found |= {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    return found


def test_each_query_of_the_dashboard_asks_for_a_figure_that_there_is(
    server: LocalServer,
) -> None:
    queries = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    named = {name for query in queries for name in NAME.findall(query)}
    assert all(NAME.search(query) for query in queries)
    assert named <= given(server)


def test_the_dashboard_loads() -> None:
    """What Grafana wants of one: see its JSON model."""
    assert {"title", "uid", "panels", "schemaVersion", "time", "templating"} <= set(DASHBOARD)
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert all("$instance" in target["expr"] for target in panel["targets"])
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= COLUMNS
    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, "no panel hides another one"


def test_each_alert_looks_at_a_figure_that_there_is(server: LocalServer) -> None:
    rules = RULES.read_text("utf-8")
    named = set(NAME.findall(rules))
    assert rules.count("- alert: ") == rules.count("summary: ") == rules.count("description: ")
    assert named
    assert named <= given(server)


def test_prometheus_takes_the_alerts() -> None:
    require("promtool")
    ended = subprocess.run(
        ["promtool", "check", "rules", str(RULES)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_prometheus_takes_the_figures(server: LocalServer) -> None:
    require("promtool")
    ended = subprocess.run(
        ["promtool", "check", "metrics"],
        input=ask(server, "/metrics").body,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"error" not in ended.stderr.lower(), ended.stderr
