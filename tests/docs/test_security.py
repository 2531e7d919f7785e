"""docs/security.md names the tests that show its claims, and numbers that the code has."""

import re
from pathlib import Path

from hubbub.server.credentials import hashing
from hubbub.server.sessions import guesses

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    there = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        there |= set(
            re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
        )
    assert not named - there


def test_guesses_have_the_budgets_that_it_shows() -> None:
    budgets = ("TOLD", "OF_ADDRESS", "OF_NETWORK", "OF_ACCOUNT", "OF_ALL")
    paces = {0.1: "1 in 10 s", 1.0: "1 a second", 1 / 60: "1 a minute", 10.0: "10 a second"}
    rows = [
        (f"{budget.at_once:,}", paces[budget.per_second])
        for budget in (getattr(guesses, name) for name in budgets)
    ]
    section = PAGE.split("\n## Guessing\n")[1].split("\n## ")[0]
    shown = re.findall(r"^\| [^|]+ \| ([\d,]+) \| ([^|]+) \|", section, re.MULTILINE)
    assert shown == rows
    assert f"{guesses.LATER_SECONDS:g} s later" in section


def test_passwords_are_hashed_at_the_cost_that_it_states() -> None:
    assert f"{hashing.PASSES} passes, {hashing.MEMORY_KIB // 1024} MiB" in PAGE
