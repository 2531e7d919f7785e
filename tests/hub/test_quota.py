"""Nobody can fill the disk: each address has a share of what may be posted in a day."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.limits import Limits
from hubbub.hub.shares.buckets import DAY_MILLISECONDS, FORGET_AT
from hubbub.hub.shares.quota import EVENT_BYTES, FEW_DRAFTS, SHARES_OF_THIS_MACHINE, Quota
from tests.hub.peers import Chatroom, Peer

SHARE = 100_000
TEXT = 1000 - EVENT_BYTES
"""With what it takes besides, a hundredth of the share."""
FAR, NEAR = "192.0.2.1", "192.0.2.2"
MANY = FEW_DRAFTS + 1


@pytest.fixture
def quota() -> Quota:
    quota = Quota(SHARE)
    for _ in range(100):
        quota.take(FAR, TEXT, 0, MANY)
    return quota


def test_an_address_has_a_share_of_a_day(quota: Quota) -> None:
    with pytest.raises(Refused, match=r"posted 100000 bytes lately; 100000 a day .* in 864 seco"):
        quota.take(FAR, TEXT, 0, MANY)
    quota.take(NEAR, TEXT, 0, MANY)


def test_posting_goes_on_when_the_sentence_said(quota: Quota) -> None:
    with pytest.raises(Refused) as refused:
        quota.take(FAR, TEXT, 863_000, MANY)
    assert refused.value.code == "too_much"
    assert "in 1 seconds" in str(refused.value)
    quota.take(FAR, TEXT, 864_000, MANY)
    with pytest.raises(Refused):
        quota.take(FAR, TEXT, 864_000, MANY)
    for _ in range(100):
        quota.take(FAR, TEXT, 864_000 + DAY_MILLISECONDS, MANY)


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing(quota: Quota) -> None:
    with pytest.raises(Refused):
        quota.take(FAR, TEXT, -DAY_MILLISECONDS, MANY)
    quota.take(FAR, TEXT, -DAY_MILLISECONDS + 864_000, MANY)


def test_whoever_posted_little_goes_on_but_not_for_ever(quota: Quota) -> None:
    for _ in range(100):
        quota.take(FAR, TEXT, 0, FEW_DRAFTS)
    with pytest.raises(Refused):
        quota.take(FAR, TEXT, 0, 0)


def test_this_machine_has_a_larger_share() -> None:
    quota = Quota(SHARE)
    for _ in range(100 * SHARES_OF_THIS_MACHINE):
        quota.take("", TEXT, 0, MANY)
    with pytest.raises(Refused):
        quota.take("", TEXT, 0, MANY)


def test_zero_is_no_limit() -> None:
    quota = Quota(0)
    for _ in range(1000):
        quota.take(FAR, SHARE, 0, MANY)


def test_addresses_are_forgotten_only_when_nothing_is_left_of_what_they_posted(
    quota: Quota,
) -> None:
    for number in range(3 * FORGET_AT):
        quota.take(f"one of many {number}", 1, number * 1000, MANY)
    assert len(quota._posted) < 2 * FORGET_AT
    with pytest.raises(Refused):
        quota.take(FAR, 10 * TEXT, 0, MANY)


def refusals(peer: Peer) -> list[tuple[str, str | None]]:
    return [(one.code, one.ref) for one in peer.events() if isinstance(one, e.Error)]


def test_a_text_beyond_the_share_is_refused_and_with_it_those_behind() -> None:
    chatroom = Chatroom(Limits(daily_bytes_max=EVENT_BYTES))
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Say(room="lobby", text="x" * 6000, ref="a"))
    ann.tell(c.Say(room="lobby", text="short", ref="b", behind="a"))
    assert refusals(ann) == [("too_much", "a"), ("log_unavailable", "b")]


def test_what_is_not_stored_costs_nothing_a_repeat_above_all() -> None:
    chatroom = Chatroom(Limits(daily_bytes_max=EVENT_BYTES))
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    text = "x" * 1000
    repeat = c.Say(room="lobby", text=text, nonce="n")
    for _ in range(100):  # far more than the share
        ann.tell(repeat)
        chatroom.commit()
    for _ in range(100):
        ann.tell(c.Say(room="lobby", text=text))
        chatroom.hub.refuse(chatroom.hub.take())
    ann.tell(c.Edit(room="lobby", seq=1, text=text))
    chatroom.hub.refuse(chatroom.hub.take(), lasting=True)
    assert not [code for code, _ in refusals(ann) if code == "too_much"]
    posted = chatroom.hub._state.quota._posted.of("", 0)
    assert posted.level == len(text) + EVENT_BYTES
