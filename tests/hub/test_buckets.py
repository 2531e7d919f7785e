"""A leaky bucket counts what was done lately, and buckets that are empty are forgotten."""

from hubbub.hub.shares.buckets import DAY_MILLISECONDS, FORGET_AT, Buckets


def test_a_bucket_leaks_its_rate_in_a_day() -> None:
    bucket = Buckets[str](lambda _: 24.0).of("ann", 0)
    bucket.level = 30.0
    hour = DAY_MILLISECONDS // 24
    assert bucket.seconds_for(1) == 3600
    assert bucket.left(hour) == 29
    assert bucket.left(hour) == 29
    assert bucket.left(10 * DAY_MILLISECONDS) == 0


def test_each_key_has_a_bucket_and_a_rate_of_its_own() -> None:
    buckets = Buckets[str](lambda key: 10.0 if key == "ann" else 1.0)
    for key in ("ann", "bob"):
        buckets.of(key, 0).level = 20.0
    left = [buckets.of(key, 0).left(DAY_MILLISECONDS) for key in ("ann", "bob", "eve")]
    assert left == [10, 19, 0]


def test_what_is_taken_back_counts_no_more() -> None:
    buckets = Buckets[str](lambda _: 1.0)
    buckets.of("ann", 0).level = 1.5
    buckets.take_back("ann", 1)
    assert buckets.of("ann", 0).level == 0.5
    buckets.take_back("ann", 1)
    assert buckets.of("ann", 0).level == 0
    buckets.take_back("bob", 1)
    assert len(buckets) == 1


def test_a_bucket_that_was_just_asked_for_is_not_forgotten() -> None:
    buckets = Buckets[int](lambda _: 1.0)
    for key in range(FORGET_AT - 1):
        buckets.of(key, 0)
    person = buckets.of(FORGET_AT, 1)
    address = buckets.of(FORGET_AT + 1, 1)
    assert len(buckets) == 2
    person.level = address.level = 1.0
    assert buckets.of(FORGET_AT, 1) is person
