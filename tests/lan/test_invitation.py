"""What a host shows, and the code that a phone scans."""

from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from hubbub.lan.invitation import invitation, invitation_url, page_url
from hubbub.lan.qr_code import BORDER_MODULES, drawn_code


@pytest.mark.parametrize("password", ["rotu-mika-tedo", "a b&c=d+e#ü%"])
def test_the_password_stays_out_of_what_a_browser_sends(password: str) -> None:
    url = urlsplit(page_url("192.0.2.7", 1234, password))
    assert (url.scheme, url.netloc, url.path, url.query) == ("http", "192.0.2.7:1234", "/", "")
    assert parse_qs(url.fragment) == {"password": [password]}


def test_without_a_password_there_is_nothing_to_hide() -> None:
    assert page_url("192.0.2.7", 1234) == "http://192.0.2.7:1234/"


def test_the_secret_of_an_invitation_stays_out_of_what_a_browser_sends() -> None:
    url = urlsplit(invitation_url("http://[2001:db8::1]:1234", "k3vWQ0pTz1mUe8rYb5xJ7A"))
    assert (url.scheme, url.netloc, url.path, url.query) == ("http", "[2001:db8::1]:1234", "/", "")
    assert parse_qs(url.fragment) == {"invite": ["k3vWQ0pTz1mUe8rYb5xJ7A"]}


def test_every_address_is_shown_for_browsers_and_terminals() -> None:
    assert invitation(["192.0.2.7", "10.0.0.1"], 1234, "mika") == [
        "in a browser:   http://192.0.2.7:1234/",
        "in a browser:   http://10.0.0.1:1234/",
        "in a terminal:  hubbub join 192.0.2.7:1234",
        "in a terminal:  hubbub join 10.0.0.1:1234",
        "the password:   mika",
    ]


def test_with_tls_terminals_are_shown_the_protected_address() -> None:
    fingerprint = "0123456789abcdef" * 4
    assert invitation(["192.0.2.7"], 1234, "mika", fingerprint=fingerprint) == [
        "in a browser:   http://192.0.2.7:1234/",
        "in a terminal:  hubbub join hubbubs://192.0.2.7:1234",
        "the password:   mika",
    ]
    without = invitation(["192.0.2.7"], 1234, "", fingerprint=fingerprint, browsers_secure=True)
    assert without == [
        "in a browser:   https://192.0.2.7:1234/",
        f"in a terminal:  hubbub join hubbubs://192.0.2.7:1234/#fp={fingerprint[:32]}",
        "no password:    anyone may join",
    ]


def test_the_code_is_that_of_the_address() -> None:
    url = page_url("192.0.2.7", 1234, "rotu-mika-tedo")
    # Two rows of modules to a line; what is drawn is light.
    drawn = drawn_code(url).splitlines()
    upper = [[char in "█▀" for char in line] for line in drawn]
    lower = [[char in "█▄" for char in line] for line in drawn]
    rows = [row for pair in zip(upper, lower, strict=True) for row in pair]
    matrix = segno.make(url, micro=False).matrix_iter(border=BORDER_MODULES)
    expected = [[not module for module in row] for row in matrix]
    assert rows[: len(expected)] == expected
