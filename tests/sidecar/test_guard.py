"""Who may use the side-car, decided on headers alone."""

import pytest

from hubbub.sidecar.guard import Asker, Guard
from hubbub.sidecar.tickets import TICKETS_MAX, Tickets

HERE = "127.0.0.1:20080"


def headers(guard: Guard, **changes: str | None) -> dict[str, str]:
    """Return those of our page; `_` stands for `-`, None leaves one out."""
    own: dict[str, str | None] = {
        "Host": HERE,
        "Cookie": guard.cookie.partition(";")[0],
        "Origin": f"http://{HERE}",
        "Sec-Fetch-Site": "same-origin",
    }
    changed = own | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


def test_our_page_is_known() -> None:
    guard = Guard(20080)
    assert guard.asker(headers(guard)) is Asker.PAGE
    assert guard.asker(headers(guard, Origin=None, Sec_Fetch_Site=None)) is Asker.PAGE
    beside = f"a=b; {guard.cookie.partition(';')[0]}; hubbub-side-car-1=other"
    assert guard.asker(headers(guard, Cookie=beside)) is Asker.PAGE


@pytest.mark.parametrize(
    "changes",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:20081"},
        {"Origin": f"https://{HERE}"},
        {"Origin": "http://localhost:20080"},
        {"Origin": ""},
        {"Host": None},
        {"Host": "evil.example"},
        {"Host": "evil.example:20080"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:20080.evil.example"},
        {"Host": "localhost:20080"},
        {"Origin": None, "Sec_Fetch_Site": "cross-site"},
        {"Origin": None, "Sec_Fetch_Site": "same-site"},
    ],
)
def test_other_sites_are_strangers_though_they_bring_the_cookie(changes: dict[str, str]) -> None:
    guard = Guard(20080)
    assert guard.asker(headers(guard, **changes)) is Asker.STRANGER


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "hubbub-side-car-20080=",
        "hubbub-side-car-20080=guessed",
        "hubbub-20080=x",
        "é=ü; \udcff",
    ],
)
def test_a_wrong_cookie_is_none(cookie: str) -> None:
    guard = Guard(20080)
    assert guard.asker(headers(guard, Cookie=cookie)) is Asker.PERSON


def test_a_program_is_known_by_its_secret_which_is_not_the_cookie() -> None:
    guard = Guard(20080)
    program = {"Host": HERE, "Authorization": f"Bearer {guard.program_secret}"}
    assert guard.asker(program) is Asker.PROGRAM
    assert guard.program_secret not in guard.cookie
    for secret in ("", "x", guard.cookie.partition("=")[2].partition(";")[0]):
        assert guard.asker({**program, "Authorization": f"Bearer {secret}"}) is Asker.PERSON


def test_secrets_have_128_bits_and_differ_each_time() -> None:
    secrets = {Guard(1).program_secret for _ in range(100)} | {Guard(1).cookie for _ in range(100)}
    assert len(secrets) == 200
    assert all(len(Guard(1).program_secret) == 22 for _ in range(10))


def test_a_ticket_counts_once() -> None:
    tickets = Tickets()
    ticket = tickets.issue("/lobby#invite=x")
    assert tickets.use("another") is None
    assert tickets.use(ticket) == "/lobby#invite=x"
    assert tickets.use(ticket) is None


def test_tickets_that_nobody_uses_are_bounded() -> None:
    tickets = Tickets()
    issued = [tickets.issue("/") for _ in range(TICKETS_MAX + 1)]
    assert tickets.use(issued[0]) is None
    assert tickets.use(issued[1]) == "/"
