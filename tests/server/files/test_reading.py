"""Who may read a file, how it is given out, and that nobody reads on who was put out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from hubbub.chat.access import Access
from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.conftest import Meet
from tests.server.event_peer import EventPeer
from tests.server.files.conftest import ServeFiles
from tests.server.files.sharing import get, proof, share, until
from tests.server.http.asking import ask
from tests.server.test_moderation import known
from tests.server.websocket_peer import WebSocketPeer, opening

PASSWORD = "rolu-mika-tedo"
CONTENT = bytes(range(256)) * 10


class Browser(WebSocketPeer):
    """A browser's page, which keeps the cookie that it was given."""

    def __init__(self, server: LocalServer, name: str, cookie: str = "") -> None:
        RawPeer.__init__(self, server.host, server.port)
        self.refs = 0
        origin = f"http://{server.address}"
        self.send(opening(server, Origin=origin, Cookie=cookie or None))
        head = self.head()
        assert head.startswith("HTTP/1.1 101")
        given = [line for line in head.splitlines() if line.startswith("Set-Cookie: ")]
        assert all("; HttpOnly; SameSite=Strict" in line for line in given)
        self.given = bool(given)
        self.cookie = given[0][12:].partition(";")[0] if given else cookie
        self.welcome = self.ask(type="hello", name=name)


Browse = Callable[..., Browser]


@pytest.fixture
def browse() -> Iterator[Browse]:
    """Return pages: `browse(server, name, cookie)`; they end with the test."""
    with ExitStack() as stack:
        yield lambda *args: stack.enter_context(Browser(*args))


def private_file(meet: Meet, server: LocalServer) -> tuple[EventPeer, int, dict[str, object]]:
    """Return somebody with a private room, and a file that they said there."""
    cleo = known(meet, server, "cleo")
    cleo.ask(type="join", room="plans", epoch="")
    cleo.ask(type="say", room="plans", text="mine")
    assert cleo.ask(type="rules", room="plans", private=True)["type"] == "ok"
    seq, file = share(server, cleo, CONTENT, name="plan.bin", room="plans")
    return cleo, seq, file


def test_in_a_public_room_of_an_open_server_the_id_is_enough(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), CONTENT)
        answer = get(server, file)
        assert (answer.status, answer.body) == (200, CONTENT)
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert get(server, {"id": "x" * 22}).refusal == (404, "no_such_file")
        assert get(server, file, "preview").refusal == (404, "no_such_file")


