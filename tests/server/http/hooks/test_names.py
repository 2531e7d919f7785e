"""Names of services that are not allowed as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.names import NAME_CHARS_MAX, allowed_name
from hubbub.server.http.hooks.names import WEBHOOK_NAME, marked_name, mended_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Jenkins", "Jenkins"),
        ("  Jenkins\n", "Jenkins"),
        ("GitHub Actions: nightly build of main", "GitHub Actions nightly build of"),
        ("x" * 500, "x" * NAME_CHARS_MAX),
        ("日本" * 40, "日本" * 16),
        ("[bot] Jenkins", "bot Jenkins"),
        ("(private) ann", "private ann"),
        ("<Jenkins>", "Jenkins"),
        ("build: red", "build red"),
        ("🚨\ufe0f Alerts", "🚨 Alerts"),
        ("a\u202eb\x07c", "abc"),
        ("two\nlines", "two lines"),
        ("webhook", WEBHOOK_NAME),
        ("api", "api"),
        ("hubbub", WEBHOOK_NAME),
        ("WEBHO0K", WEBHOOK_NAME),
        ("", WEBHOOK_NAME),
        ("\u2800", WEBHOOK_NAME),
        (":::", ":::"),
        ("<>", WEBHOOK_NAME),
    ],
)
def test_a_name_is_mended(raw: str, name: str) -> None:
    assert mended_name(raw) == name


@pytest.mark.parametrize("name", ["Jenkins", "x" * NAME_CHARS_MAX])
def test_a_name_that_somebody_has_is_marked(name: str) -> None:
    marked = marked_name(name)
    assert marked == f"{name[:22]} (webhook)"
    assert len(marked) <= NAME_CHARS_MAX


@given(raw=st.text(max_size=200))
def test_any_name_is_mended_into_one_that_is_allowed(raw: str) -> None:
    for name in (mended_name(raw), marked_name(mended_name(raw))):
        assert allowed_name(name) == name
