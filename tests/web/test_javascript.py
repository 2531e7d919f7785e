"""The page's modules and styles: linted, formatted, type-checked, tested one by one under node."""

import json
from pathlib import Path

import pytest

from tests.web.node import ROOT, run

pytestmark = pytest.mark.usefixtures("node_modules")

TESTS = sorted(str(path.relative_to(ROOT)) for path in Path(__file__).parent.rglob("*.test.js"))


CHECKS = ("lint", "styles", "formatted", "types")


@pytest.mark.parametrize("script", CHECKS)
def test_modules_are_checked(script: str) -> None:
    run("npm", "run", "--silent", script)


@pytest.mark.parametrize("path", TESTS)
def test_modules(path: str) -> None:
    run("node", "--test", path)


def test_there_are_tests_and_scripts() -> None:
    assert TESTS
    scripts = json.loads((ROOT / "package.json").read_text("utf-8"))["scripts"]
    assert {*CHECKS, "format"} <= scripts.keys()
