"""Webhooks, as services call them (docs/protocol.md, section 9)."""

import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from hubbub.hub.audience import LISTENER_BYTE
from hubbub.hub.cost import INDEXED_BYTE, METRICS, REQUEST, TOLD_BYTE
from hubbub.server.config import Config, ServerSection
from hubbub.server.http.hooks.bodies import Said, read
from hubbub.server.http.hooks.forms import FORM
from hubbub.testing import LocalServer, serving
from tests.server.conftest import Meet
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask, units_of_strangers

HOOK = "/api/rooms/builds/webhook"


def said(server: LocalServer, room: str = "builds") -> list[tuple[str, str]]:
    page = ask(server, f"/api/rooms/{room}/messages").json
    return [(message["from"], message["text"]) for message in page["messages"]]


def test_webhooks_of_other_services_work(hubbub_server: LocalServer) -> None:
    posted = ask(hubbub_server, HOOK, {"text": "green", "attachments": []})
    assert (posted.status, posted.body) == (200, b"ok")
    by_curl = b'{"text":"deployed"}'
    assert ask(hubbub_server, HOOK, by_curl, Content_Type=FORM).body == b"ok"
    form = urlencode({"payload": json.dumps({"text": "red", "username": "jenkins"})}).encode()
    posted = ask(hubbub_server, HOOK, form, Content_Type=FORM)
    assert (posted.status, posted.body) == (200, b"ok")
    embeds = {"content": "1.4", "embeds": [{"title": "is out"}]}
    assert ask(hubbub_server, HOOK, embeds).body == b"ok"
    plain = "disk is full 🔥".encode()
    assert ask(hubbub_server, HOOK, plain, Title="sky").body == b"ok"
    assert said(hubbub_server) == [
        ("webhook", "green"),
        ("webhook", "deployed"),
        ("jenkins", "red"),
        ("webhook", "1.4\nis out"),
        ("webhook", "sky\ndisk is full 🔥"),
    ]


