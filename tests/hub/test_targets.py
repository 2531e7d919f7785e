"""Whom a ban is for, as moderators write it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import Refused
from hubbub.hub.rules.targets import Pattern, Where, parse_network, parse_pattern


@pytest.mark.parametrize(
    ("raw", "pattern"),
    [
        ("eve", Pattern(Where.WHOLE, "eve")),
        ("eve*", Pattern(Where.BEGINNING, "eve")),
        ("*eve", Pattern(Where.END, "eve")),
        ("*eve*", Pattern(Where.ANYWHERE, "eve")),
        ("**eve**", Pattern(Where.ANYWHERE, "eve")),
        ("  the   eve ", Pattern(Where.WHOLE, "the eve")),
        ("e", Pattern(Where.WHOLE, "e")),
        ("ｅｖｅ*", Pattern(Where.BEGINNING, "eve")),
    ],
)
def test_a_star_stands_for_anything_at_the_beginning_and_at_the_end(
    raw: str, pattern: Pattern
) -> None:
    assert parse_pattern(raw) == pattern


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("*", "nearly everybody"),
        ("***", "nearly everybody"),
        ("e*", "nearly everybody"),
        ("*e*", "nearly everybody"),
        ("e*e", "has a '\\*' inside"),
        ("*a*b*", "has a '\\*' inside"),
        ("", "has 1 to 32 characters"),
        ("  ", "has 1 to 32 characters"),
        ("\x00", "has 1 to 32 characters"),
        ("x" * 33, "this one has 33"),
        ("x" * 10_000 + "*", "this one has 10000"),
    ],
)
def test_what_is_no_pattern_is_refused(raw: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refusal:
        parse_pattern(raw)
    assert refusal.value.code == "bad_command"
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    ("raw", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::1/128", "2001:db8::/64"),
        ("2001:db8::/48", "2001:db8::/48"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_an_address_is_a_network(raw: str, network: str) -> None:
    assert str(parse_network(raw)) == network


@pytest.mark.parametrize("raw", ["eve", "eve*", "1.2.3", "1.2.3.4.5", "", "*", "12:30", "1.2.3*"])
def test_what_is_no_address_is_left_to_names(raw: str) -> None:
    assert parse_network(raw) is None


@pytest.mark.parametrize("raw", ["203.0.113.7/33", "203.0.113.7/", "203.0.113.300", "203.0.113.*"])
def test_nobody_bans_a_name_who_meant_a_network(raw: str) -> None:
    with pytest.raises(Refused, match="is no network"):
        parse_network(raw)


@pytest.mark.parametrize("raw", ["127.0.0.1", "127.1.2.0/24", "::1", "::1/128"])
def test_nobody_bans_the_machine_of_the_server(raw: str) -> None:
    with pytest.raises(Refused, match="only be banned by name"):
        parse_network(raw)


@pytest.mark.parametrize("raw", ["0.0.0.0/0", "8.0.0.0/7", "::/0", "2000::/3", "2001::/15"])
def test_nobody_bans_a_large_part_of_the_internet(raw: str) -> None:
    with pytest.raises(Refused, match="large part of the Internet"):
        parse_network(raw)


@given(st.text())
def test_any_text_is_read_or_refused(raw: str) -> None:
    for parse in (parse_pattern, parse_network):
        with suppress(Refused):
            parse(raw)
