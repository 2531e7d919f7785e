"""Times as people write them, and as they are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.durations import FOR_GOOD, split_duration, spoken_duration
from hubbub.chat.errors import Refused

MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.mark.parametrize(
    ("text", "seconds", "reason"),
    [
        ("10m", 10 * MINUTE, ""),
        ("2h", 2 * HOUR, ""),
        ("7 days", 7 * DAY, ""),
        ("7days spam", 7 * DAY, "spam"),
        ("1h30m shouting", HOUR + 30 * MINUTE, "shouting"),
        ("1 h 30 min", HOUR + 30 * MINUTE, ""),
        ("2 Hours for spam", 2 * HOUR, "for spam"),
        ("for 2 hours spam", 2 * HOUR, "spam"),
        ("1 week", 7 * DAY, ""),
        ("1 month", 30 * DAY, ""),
        ("10 years", 3650 * DAY, ""),
        ("45s", 45, ""),
        ("for good", FOR_GOOD, ""),
        ("for good spam", FOR_GOOD, "spam"),
        ("forever", FOR_GOOD, ""),
        ("For Ever", FOR_GOOD, ""),
        ("permanently spam, 3 times", FOR_GOOD, "spam, 3 times"),
        ("  10m   spam  and more ", 10 * MINUTE, "spam  and more"),
        ("10m, spam", 10 * MINUTE, "spam"),
        ("10m: 3 spams", 10 * MINUTE, "3 spams"),
        ("", None, ""),
        ("spam", None, "spam"),
        ("for spam", None, "for spam"),
        ("for goodness' sake", None, "for goodness' sake"),
        ("m", None, "m"),
        ("spam for 2 hours", None, "spam for 2 hours"),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: int | None, reason: str) -> None:
    assert split_duration(text) == (seconds, reason)


@pytest.mark.parametrize(
    "text",
    ["10", "3 strikes", "10x", "-5m", "+5m", "2.5h", "0m", "0 days spam", "１０m", "1h30",
     "10m5", "for 10", "5m -3s", "10e9m", "99999999999m", "1\u0000m", "~5m", "1hm"],
)  # fmt: skip
def test_what_could_be_a_time_and_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"is no time\. Write it like 10m") as refusal:
        split_duration(text)
    assert refusal.value.code == "bad_command"


@pytest.mark.parametrize("text", ["11 years", "999999999y", "3661 days"])
def test_what_is_longer_than_ten_years_is_for_good(text: str) -> None:
    with pytest.raises(Refused, match="Write 'for good'"):
        split_duration(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (90, "1 minute 30 seconds"),
        (HOUR + 30 * MINUTE + 5, "1 hour 30 minutes"),
        (DAY + 3, "1 day"),
        (7 * DAY, "7 days"),
        (3650 * DAY, "3,650 days"),
        (0, "no time"),
    ],
)
def test_a_time_is_told_by_its_two_largest_units(seconds: int, said: str) -> None:
    assert spoken_duration(seconds) == said


@given(st.integers(1, 3660 * DAY))
def test_what_is_told_is_read_again_as_no_longer_than_it_was(seconds: int) -> None:
    again, rest = split_duration(spoken_duration(seconds).replace(",", ""))
    assert again is not None
    assert rest == ""
    assert again <= seconds < again + max(again // 23, 60)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        seconds, rest = split_duration(text)
    except Refused:
        return
    assert seconds is None or seconds >= 0
    assert rest in text.strip() or rest == text.strip()
