"""Every error code has its course: in the code, in the page's, and in the document."""

import json
import re
from pathlib import Path

import pytest

from hubbub.chat.errors import COURSES, Course, is_lasting, is_passing
from hubbub.server.http.problems import STATUSES

ROOT = Path(__file__).parents[2]
OF_OUR_OWN = {
    *(
        "bad_address",
        "not_running",
        "not_yours",
        "cannot_listen",
        "log_in_use",
        "logged_out",
        "resumed",
    ),
    *("host_left", "unreachable", "acme"),
}
"""Codes that no server sends in an error."""


def by_course(courses: dict[str, str]) -> dict[str, set[str]]:
    return {
        course.value: {code for code, one in courses.items() if one == course.value}
        for course in Course
    }


def test_the_page_and_the_python_client_have_the_same_table() -> None:
    golden = json.loads((ROOT / "tests/golden/tables/codes.json").read_text("utf-8"))
    ours = by_course({code: course.value for code, course in COURSES.items()})
    assert {course: set(codes) for course, codes in golden.items()} == ours


def test_the_document_has_the_same_table() -> None:
    text = (ROOT / "docs/protocol.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \|.* \| (passing|lasting) \|$", text, re.MULTILINE)
    assert by_course(dict(rows)) == by_course({code: one.value for code, one in COURSES.items()})
    assert len(rows) == len(COURSES), "each stands once"


def test_every_code_that_a_server_sends_is_in_the_table() -> None:
    sent = set(STATUSES)
    for package in ("chat", "hub", "log", "server", "wire"):
        for path in (ROOT / "src/hubbub" / package).rglob("*.py"):
            sent |= set(re.findall(r"\bcode(?:: str)? ?= ?\"([a-z_]+)\"", path.read_text("utf-8")))
    assert {"too_long", "log_unavailable"} <= sent
    assert sent - OF_OUR_OWN - {"error"} == set(COURSES)


@pytest.mark.parametrize("code", ["", "of a newer server"])
def test_a_code_of_a_newer_server_is_neither(code: str) -> None:
    assert not is_passing(code)
    assert not is_lasting(code)
