"""The HTTP API (docs/protocol.md, section 9)."""

import gzip
import http.client
import json
import time

import pytest

from hubbub.chat.limits import Limits
from hubbub.hub.shares.openings import SHARE_FLOOR
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.conftest import Meet, Serve, WaitingLog
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask

MESSAGES = "/api/rooms/lobby/messages"


def test_what_a_script_posts_is_said(hubbub_server: LocalServer, meet: Meet) -> None:
    ann = meet(hubbub_server, "ann")
    posted = ask(hubbub_server, MESSAGES, {"text": "grün 🌱", "name": "ci"})
    assert (posted.status, posted.json) == (201, {"room": "lobby", "seq": 1})
    message = ann.next("message")
    assert (message["from"], message["text"], message["seq"]) == ("ci", "grün 🌱", 1)
    assert ann.ask(type="members", room="lobby")["members"] == [{"name": "ann"}]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"text": "x"}, "api"),
        ({"text": "x", "name": None, "username": ""}, "api"),
        ({"text": "x", "name": "ci"}, "ci"),
        ({"text": "x", "from": "ci"}, "ci"),
        ({"text": "x", "username": "ci", "channel": "#general"}, "ci"),
    ],
)
def test_a_post_says_who_speaks(hubbub_server: LocalServer, body: object, name: str) -> None:
    ask(hubbub_server, MESSAGES, body)
    (message,) = ask(hubbub_server, MESSAGES).json["messages"]
    assert message["from"] == name


def test_an_idempotency_key_posts_once(serve: Serve) -> None:
    """Also when the server is started again between the two."""
    with serve() as server:
        first = ask(server, MESSAGES, {"text": "once"}, Idempotency_Key="k").json
        assert ask(server, MESSAGES, {"text": "once"}, Idempotency_Key="k").json == first
    with serve() as server:
        assert ask(server, MESSAGES, {"text": "once"}, Idempotency_Key="k").json == first
        assert len(ask(server, MESSAGES).json["messages"]) == 1


def test_a_post_is_answered_when_it_is_committed() -> None:
    log = WaitingLog()
    with serving(log=log) as server, RawPeer(server.host, server.port) as script:
        body = json.dumps({"text": "wait"}).encode()
        head = f"POST {MESSAGES} HTTP/1.1\r\nHost: {server.address}\r\nContent-Length: {len(body)}"
        script.send(head.encode() + b"\r\n\r\n" + body)
        while not log.batches:
            time.sleep(0.001)  # the server's thread is about to ask for the commit
        script.sock.settimeout(0.05)
        with pytest.raises(TimeoutError):
            script.exactly(1)
        script.sock.settimeout(30)
        log.allow()
        assert script.exactly(12) == b"HTTP/1.1 201"


