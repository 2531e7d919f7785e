"""The curl lines of the documents are run, as they stand, against a real server."""

import re
import subprocess
from pathlib import Path

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving
from tests.tui.tmux import require

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "docs/protocol.md"]
LINES = [
    line
    for page in PAGES
    for line in re.findall(r"^curl (?![<>] ).*", (ROOT / page).read_text("utf-8"), re.MULTILINE)
]


def test_the_documents_have_curl_lines() -> None:
    for page in PAGES:
        assert "\ncurl " in (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("line", LINES)
def test_a_curl_line_works(tmp_path: Path, line: str) -> None:
    require("curl")
    assert "http://127.0.0.1:1234/" in line
    with serving(Config(server=ServerSection(data=str(tmp_path)))) as server:
        command = line.replace("127.0.0.1:1234", server.address)
        command = command.replace("curl ", "curl --silent --show-error --fail ", 1)
        ended = subprocess.run(
            ["sh", "-c", command], cwd=ROOT, capture_output=True, check=False, timeout=30
        )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout
