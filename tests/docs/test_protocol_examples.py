"""docs/protocol.md says what happens: its examples, replayed, and its table of codes."""

import re
from pathlib import Path

import pytest

from hubbub.chat.errors import Damaged, HubbubError
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.docs.wire_examples import Example, Stage, Step, read_examples

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "protocol.md"
EXAMPLES = read_examples(PAGE)
PASSWORD = "rolu-mika-tedo"
# What only programs on the server's own machine meet.
LOCAL_CODES = {
    *("cannot_listen", "log_in_use", "unreachable", "error", "bad_address"),
    *("not_running", "not_yours", "acme", "bad_export"),
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line{example.line}")
def test_an_example_is_true(example: Example, tmp_path: Path) -> None:
    password, data = PASSWORD if example.locked else "", str(tmp_path) if example.files else ""
    config = Config(server=ServerSection(listen="127.0.0.1:0", password=password, data=data))
    with serving(config) as server, Stage(server, password=password) as stage:
        stage.play(example)


def test_every_section_of_bytes_has_examples() -> None:
    text = PAGE.read_text("utf-8")
    for section in ("1. Frames", "2. Classic", "3. Event", "4. Commands", "5. Events"):
        body = text.split(f"\n## {section}", 1)[1].split("\n## ", 1)[0]
        assert "```wire\n" in body, section


WRONG = [
    ("ann < 5         hello", "another text than the server sends"),
    ("bob < closed", "an end that does not come"),
    ("", "less than the server sends"),
]


@pytest.mark.parametrize(("last", "why"), WRONG, ids=[why for _, why in WRONG])
def test_a_wrong_example_is_found(
    last: str, why: str, hubbub_server: LocalServer, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    lines = ["ann > 3         ann", "bob > 3         bob", "bob > 5         hullo", last]
    page.write_text("\n".join(["```wire", *filter(None, lines), "```", ""]))
    with Stage(hubbub_server, 0.3) as stage, pytest.raises((AssertionError, TimeoutError)):
        stage.play(read_examples(page)[0])


def test_a_line_that_is_no_step_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```wire\nann says hello\n```\n")
    with pytest.raises(ValueError, match="no line of an example"):
        read_examples(page)


def test_escapes_stand_for_bytes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```wire\na > é\\n\\xff\n```\n", "utf-8")
    assert read_examples(page) == [Example(1, [Step("a", True, b"\xc3\xa9\n\xff")])]


def test_the_table_names_every_code() -> None:
    text = PAGE.read_text("utf-8")
    tables = [text.split(f"\n{title} ")[1].split("\n## ")[0] for title in ("### 5.4", "## 9.")]
    named = set(re.findall(r"^\| `(\w+)`", "".join(tables), re.MULTILINE))
    kinds: list[type[HubbubError]] = [HubbubError, Damaged, *HubbubError.__subclasses__()]
    used = {kind.code for kind in kinds}
    for folder in ("chat", "wire", "hub", "log", "server"):
        for path in (ROOT / "src" / "hubbub" / folder).rglob("*.py"):
            used.update(re.findall(r'(?:code=|_problem\()"(\w+)"', path.read_text("utf-8")))
    assert named == used - LOCAL_CODES - {"host_left", "logged_out", "resumed"}  # of a `bye`