def test_who_hangs_up_has_posted_all_the_same(hubbub_server: LocalServer, meet: Meet) -> None:
    ann = meet(hubbub_server, "ann")
    body = json.dumps({"text": "gone"}).encode()
    head = f"POST {MESSAGES} HTTP/1.1\r\nHost: {hubbub_server.address}"
    with RawPeer(hubbub_server.host, hubbub_server.port) as script:
        script.send(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    assert ann.next("message")["text"] == "gone"


def test_a_packed_body_is_not_unpacked(hubbub_server: LocalServer) -> None:
    """It might be a thousand times as large as what was sent."""
    body = gzip.compress(b'{"text":"x"}')
    for coding in ("gzip", "br"):
        posted = ask(hubbub_server, MESSAGES, body, Content_Encoding=coding)
        assert posted.refusal == (400, "bad_command")


def test_pages_are_those_of_the_protocol(hubbub_server: LocalServer, meet: Meet) -> None:
    ann = meet(hubbub_server, "ann")
    seqs = [ann.say_and_wait(f"message {number}") for number in range(5)]
    ann.ask(type="edit", room="lobby", seq=seqs[1], text="edited")
    for path, fields in [
        ("", {}),
        ("?limit=2", {"limit": 2}),
        (f"?before={seqs[3]}&limit=1", {"before": seqs[3], "limit": 1}),
        (f"?after={seqs[0]}", {"after": seqs[0]}),
        (f"?around={seqs[2]}&limit=2", {"around": seqs[2], "limit": 2}),
    ]:
        page = ann.ask(type="history", room="lobby", **fields)
        del page["ref"]
        assert ask(hubbub_server, MESSAGES + path).json == page


def test_rooms_and_search_are_those_of_the_protocol(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        ann = meet(server, "ann")
        ann.say_and_wait("dinner is ready")
        rooms = ann.ask(type="rooms")
        del rooms["ref"]
        assert ask(server, "/api/rooms").json == rooms
        while not (found := ask(server, "/api/search?query=dinner").json)["messages"]:
            time.sleep(0.01)  # found within a second of its commit
        page = ann.ask(type="search", query="dinner")
        del page["ref"]
        assert found == page
        assert ask(server, "/api/search?q=ready&room=lobby&limit=1").json["messages"]
        assert not ask(server, "/api/search?q=nothing").json["messages"]


def test_private_rooms_are_neither_read_nor_posted_to(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    ann, _ = meet(hubbub_server, "ann"), meet(hubbub_server, "bob")
    room = ann.ask(type="direct", name="bob")["room"]
    ann.ask(type="say", room=room, text="secret")
    path = f"/api/rooms/{room}/messages"
    assert ask(hubbub_server, path).refusal == (404, "no_such_room")
    assert ask(hubbub_server, path, {"text": "x"}).refusal == (404, "no_such_room")
    assert ask(hubbub_server, f"/api/search?q=secret&room={room}").refusal[0] == 404
    assert room not in ask(hubbub_server, "/api/rooms").body.decode()
    assert not ask(hubbub_server, "/api/search?q=secret").json["messages"]


def test_who_uses_the_name_of_a_member_who_left_does_not_get_into_private_rooms(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    bob = meet(hubbub_server, "bob")
    with EventPeer(hubbub_server, "ann") as ann:
        room = ann.ask(type="direct", name="bob")["room"]
    while bob.next("presence") != {
        "type": "presence",
        "room": room,
        "name": "ann",
        "state": "left",
    }:
        pass
    for path in ("messages", "webhook"):
        posted = ask(
            hubbub_server, f"/api/rooms/{room}/{path}", {"text": "it is me", "name": "ann"}
        )
        assert posted.refusal == (404, "no_such_room")
    assert not bob.ask(type="history", room=room)["messages"]


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        (f"{MESSAGES}?limit=0", None, (400, "bad_command")),
        (f"{MESSAGES}?limit=201", None, (400, "bad_command")),
        (f"{MESSAGES}?limit=many", None, (400, "bad_command")),
        (f"{MESSAGES}?before=-1", None, (400, "bad_command")),
        (f"{MESSAGES}?before=99999999999999999999", None, (400, "bad_command")),
        (f"{MESSAGES}?before=1&after=1", None, (400, "bad_command")),
        (f"{MESSAGES}?around=1&after=1", None, (400, "bad_command")),
        ("/api/search", None, (400, "bad_command")),
        ("/api/search?query=%20", None, (400, "bad_command")),
        ("/api/search?query=x&limit=0", None, (400, "bad_command")),
        ("/api/search?query=" + "+x" * 17, None, (413, "too_long")),
        ("/api/search?query=x&room=nowhere", None, (404, "no_such_room")),
        ("/api/rooms/nowhere/messages", None, (404, "no_such_room")),
        ("/api/rooms/no%20way/messages", None, (400, "room_not_allowed")),
        ("/api/rooms/no%20way/messages", {"text": "x"}, (400, "room_not_allowed")),
        ("/api/nothing", None, (404, "not_found")),
        ("/page/../../hub/hub.py", None, (404, "not_found")),
        ("/api/search", {"text": "x"}, (405, "method_not_allowed")),
        (MESSAGES, b"hello", (400, "bad_command")),
        (MESSAGES, b"[" * 5000, (400, "bad_command")),
        (MESSAGES, b'{"text":"\xff"}', (400, "bad_command")),
        (MESSAGES, b'{"text":"\\ud800"}', (400, "bad_command")),
        (MESSAGES, {"text": 7}, (400, "bad_command")),
        (MESSAGES, {"words": "x"}, (400, "bad_command")),
        (MESSAGES, {"text": "\x07"}, (400, "empty")),
        (MESSAGES, {"text": "\n\n"}, (400, "empty")),
        (MESSAGES, {"text": "x" * 70_000}, (413, "too_long")),
        (MESSAGES, {"text": "x" * 300_000}, (413, "too_long")),
        (MESSAGES, {"text": "x", "name": "hubbub"}, (400, "name_not_allowed")),
    ],
)
def test_bad_requests_are_refused_with_code_and_sentence(
    hubbub_server: LocalServer, path: str, body: object, refusal: tuple[int, str]
) -> None:
    assert ask(hubbub_server, path, body).refusal == refusal
    assert ask(hubbub_server, "/api/rooms").json["rooms"] == [
        {"room": "lobby", "topic": "", "members": 0, "last": 0}
    ]


@pytest.mark.parametrize("key", ["", "x" * 65, "a\tb"])
def test_a_bad_idempotency_key_is_refused(hubbub_server: LocalServer, key: str) -> None:
    answer = ask(hubbub_server, MESSAGES, {"text": "x"}, Idempotency_Key=key)
    assert answer.refusal == (400, "bad_command")


@pytest.mark.parametrize("name", ["ann", "аnn"], ids=ascii)
def test_nobody_posts_under_the_name_of_somebody_who_is_here_or_one_that_looks_like_it(
    hubbub_server: LocalServer, meet: Meet, name: str
) -> None:
    meet(hubbub_server, "Ann")
    posted = ask(hubbub_server, MESSAGES, {"text": "x", "name": name})
    assert posted.refusal == (409, "name_taken")


@pytest.mark.parametrize("name", ["api", "Webhook"])
def test_what_posts_over_http_may_have_the_names_kept_for_it(
    hubbub_server: LocalServer, name: str
) -> None:
    assert ask(hubbub_server, MESSAGES, {"text": "x", "name": name}).status == 201


@pytest.mark.parametrize("name", ["аpi", "webhооk", "WEBHO0K"], ids=ascii)
def test_nothing_posts_under_a_name_that_looks_like_those(
    hubbub_server: LocalServer, name: str
) -> None:
    answer = ask(hubbub_server, MESSAGES, {"text": "x", "name": name})
    assert answer.refusal == (400, "name_not_allowed")


def test_scripts_have_a_share_of_the_rooms_that_they_open(serve: Serve) -> None:
    with serve(rooms_max=100) as server:
        statuses = [
            ask(server, f"/api/rooms/new-{number}/messages", {"text": "x", "name": "ci"}).status
            for number in range(SHARE_FLOOR)
        ]
        one_more = "/api/rooms/one-more/messages"
        refused = ask(server, one_more, {"text": "x", "name": "ci"})
        assert ask(server, one_more, {"text": "x", "name": "ann"}).status == 201
    assert statuses == [201] * SHARE_FLOOR
    assert refused.refusal == (503, "too_many_rooms")
    assert f"opened {SHARE_FLOOR} rooms lately" in refused.json["detail"]


RAW_SEARCH = "GET /api/search?q=日本 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


@pytest.mark.parametrize("size", [1, 20, len(RAW_SEARCH) - 1, len(RAW_SEARCH)])
def test_an_address_may_hold_raw_text(hubbub_server: LocalServer, size: int) -> None:
    """Whatever its pieces, and however many requests came before it on its connection."""
    ask(hubbub_server, MESSAGES, {"text": "日本"})
    while not ask(hubbub_server, "/api/search?q=%E6%97%A5%E6%9C%AC").json["messages"]:
        time.sleep(0.01)  # the index follows within a second
    with RawPeer(hubbub_server.host, hubbub_server.port) as script:
        for _ in range(3):
            for at in range(0, len(RAW_SEARCH), size):
                script.send(RAW_SEARCH[at : at + size])
            answer = script.exactly(12)
            while "日本" not in answer.decode(errors="replace"):
                answer += script.exactly(1)
            assert answer.startswith(b"HTTP/1.1 200")
            while not answer.endswith(b"}"):
                answer += script.exactly(1)
            script.exactly(len(b'],"more":false,"last":1}'))


def test_a_body_is_never_taken_for_an_address(hubbub_server: LocalServer) -> None:
    body = '{"text":"日本\\n日本","name":"日本"}'.encode()
    head = f"POST {MESSAGES} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    with RawPeer(hubbub_server.host, hubbub_server.port) as script:
        for _ in range(2):
            for byte in head.encode() + body:
                script.send(bytes([byte]))
            answer = b""
            while not answer.endswith(b"}"):
                answer += script.exactly(1)
            assert answer.startswith(b"HTTP/1.1 201")
    page = ask(hubbub_server, MESSAGES).json
    assert [(one["from"], one["text"]) for one in page["messages"]] == [("日本", "日本\n日本")] * 2


def test_a_method_that_is_not_allowed_names_those_that_are(hubbub_server: LocalServer) -> None:
    answer = ask(hubbub_server, "/api/rooms", method="DELETE")
    assert answer.refusal == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


def test_head_is_get_without_the_body(hubbub_server: LocalServer) -> None:
    for path in ("/", "/api/rooms", "/healthz", MESSAGES):
        whole, head = ask(hubbub_server, path), ask(hubbub_server, path, method="HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.body))


def test_no_more_rooms_are_opened_than_there_may_be(serve: Serve) -> None:
    with serve(rooms_max=2) as server:
        assert ask(server, "/api/rooms/second/messages", {"text": "x"}).status == 201
        refused = ask(server, "/api/rooms/third/messages", {"text": "x"})
        assert refused.refusal == (503, "too_many_rooms")
        assert refused.headers["retry-after"]


def test_retry_after_is_what_the_sentence_says_and_a_repeat_costs_nothing(serve: Serve) -> None:
    with serve(daily_bytes_max=300) as server:
        text = {"text": "x" * 2000}
        posted = [ask(server, MESSAGES, text, Idempotency_Key="same") for _ in range(20)]
        assert {(one.status, one.body) for one in posted} == {(201, posted[0].body)}
        refused = ask(server, MESSAGES, {"text": "x" * 8000})
        assert refused.refusal == (429, "too_much")
        seconds = refused.headers["retry-after"]
        assert int(seconds) > 10
        assert f"in {seconds} seconds" in refused.json["detail"]


def test_the_list_of_rooms_is_bounded(serve: Serve) -> None:
    with serve(listed_max=10, messages_per_second=0) as server:
        for number in range(20):
            ask(server, f"/api/rooms/room-{number}/messages", {"text": "x"})
        assert len(ask(server, "/api/rooms").json["rooms"]) == 10


def test_who_asks_too_fast_is_slowed_down_and_answered() -> None:
    limits = Limits(messages_per_second=50, burst=2)
    config = Config(server=ServerSection(listen="127.0.0.1:0"), limits=limits)
    with serving(config) as server:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        started = time.monotonic()
        for _ in range(12):
            connection.request("GET", "/api")
            assert json.loads(connection.getresponse().read())
        # Two at once, ten at 50 a second: never faster than that.
        assert time.monotonic() - started >= 10 / 50 * 0.9
        connection.close()


def test_an_index_tells_what_there_is(hubbub_server: LocalServer) -> None:
    assert f"POST {MESSAGES.replace('lobby', '{room}')}" in ask(hubbub_server, "/api").json


@pytest.mark.parametrize("room", ["$", "%24"])
def test_the_system_room_can_be_neither_read_nor_posted_to(
    hubbub_server: LocalServer, room: str
) -> None:
    for path in (f"/api/rooms/{room}/messages", f"/api/search?query=x&room={room}"):
        assert ask(hubbub_server, path).refusal[0] in {400, 404}
    for path in (f"/api/rooms/{room}/messages", f"/api/rooms/{room}/webhook"):
        assert ask(hubbub_server, path, {"text": "x"}).refusal[0] in {400, 404}
    assert [room["room"] for room in ask(hubbub_server, "/api/rooms").json["rooms"]] == ["lobby"]


@pytest.mark.parametrize("password", ["", "rolu-mika"])
def test_a_bot_posts_and_reads_with_its_token(password: str) -> None:
    section = ServerSection(listen="127.0.0.1:0", password=password)
    with serving(Config(server=section)) as server:
        with EventPeer(server, "olga", room=None) as olga:
            olga.ask(type="unlock", password=password)
            olga.ask(type="identify", device="o" * 22)
            token = olga.ask(type="token", name="ci", scopes=["read", "write"])["token"]
            only_reads = olga.ask(type="token", name="reader", scopes=["read"])["token"]
        hook = "/api/rooms/lobby/webhook"
        bearer = f"Bearer {token}"
        green, red = {"text": "green", "name": "ann"}, {"text": "red", "username": "ann"}
        assert ask(server, MESSAGES, green, Authorization=bearer).status == 201
        assert ask(server, hook, red, Authorization=bearer).status == 200
        said = ask(server, MESSAGES, Authorization=bearer).json["messages"]
        assert [(one["from"], one["text"]) for one in said] == [("ci", "green"), ("ci", "red")]
        assert len({one["person"] for one in said}) == 1
        bearer = f"bearer {only_reads}"
        assert ask(server, MESSAGES, Authorization=bearer).status == 200
        refused = ask(server, MESSAGES, green, Authorization=bearer)
        assert refused.refusal == (403, "forbidden")
        bearer = f"Bearer hb_{'x' * 22}"
        assert ask(server, MESSAGES, Authorization=bearer).refusal == (401, "wrong_token")
