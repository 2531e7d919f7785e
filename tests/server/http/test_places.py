"""The page is at the address of each room and message, and at no other."""

import pytest

from hubbub.testing import LocalServer
from tests.server.http.asking import ask


@pytest.mark.parametrize(
    "path",
    ["/lobby", "/lobby/1042", "/K%C3%BCche/7", "/nowhere-yet", "/@97049da5464956062d0e94be/8"],
)
def test_the_page_is_at_the_address_of_a_room_or_message(
    hubbub_server: LocalServer, path: str
) -> None:
    answer = ask(hubbub_server, path)
    assert (answer.status, answer.body) == (200, ask(hubbub_server, "/").body)


@pytest.mark.parametrize(
    "path",
    [
        *("/api/7", "/files/7", "/hooks", "/page", "/metrics/1", "/wp-login.php", "/robots.txt"),
        *("/lobby/x", "/lobby/1/2", "/lobby/12345678901234567", "/a%2Fb", "/%00", "/lobby/-1"),
    ],
)
def test_what_is_no_address_of_a_room_is_not_found(hubbub_server: LocalServer, path: str) -> None:
    assert ask(hubbub_server, path).status in (404, 405)
