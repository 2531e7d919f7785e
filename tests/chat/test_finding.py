"""How a query is read as people type it: words, phrases and filters."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from hubbub.chat.errors import Refused
from hubbub.chat.finding import read_query
from hubbub.chat.tags import content_tag

NOW = int(datetime(2026, 11, 26, 18, 30, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000


def at(*day: int, hours: float = 0) -> int:
    year, month, date = day
    return int(datetime(year, month, date, tzinfo=UTC).timestamp() * 1000 + hours * HOUR)


def test_filters_stand_anywhere_among_the_words() -> None:
    asked = read_query('dinner from:ben "is ready" In:#kitchen has:links FROM:"Ann Lee"', NOW)
    assert asked.words == 'dinner "is ready"'
    assert asked.senders == ["ben", "Ann Lee"]
    assert asked.rooms == ["kitchen"]
    assert asked.contents == (content_tag("link"),)
    assert (asked.after, asked.before) == (None, None)


@pytest.mark.parametrize("query", ["http://from:ben", '"from:ben"', "is:ben", "x-from:ben", "a:b"])
def test_what_only_looks_like_a_filter_is_words(query: str) -> None:
    asked = read_query(query, NOW)
    assert (asked.words, asked.senders) == (query, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24", at(2026, 11, 24)),
        ("2026-1-4", at(2026, 1, 4)),
        ("2026-11", at(2026, 11, 1)),
        ("today", at(2026, 11, 26)),
        ("Yesterday", at(2026, 11, 25)),
        ("7d", NOW - 7 * 24 * HOUR),
        ("2h", NOW - 2 * HOUR),
        ('"2 weeks"', NOW - 14 * 24 * HOUR),
        ("1900-01-01", 0),
    ],
)
def test_dates(value: str, expected: int) -> None:
    assert read_query(f"after:{value}", NOW).after == expected
    assert read_query(f"x before:{value} y", NOW).before == expected


def test_days_are_those_of_the_asker() -> None:
    assert read_query("after:2026-11-24", NOW, 330).after == at(2026, 11, 24, hours=-5.5)
    assert read_query("after:today", NOW, 600).after == at(2026, 11, 27, hours=-10)
    assert read_query("before:today", at(2026, 11, 26), -60).before == at(2026, 11, 25, hours=1)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from: ben", '`from:` wants a name right behind it, as in from:ben or from:"Ann Lee".'),
        ("in:", "`in:` wants a room right behind it, as in in:lobby, or in:@ben for your talk"),
        ("before:monday", "`before:` wants a date like 2026-11-24, or today, yesterday, 2h or 7d."),
        ("after:2026-13-01", "`after:` wants a date like 2026-11-24"),
        ("after:5", "`after:` wants a date like 2026-11-24"),
        ('after:"2h ago"', "`after:` wants a date like 2026-11-24"),
        ("after:99999y", "`after:` wants a date like 2026-11-24"),
        ("before:0001-01-01x", "`before:` wants a date like 2026-11-24"),
        ("has:fun", "`has:` wants one of link, code, file."),
        ("in:a in:b", "`in:` may stand in a search only once."),
        ("before:today before:2h", "`before:` may stand in a search only once."),
    ],
)
def test_a_wrong_filter_is_refused_with_what_to_write(query: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_query(query, NOW)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("zone", [-1080, 0, 1080])
def test_the_edges_of_time_are_dates_too(zone: int) -> None:
    assert read_query("after:0002-01-01", NOW, zone).after == 0
    for value in ("0001-01-01", "9999-12-31", "0000-01-01"):  # some have no clock in some zones
        with suppress(Refused):
            assert (read_query(f"before:{value}", NOW, zone).before or 0) >= 0
