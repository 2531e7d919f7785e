"""The page draws the QR codes that segno draws."""

import json
import subprocess

import pytest
import segno

from tests.web.node import ROOT

MODULE = ROOT / "src" / "hubbub" / "web" / "js" / "views" / "qr-code.js"
TEXTS = [
    "http://192.168.1.5:1234/#link=7KQ2-M9XD",
    "http://192.168.1.5:1234/#invite=Zt7cQ1nXb4vKs9eRf2wM6L",
    "käse, 日本",
    *("x" * length for length in (17, 18, 32, 33, 53, 54, 78, 79, 106)),
]
DRAW = "import {{ modulesOf }} from {module}; console.log(JSON.stringify({texts}.map(modulesOf)));"


def drawn(texts: list[str]) -> list[list[list[bool]] | None]:
    script = DRAW.format(module=json.dumps(MODULE.as_uri()), texts=json.dumps(texts))
    ended = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[list[list[bool]] | None] = json.loads(ended.stdout)
    return found


@pytest.mark.usefixtures("node_modules")
def test_codes_are_those_of_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    # segno adds a byte of zeros, which readers ignore, where ISO/IEC 18004, 7.4.10, has none.
    monkeypatch.setattr(
        segno.encoder,
        "write_padding_bits",
        lambda buff, _version, length: buff.extend([0] * (-length % 8)),
    )
    for text, rows in zip(TEXTS, drawn(TEXTS), strict=True):
        assert rows is not None
        version = (len(rows) - 17) // 4
        other = segno.make_qr(
            text,
            version=version,
            error="l",
            mode="byte",
            mask=0,
            encoding="utf-8",
            eci=False,
            boost_error=False,
        )
        assert [[bool(one) for one in row] for row in other.matrix] == rows, text


@pytest.mark.usefixtures("node_modules")
def test_a_text_that_is_too_long_has_none() -> None:
    assert drawn(["x" * 107]) == [None]
