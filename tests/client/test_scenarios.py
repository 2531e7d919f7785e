"""The client passes the scenarios that the browser page's client passes as well."""

import json
from pathlib import Path
from typing import Any

import pytest

from .stage import Stage

FOLDER = Path(__file__).parents[1] / "golden" / "scenarios"
SCENARIOS = [
    pytest.param(scenario, id=f"{path.stem}: {scenario['title']}")
    for path in sorted(FOLDER.glob("*.json"))
    for scenario in json.loads(path.read_text("utf-8"))
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: dict[str, Any]) -> None:
    known = {one: scenario.get(one, False) for one in ("device", "invitation")}
    stage = Stage(scenario.get("password", ""), **known)
    for step in scenario["steps"]:
        stage.step(step)