def test_a_private_room_shows_its_files_to_its_members_alone(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files() as server:
        cleo, _, file = private_file(meet, server)
        bob = known(meet, server, "bob")
        bob.ask(type="join", room="lobby")
        assert get(server, file).refusal == (403, "forbidden")
        assert get(server, file, **proof(bob)).refusal == (403, "forbidden")
        assert get(server, file, **proof(cleo)).body == CONTENT
        assert cleo.ask(type="add", room="plans", name="bob")["type"] == "ok"
        answer = get(server, file, **proof(bob))
        assert (answer.body, answer.headers["cache-control"]) == (CONTENT, "private, no-cache")
        assert cleo.ask(type="kick", room="plans", name="bob")["type"] == "ok"
        assert get(server, file, **proof(bob)).refusal == (403, "forbidden")
        tag = {"If-None-Match": answer.headers["etag"]}
        assert get(server, file, **proof(bob), **tag).status == 403
        assert get(server, file, **proof(cleo), **tag).status == 304
        cleo.sock.close()
        until(lambda: get(server, file, **proof(cleo)).status == 403, "the session is over")


def test_a_wrong_secret_opens_nothing(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        cleo, _, file = private_file(meet, server)
        cleo.welcome["session"] = "x" * 22
        assert get(server, file, **proof(cleo)).status == 403
        for bad in (
            "Basic",
            "Basic !!!",
            "Basic eA==",
            "Basic " + "=" * 50,
            "Bearer x",
            "Negotiate",
        ):
            assert get(server, file, Authorization=bad).status in {401, 403}


def test_two_who_talk_in_private_see_each_others_files(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann, bob, eve = meet(server, "ann"), meet(server, "bob"), meet(server, "eve")
        room = ann.ask(type="direct", name="bob")["room"]
        _, file = share(server, ann, CONTENT, room=room)
        assert get(server, file).status == 403
        assert get(server, file, **proof(eve)).status == 403
        assert get(server, file, **proof(bob)).body == CONTENT
        bob.sock.close()
        until(lambda: get(server, file, **proof(bob)).status == 403, "he is gone")
        another = meet(server, "bob")
        assert get(server, file, **proof(another)).status == 403, "somebody else of that name"


def test_a_browser_is_known_by_a_cookie_while_its_page_is_open(
    serve_files: ServeFiles, meet: Meet, browse: Browse
) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        page = browse(server, "bob", "")
        assert page.given
        room = ann.ask(type="direct", name="bob")["room"]
        _, file = share(server, ann, CONTENT, room=room)
        with_cookie = {"Cookie": page.cookie}
        assert get(server, file, **with_cookie).body == CONTENT
        second = browse(server, "bobs other tab", page.cookie)
        assert second.cookie == page.cookie
        assert not second.given, "tabs share the key"
        page.sock.close()
        until(lambda: get(server, file, **with_cookie).status == 403, "his page is closed")
        third = browse(server, "bobs third tab", page.cookie)
        assert third.cookie == page.cookie, "the second tab holds it still"


def test_tabs_that_come_back_are_given_one_new_key(serve_files: ServeFiles, browse: Browse) -> None:
    with serve_files() as server:
        stale = browse(server, "before", "").cookie
    with serve_files() as server:
        name = f"hubbub-{server.port}="
        stale = name + stale.partition("=")[2]
        first, second = browse(server, "ann", stale), browse(server, "bob", stale)
        assert first.cookie == second.cookie != stale


def test_a_program_is_given_no_cookie(serve_files: ServeFiles) -> None:
    with serve_files() as server, RawPeer(server.host, server.port) as raw:
        raw.send(opening(server))
        head = b""
        while b"\r\n\r\n" not in head:
            head += raw.exactly(1)
        assert b"Set-Cookie" not in head


def test_a_locked_server_gives_files_to_those_who_are_in(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files(password=PASSWORD) as server:
        ann = meet(server, "ann", room=None)
        ann.tell(type="unlock", password=PASSWORD)
        ann.welcome = ann.next("welcome")
        ann.ask(type="join", room="lobby")
        _, file = share(server, ann, CONTENT)
        assert get(server, file).status == 403
        assert get(server, file, Authorization="Bearer wrong").status == 401
        assert get(server, file, Authorization=f"Bearer {PASSWORD}").body == CONTENT
        assert get(server, file, **proof(ann)).body == CONTENT


def test_where_not_everybody_is_let_in_the_id_is_not_enough(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files(access=Access(passing=False)) as server:
        cleo = known(meet, server, "cleo")
        cleo.ask(type="join", room="lobby")
        _, file = share(server, cleo, CONTENT)
        assert get(server, file).status == 403
        assert get(server, file, **proof(cleo)).body == CONTENT
        token = cleo.ask(type="token", name="ci", scopes=["read"])["token"]
        assert get(server, file, Authorization=f"Bearer {token}").body == CONTENT


# How it is given.

RANGES = [
    ("bytes=0-9", 206, slice(0, 10)),
    ("bytes=2550-", 206, slice(2550, None)),
    ("bytes=-10", 206, slice(-10, None)),
    ("bytes=-9999", 206, slice(None)),
    ("bytes=100-99999", 206, slice(100, None)),
    ("bytes=9-8", 200, slice(None)),
    ("bytes=", 200, slice(None)),
    ("bytes=-", 200, slice(None)),
    ("bytes=0-1,5-6", 200, slice(None)),
    ("lines=0-9", 200, slice(None)),
    (f"bytes={'9' * 500}-", 200, slice(None)),
    ("bytes=2560-", 416, slice(0)),
    ("bytes=-0", 416, slice(0)),
]


@pytest.mark.parametrize(("asked", "status", "part"), RANGES)
def test_ranges(serve_files: ServeFiles, meet: Meet, asked: str, status: int, part: slice) -> None:
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), CONTENT)
        answer = get(server, file, Range=asked)
        assert (answer.status, answer.body) == (status, CONTENT[part])
        if status == 206:
            start, end, _ = part.indices(len(CONTENT))
            assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
        stale = get(server, file, Range=asked, If_Range='"other"')
        assert (stale.status, stale.body) == (200, CONTENT)


def test_whoever_has_it_is_not_given_it_again(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), CONTENT)
        etag = get(server, file).headers["etag"]
        assert etag == f'"{file["sha256"]}"'
        assert get(server, file, If_None_Match=etag).status == 304
        assert get(server, file, If_None_Match='"other"').status == 200
        head = ask(server, f"/files/{file['id']}/x", method="HEAD")
        assert (head.status, head.headers["content-length"], head.body) == (200, "2560", b"")


NAMES = [
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\ann\\photo.jpg", "photo.jpg"),
    ("a\r\nSet-Cookie: x=y.txt", "aSet-Cookie_ x=y.txt"),
    ("gpj.\u202eexe", "gpj.exe"),
    ("", "file"),
    ("....", "file"),
    ('say "hi".txt', "say _hi_.txt"),
    ("Grüße 👋.txt", "Grüße 👋.txt"),
    ("日本語.txt", "日本語.txt"),
    ("x" * 5000 + ".tar.gz", "x" * 197 + ".gz"),
    ("\0\x1b[31m", "[31m"),
    ("%2e%2e%2f", "%2e%2e%2f"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES, ids=[f"name{n}" for n in range(len(NAMES))])
def test_names_are_sane(serve_files: ServeFiles, meet: Meet, given: str, kept: str) -> None:
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), b"\0program", name=given)
        assert file["name"] == kept
        answer = get(server, file)
        said = answer.headers["content-disposition"]
        assert said.startswith('attachment; filename="')
        assert said.isascii()
        assert "set-cookie" not in answer.headers
        listed = f"/files/{file['id']}/preview"
        assert ask(server, listed).status == 404
