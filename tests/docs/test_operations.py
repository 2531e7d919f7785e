"""docs/operations.md names settings and figures: each of them is there."""

import re
import urllib.request
from pathlib import Path

from msgspec.structs import fields

from hubbub.chat.limits import FileLimits, GuestLimits, Limits
from hubbub.server.config import Config, LogSection, ServerSection, TlsSection
from hubbub.testing import serving

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
NOT_SETTINGS = {"too_much", "too_many_rooms", "too_long", "log_unavailable"}


def test_every_setting_exists() -> None:
    sections = (ServerSection, Limits, GuestLimits, FileLimits, LogSection, TlsSection)
    settings = {field.name for one in sections for field in fields(one)}
    named = {name for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE) if "hubbub" not in name}
    assert named & settings
    assert named - NOT_SETTINGS <= settings


def figures_of(folder: Path) -> set[str]:
    """Return the names of all figures of a server."""
    with serving(Config(server=ServerSection(data=str(folder)))) as server:
        address = f"http://{server.address}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
    # A counter with labels has no line before it counts, but says what it is.
    return set(re.findall(r"^# HELP (\w+)", text, re.MULTILINE))


def test_every_figure_exists(tmp_path: Path) -> None:
    named = set(re.findall(r"`(hubbub_\w+)`", PAGE))
    assert named
    assert named <= figures_of(tmp_path)