def test_what_a_service_tells_at_length_is_paid_for_and_told_to_all(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    for number in range(5):
        meet(hubbub_server, f"m{number}", room="builds")
    fields = [{"title": "step", "value": f"<http://x.org|{n}> is &lt; 7"} for n in range(500)]
    body = json.dumps({"attachments": [{"fields": fields}]}).encode()
    before = units_of_strangers(hubbub_server)
    assert ask(hubbub_server, HOOK, body).body == b"ok"
    ((_, text),) = said(hubbub_server)
    assert text.count("step: ") == len(fields)
    heard = 5 * len(text) * LISTENER_BYTE
    spent = units_of_strangers(hubbub_server) - before
    indexed = len(text) * INDEXED_BYTE
    assert spent > METRICS + 2 * REQUEST + len(body) * TOLD_BYTE + heard + indexed


def test_long_ones_are_read_one_after_the_other_beside_the_loop(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads that read several at once would keep the loop waiting for the interpreter."""
    reading: list[int] = []
    another = threading.Event()

    def read_slowly(body: bytes, headers: Mapping[str, str]) -> Said:
        reading.append(threading.get_ident())
        if len(reading) > 1:
            another.set()
        assert not another.wait(0.2), "two are read at once"
        reading.pop()
        return read(body, headers)

    monkeypatch.setattr("hubbub.server.http.api.read", read_slowly)
    body = {"text": "word " * 2000}
    with ThreadPoolExecutor(3) as services:
        answers = list(services.map(lambda _: ask(hubbub_server, HOOK, body), range(3)))
    assert [one.body for one in answers] == [b"ok"] * 3


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        (b"", FORM),
        (b"a=b", FORM),
        (b"payload=", FORM),
        (b"payload=\xff", FORM),
        (b"payload=%ff", FORM),
        (b"payload=x", f"{FORM}; charset=nonsense"),
        (b"a=1&" * 65_000, FORM),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"[]", "application/json"),
    ],
)
def test_a_webhook_of_nonsense_is_refused(
    hubbub_server: LocalServer, form: bytes, content_type: str
) -> None:
    posted = ask(hubbub_server, HOOK, form, Content_Type=content_type)
    assert posted.refusal == (400, "bad_command")
    assert "builds" not in ask(hubbub_server, "/api/rooms").body.decode()


def test_an_idempotency_key_counts_for_webhooks_as_well(hubbub_server: LocalServer) -> None:
    for text, room, key in (
        ("once", "lobby", "k"),
        ("once", "lobby", "k"),
        ("twice", "lobby", "l"),
        ("elsewhere", "dev", "k"),
    ):
        hook = f"/api/rooms/{room}/webhook"
        assert ask(hubbub_server, hook, {"text": text}, Idempotency_Key=key).status == 200
    assert [text for _, text in said(hubbub_server, "lobby")] == ["once", "twice"]
    assert [text for _, text in said(hubbub_server, "dev")] == ["elsewhere"]


@pytest.mark.parametrize("name", ["x" * 33, "[bot] <ann>: ", "hubbub", "\u202e"], ids=ascii)
def test_a_senders_name_is_mended_and_not_refused(hubbub_server: LocalServer, name: str) -> None:
    assert ask(hubbub_server, HOOK, {"text": "x", "username": name}).status == 200
    assert len(said(hubbub_server)) == 1


@pytest.mark.parametrize("name", ["Grafana", "Grаfana"], ids=ascii)
def test_nobody_keeps_a_service_from_posting_by_taking_its_name(
    hubbub_server: LocalServer, meet: Meet, name: str
) -> None:
    meet(hubbub_server, name)
    body = {"text": "the disk is full", "username": "Grafana"}
    assert ask(hubbub_server, HOOK, body).status == 200
    assert said(hubbub_server) == [("Grafana (webhook)", "the disk is full")]


def test_a_request_with_a_key_is_never_said_under_two_names(hubbub_server: LocalServer) -> None:
    body = {"text": "red", "username": "Jenkins"}
    with EventPeer(hubbub_server, "Jenkins"):
        refused = ask(hubbub_server, HOOK, body, Idempotency_Key="k")
        assert refused.refusal == (409, "name_taken")
    deadline = time.monotonic() + 30
    while ask(hubbub_server, HOOK, body, Idempotency_Key="k").status == 409:
        assert time.monotonic() < deadline
    assert ask(hubbub_server, HOOK, body, Idempotency_Key="k").status == 200
    assert said(hubbub_server) == [("Jenkins", "red")]


def hook_of(peer: EventPeer, room: str = "builds", name: str = "Forge") -> str:
    """Open a room as somebody who is known, and make a webhook for it; return its path."""
    peer.ask(type="identify", device="k" * 22)
    peer.ask(type="join", room=room)
    made = peer.ask(type="hook", room=room, name=name)
    assert made["type"] == "hook", made
    return f"/hooks/{made['hook']}"


def test_a_secret_address_needs_nothing_else_and_takes_the_same_bodies(tmp_path: Path) -> None:
    section = ServerSection(listen="127.0.0.1:0", data=str(tmp_path), password="open sesame")
    with serving(Config(server=section)) as server, EventPeer(server, "ann", room=None) as ann:
        ann.ask(type="unlock", password="open sesame")
        hook = hook_of(ann)
        bodies = ({"text": "a", "username": "b"}, {"content": "b"}, b"c", {"msg": "d"})
        for body in bodies:
            assert ask(server, hook, body).body == b"ok"
        posted = [ann.next("message") for _ in bodies]
        assert [(one["from"], one["text"]) for one in posted] == [("Forge", one) for one in "abcd"]
        assert ask(server, HOOK, {"text": "x"}).refusal == (401, "password_needed")
        assert ask(server, hook + "x", {"text": "x"}).refusal == (404, "no_such_hook")
    with serving(Config(server=section)) as server:
        assert ask(server, hook, {"text": "after a restart"}).status == 200


def test_a_secret_address_posts_although_somebody_took_its_name(
    hubbub_server: LocalServer,
) -> None:
    with EventPeer(hubbub_server, "ann", room=None) as ann:
        hook = hook_of(ann)
        with EventPeer(hubbub_server, "Forge"):
            assert ask(hubbub_server, hook, {"text": "1"}).status == 200
            assert ann.next("message")["from"] == "Forge (webhook)"
            keyed = ask(hubbub_server, hook, {"text": "2"}, Idempotency_Key="k")
            assert keyed.refusal == (409, "name_taken")


def test_a_secret_address_repeats_nothing_with_a_key(hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "ann", room=None) as ann:
        hook = hook_of(ann)
        for _ in range(2):
            assert ask(hubbub_server, hook, {"text": "once"}, Idempotency_Key="k").status == 200
        assert [text for _, text in said(hubbub_server)] == ["once"]


def test_pages_of_other_sites_cannot_use_a_secret_address(hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "ann", room=None) as ann:
        refused = ask(hubbub_server, hook_of(ann), {"text": "x"}, Origin="http://evil.example")
        assert refused.refusal == (403, "foreign_origin")
