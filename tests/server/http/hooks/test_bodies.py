"""The bodies of webhooks, as the services' documentation describes them (`golden/`)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import Refused
from hubbub.server.http.hooks.alerts import ALERTS_MAX
from hubbub.server.http.hooks.bodies import Said, read
from hubbub.server.http.hooks.forms import FIELDS_MAX, FORM, MULTIPART

JSON = "application/json"
GOLDEN = Path(__file__).parent / "golden"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['about']}")
    for path in sorted(GOLDEN.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


def test_there_are_golden_bodies() -> None:
    assert len(CASES) > 40


@pytest.mark.parametrize("case", CASES)
def test_what_services_send_is_read(case: dict[str, Any]) -> None:
    body = case["raw"] if "raw" in case else json.dumps(case["body"])
    said = read(body.encode(), case.get("headers", {}))
    assert said == Said("\n".join(case["text"]), case.get("from", ""))


@pytest.mark.parametrize(
    ("body", "content_type", "sentence"),
    [
        (b"\xff\xfe", "", "not text in UTF-8"),
        (b"\x89PNG\r\n", "image/png", "not text in UTF-8"),
        (b"{text: hello}", "", "no valid JSON"),
        (b"{text: hello}", FORM, "no valid JSON"),
        (b"hello", JSON, "no valid JSON"),
        (b"", JSON, "no valid JSON"),
        (b"[" * 50_000, JSON, "no valid JSON"),
        (b'{"a":' * 50_000, JSON, "no valid JSON"),
        (b'[{"text": "hello"}]', JSON, "no object"),
        (b"7", JSON, "no object"),
        (b"null", JSON, "no object"),
        (b"{}", JSON, "holds no text"),
        (b'{"words": "hello"}', JSON, "holds no text"),
        (b'{"attachments": [{}], "blocks": [], "alerts": [7]}', JSON, "holds no text"),
        (b"", "", "holds no text"),
        (b" \n", "text/plain", "holds no text"),
        (b"words=hello", FORM, "holds no text"),
        (b"payload=hello", FORM, "payload is no valid JSON"),
        (b"payload=[]", FORM, "no object"),
        (b"a=1&" * (FIELDS_MAX + 1), FORM, f"{FIELDS_MAX} fields"),
        (b"--x", f"{MULTIPART}; boundary=x", "holds no text"),
        (b"--x", MULTIPART, "holds no text"),
        (b"--x" * (FIELDS_MAX + 3), f"{MULTIPART}; boundary=x", f"{FIELDS_MAX} fields"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_expected(
    body: bytes, content_type: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        read(body, {"Content-Type": content_type} if content_type else {})
    assert refusal.value.code == "bad_command"
    if "fields at the most" not in str(refusal.value):
        assert 'Send JSON such as {"text": "hello"}' in str(refusal.value)


@pytest.mark.parametrize("body", [{"text": ""}, {"text": " \n", "title": ""}, {"message": ""}])
def test_a_text_that_is_empty_is_called_empty(body: object) -> None:
    with pytest.raises(Refused) as refusal:
        read(json.dumps(body).encode(), {})
    assert refusal.value.code == "empty"


def test_of_many_alerts_some_are_told_and_the_others_counted() -> None:
    alert = {"status": "firing", "labels": {"alertname": "Down"}}
    said = read(json.dumps({"alerts": [alert] * (ALERTS_MAX + 5)}).encode(), {})
    lines = said.text.splitlines()
    assert lines[0] == f"[FIRING:{ALERTS_MAX + 5}]"
    assert lines[1:-1] == ["firing: Down"] * ALERTS_MAX
    assert lines[-1] == "… and 5 more"


KEYS = st.sampled_from(
    [
        *(
            "text",
            "title",
            "message",
            "name",
            "type",
            "priority",
            "topic",
            "payload",
            "url",
            "value",
        ),
        *("blocks", "attachments", "fields", "elements", "embeds", "author", "footer"),
        *("alerts", "labels", "annotations"),
        *("repository", "full_name", "commits", "ref", "issue", "comment"),
    ]
)
WORDS = st.sampled_from(["", "x", "<@U1>", "<t:1:R>", "rich_text", "rich_text_list", "5", "a|b>"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(body=st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_json_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        said = read(json.dumps(body).encode(), {"Content-Type": JSON})
    except Refused:
        return
    assert said.text.strip()


@given(
    body=st.binary(max_size=60), kind=st.sampled_from(["", JSON, FORM, f"{MULTIPART}; boundary=-"])
)
def test_any_bytes_are_read_or_refused(body: bytes, kind: str) -> None:
    try:
        said = read(body, {"Content-Type": kind, "Title": "=?utf-8?q?=ff?="})
    except Refused:
        return
    assert said.text.strip()
