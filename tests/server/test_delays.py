"""What the journal says of those who have to wait: a line a minute, however many they are."""

from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.delays import COUNTED_MAX, LINE_SECONDS, Delays
from tests.server.noted import noted


class Clock:
    """A clock that the test turns."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_line_a_minute_with_the_most_and_how_many_more() -> None:
    clock = Clock()
    accounts, delays = Accounts(Limits(), clock), Delays(clock)
    addresses = [accounts.member(f"192.0.2.{number}") for number in range(5)]
    with noted() as lines:
        delays.tell()
        assert not lines, "nobody had to wait"
        for times, account in enumerate(addresses, 1):
            for _ in range(times):
                delays.note(account)
                account.spend(10)
        delays.tell()
        delays.note(addresses[0])
        clock.now += LINE_SECONDS / 2
        delays.tell()
        assert len(lines) == 1
        clock.now += LINE_SECONDS
        delays.tell()
    assert [line["pauses"] for line in lines] == [15, 1]
    assert lines[0]["most"] == (
        "192.0.2.4 (5 times, 50 units), 192.0.2.3 (4 times, 40 units), "
        "192.0.2.2 (3 times, 30 units)"
    )
    assert lines[0]["others"] == 2


def test_what_is_remembered_until_the_next_line_is_bounded() -> None:
    clock = Clock()
    accounts, delays = Accounts(Limits(), clock), Delays(clock)
    for number in range(COUNTED_MAX + 10):
        delays.note(accounts.member(f"host {number}"))
    assert len(delays._delayed) == COUNTED_MAX
    with noted() as lines:
        delays.tell()
    assert lines[0]["pauses"] == COUNTED_MAX + 10
