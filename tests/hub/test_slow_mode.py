"""Slow mode: after a message, its sender waits a while before the next one."""

import pytest

from hubbub.chat.errors import Refused
from hubbub.chat.rules import SLOW_SECONDS_MAX
from hubbub.hub.rules.slow_mode import SlowMode

NOW = 1_700_000_000_000


def test_the_second_message_waits_and_is_told_how_long() -> None:
    slow = SlowMode()
    slow.check("tea", "eve", 30, NOW)
    slow.wrote("tea", "eve", NOW)
    with pytest.raises(Refused) as refusal:
        slow.check("tea", "eve", 30, NOW + 17_500)
    assert refusal.value.code == "slow_mode"
    assert refusal.value.retry_after == 13, "rounded up"
    assert str(refusal.value) == (
        "'tea' is in slow mode: everybody may write once in 30 seconds, and you may again in "
        "13 seconds."
    )
    slow.check("tea", "eve", 30, NOW + 30_000)


def test_everybody_waits_for_themselves_in_each_room_for_itself() -> None:
    slow = SlowMode()
    slow.wrote("tea", "eve", NOW)
    slow.check("tea", "adam", 30, NOW)
    slow.check("lobby", "eve", 30, NOW)


def test_a_message_that_is_repeated_does_not_wait() -> None:
    slow = SlowMode()
    slow.wrote("tea", "eve", NOW, "nonce 1")
    slow.check("tea", "eve", 30, NOW + 1, "nonce 1")
    with pytest.raises(Refused):
        slow.check("tea", "eve", 30, NOW + 1, "nonce 2")
    slow.wrote("tea", "eve", NOW)
    with pytest.raises(Refused):
        slow.check("tea", "eve", 30, NOW + 1)


def test_what_was_changed_meanwhile_holds_at_once() -> None:
    slow = SlowMode()
    slow.wrote("tea", "eve", NOW)
    slow.check("tea", "eve", 0, NOW)
    slow.check("tea", "eve", 5, NOW + 5_000)
    with pytest.raises(Refused):
        slow.check("tea", "eve", 6, NOW + 5_000)
    slow.end("tea")
    slow.check("tea", "eve", 6, NOW)


def test_a_clock_that_is_set_back_keeps_nobody_silent_for_long() -> None:
    slow = SlowMode()
    slow.wrote("tea", "eve", NOW)
    with pytest.raises(Refused) as refusal:
        slow.check("tea", "eve", 30, NOW - 86_400_000)
    assert refusal.value.retry_after == 30


def test_who_wrote_long_ago_is_forgotten() -> None:
    slow = SlowMode()
    for number in range(1000):
        slow.wrote("tea", f"guest{number}", NOW)
    slow.wrote("tea", "guest0", NOW + 1)
    slow.wrote("tea", "eve", NOW + SLOW_SECONDS_MAX * 1000 + 1)
    assert list(slow._wrote["tea"]) == ["guest0", "eve"]
