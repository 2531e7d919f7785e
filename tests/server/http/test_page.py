"""The page's files: what is served, and how little of it goes over the network."""

import gzip
import re
from importlib.resources import files

import pytest

from hubbub.testing import LocalServer
from tests.server.http.asking import ask

PAGE_BYTES_MAX = 125_000  # packed: a second at 1 Mbit/s
TYPES = {
    "/": "text/html; charset=utf-8",
    "/index.html": "text/html; charset=utf-8",
    "/js/main.js": "text/javascript; charset=utf-8",
    "/styles/base.css": "text/css; charset=utf-8",
    "/icon.svg": "image/svg+xml; charset=utf-8",
    "/manifest.webmanifest": "application/manifest+json; charset=utf-8",
}


@pytest.mark.parametrize("path", TYPES)
def test_files_have_their_types(hubbub_server: LocalServer, path: str) -> None:
    answer = ask(hubbub_server, path)
    assert (answer.status, answer.headers["content-type"]) == (200, TYPES[path])


def test_a_browser_that_has_a_file_is_told_that_it_is_the_same(hubbub_server: LocalServer) -> None:
    first = ask(hubbub_server, "/js/main.js")
    again = ask(hubbub_server, "/js/main.js", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert ask(hubbub_server, "/js/main.js", If_None_Match='"another"').body == first.body


def test_files_are_packed_for_who_can_unpack_them(hubbub_server: LocalServer) -> None:
    plain = ask(hubbub_server, "/")
    packed = ask(hubbub_server, "/", Accept_Encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    refusing = ask(hubbub_server, "/", Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in refusing.headers


def test_all_of_the_page_loads_quickly(hubbub_server: LocalServer) -> None:
    html = ask(hubbub_server, "/").body.decode()
    paths = {"/", *re.findall(r'(?:href|src)="(/[^"]+)"', html)}
    assert {"/js/main.js", "/styles/base.css"} <= paths
    sizes = [len(ask(hubbub_server, path, Accept_Encoding="gzip").body) for path in paths]
    assert sum(sizes) < PAGE_BYTES_MAX


def test_modules_are_served_without_comments_and_each_line_keeps_its_place(
    hubbub_server: LocalServer,
) -> None:
    source = (files("hubbub") / "web" / "js" / "chat" / "order.js").read_text("utf-8").split("\n")
    served = ask(hubbub_server, "/js/chat/order.js").body.decode().split("\n")
    assert len(served) == len(source)
    assert all(line in ("", own) for line, own in zip(served, source, strict=True))
    assert any(served)
    assert not any(line.lstrip().startswith(("/**", "*")) for line in served)


def test_every_module_is_announced_to_the_browser(hubbub_server: LocalServer) -> None:
    """So that all load at once, and not one after the other."""
    html = ask(hubbub_server, "/").body.decode()
    folder = files("hubbub") / "web"
    modules = {
        f"/{path.relative_to(folder)}"
        for path in folder.rglob("*.js")  # type: ignore[attr-defined]
    }
    named = set(re.findall(r'(?:href|src)="(/js/[^"]+)"', html))
    later = {path for path in modules if path.startswith("/js/later/")}
    assert modules - later - {"/js/chat/types.js"} == named


@pytest.mark.parametrize(
    "path", ["/js", "/js/", "/..", "/%2e%2e/hub/hub.py", "/js/%2e%2e/index.html", "/web/index.html"]
)
def test_nothing_else_is_served(hubbub_server: LocalServer, path: str) -> None:
    assert ask(hubbub_server, path).refusal == (404, "not_found")
