"""The replica passes the scripts that the browser page's replica passes as well."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hubbub.chat import events as e
from hubbub.client.replica import MESSAGES_MAX, Fit, Replica
from hubbub.wire.codec import decode_event, encode

FOLDER = Path(__file__).parents[1] / "golden"
SCRIPTS = [
    pytest.param(script, id=f"{path.stem}: {script['title']}")
    for path in sorted(FOLDER.glob("*.json"))
    for script in json.loads(path.read_text("utf-8"))
]


def event(fields: dict[str, Any]) -> Any:
    """Return an event as it comes from the wire."""
    return decode_event(json.dumps(fields))


def take(replica: Replica, step: dict[str, Any]) -> None:
    match step:
        case {"entered": room, "after": after}:
            replica.entered(event(room), after)
        case {"apply": logged, "fit": fit}:
            assert replica.apply(event(logged)) is Fit(fit), step
        case {"observe": presence}:
            replica.observe(event(presence))
        case {"page": page, "before": before, "joined": joined}:
            after, around = step.get("after"), step.get("around")
            is_joined = replica.add_page(event(page), before, after=after, around=around)
            assert is_joined is joined, step
        case _:
            pytest.fail(f"no such step: {step}")


def fields(message: e.Message) -> Any:
    return json.loads(encode(message))


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 40


@pytest.mark.parametrize("script", SCRIPTS)
def test_script(script: dict[str, Any]) -> None:
    messages_max = script.get("messages_max", MESSAGES_MAX)
    replica = Replica("lobby", script["cursor"], messages_max=messages_max)
    for step in script["steps"]:
        take(replica, step)
    messages = [fields(message) for message in replica.messages]
    held = {key: msgspec.to_builtins(getattr(replica, key)) for key in script["end"]}
    held["messages"] = messages
    assert held == script["end"]
