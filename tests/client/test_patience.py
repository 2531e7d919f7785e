"""When what a server could not take just now is said again, room by room."""

import math

from hubbub.chat.errors import Refused
from hubbub.client.patience import Patience
from hubbub.client.retry import Backoff

NOT_NOW = Refused("Not now.", code="log_unavailable")


def patience(give_up_seconds: float | None = None) -> Patience:
    return Patience(Backoff(1, 4, give_up_seconds, jitter=lambda: 1.0).anew)


def test_a_room_waits_only_once_all_is_answered_and_ever_longer() -> None:
    one = patience()
    assert one.stop("lobby", NOT_NOW)
    assert (one.stops("lobby"), one.due_at) == (True, math.inf)
    now = 100.0
    for seconds in (1, 2, 4, 4):
        assert one.wait("lobby", now) is None
        assert one.due_at == now + seconds
        assert one.due(now + seconds - 0.1) == []
        assert one.due(now + seconds) == ["lobby"]
        assert (one.stops("lobby"), one.tries("lobby")) == (False, True)
        now += seconds
        assert not one.stop("lobby", NOT_NOW), "it is the same time of need"


def test_what_is_taken_while_a_room_is_tried_ends_the_need() -> None:
    one = patience()
    one.stop("lobby", NOT_NOW)
    one.took("lobby")  # an answer to what was written before the refusal came
    assert one.stops("lobby")
    one.wait("lobby", 0)
    one.due(1)
    one.took("lobby")
    assert (one.stops("lobby"), one.tries("lobby"), one.due_at) == (False, False, math.inf)
    assert one.stop("lobby", NOT_NOW), "the next is another one"


def test_patience_ends_with_the_latest_refusal() -> None:
    one = patience(give_up_seconds=2)
    one.stop("lobby", NOT_NOW)
    assert one.wait("lobby", 0) is None
    one.due(1)
    one.stop("lobby", NOT_NOW)
    assert one.wait("lobby", 1) is None
    one.due(3)
    latest = Refused("Still not.", code="log_unavailable")
    one.stop("lobby", latest)
    assert one.wait("lobby", 3) is latest
    assert not one.stops("lobby")


def test_rooms_have_nothing_to_do_with_each_other() -> None:
    one = patience()
    one.stop("lobby", NOT_NOW)
    assert not one.stops("kitchen")
    one.stop("kitchen", NOT_NOW)
    one.wait("kitchen", 0)
    assert one.due(1) == ["kitchen"]
    one.clear()
    assert not one.stops("lobby")
