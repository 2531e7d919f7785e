"""Whom a ban holds for, how long, and what they are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.rules import Ban
from hubbub.hub.rules.bans import Aim, Bans, By, Match, Somebody, told_banned, told_muted
from tests.inputs.steps import Steps

NOW = 1_700_000_000_000
HOUR = 3_600_000
FEW, MANY = 10, 10_000
EVE = Somebody("0EvE5678901", "eve", "203.0.113.7")


def bans(*given_: Ban) -> Bans:
    book = Bans()
    for ban in given_:
        book.put(ban.id, ban)
    return book


def is_banned(ban: Ban, who: Somebody, room: str = "", now: int = NOW) -> bool:
    return bans(ban).find(who, room, now) is not None


# Names.


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("eve", "eve"),
        ("eve", "EVE"),
        ("Eve", "eve"),
        ("eve", "еvе"),  # Cyrillic
        ("eve*", "eve"),
        ("eve*", "eve7"),
        ("eve*", "Eve the second"),
        ("eve*", "еve7"),
        ("EVE*", "еve7"),
        ("еve*", "eve7"),
        ("*eve", "steve"),
        ("*eve", "stеve"),
        ("*eve*", "steven"),
        ("*eve*", "eve"),
        ("bill*", "BiIl2"),
        ("admin*", "adrnin"),
        ("José", "josé"),
        ("李明*", "李明明"),
        ("  eve  x ", "eve x"),
    ],
)
def test_a_ban_of_names_holds_for_what_looks_like_them(pattern: str, name: str) -> None:
    assert is_banned(Ban(name=pattern), EVE._replace(name=name))


@pytest.mark.parametrize("name", ["e*", "*", "ev*", "e*e", "**"])
def test_a_ban_of_somebody_whose_name_looks_like_a_pattern_holds_for_nobody_else(name: str) -> None:
    for ban in (Ban(name=name, kick=True, until=NOW + HOUR), Ban(name=name, exact=True)):
        assert is_banned(ban, EVE._replace(name=name))
        assert not is_banned(ban, EVE)
    assert told_banned(Match(Ban(name=name, exact=True), By.NAME), "'tea'", "ann").startswith(
        f"The name '{name}' is banned"
    )


@pytest.mark.parametrize("name", ["*", "e*", "e*e", "e" * 99])
def test_a_ban_of_which_the_name_is_no_pattern_can_be_read(name: str) -> None:
    """It stands in the log, and a server that did not take it would not start."""
    assert is_banned(Ban(name=name), EVE._replace(name=name))


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("eve", "eve7"),
        ("eve", "steve"),
        ("eve*", "steve"),
        ("*eve", "eve7"),
        ("*eve*", "ev e"),
        ("eve*", "ev"),
        ("eve*", "adam"),
    ],
)
def test_a_ban_of_names_holds_for_no_others(pattern: str, name: str) -> None:
    assert not is_banned(Ban(name=pattern), EVE._replace(name=name))


# People and addresses.


def test_a_ban_of_a_person_holds_under_every_name_and_address() -> None:
    ban = Ban(person=EVE.person)
    assert is_banned(ban, EVE._replace(name="adam", address="198.51.100.1"))
    assert not is_banned(ban, EVE._replace(person="another0000"))
    assert not is_banned(ban, EVE._replace(person=""))


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.7/32", "203.0.113.7"),
        ("203.0.113.0/24", "203.0.113.255"),
        ("203.0.0.0/9", "203.0.113.7"),
        ("2001:db8::/64", "2001:db8::/64"),
        ("2001:db8::/32", "2001:db8:1:2::/64"),
    ],
)
def test_a_ban_of_a_network_holds_for_all_in_it(network: str, address: str) -> None:
    assert is_banned(Ban(network=network), EVE._replace(address=address))


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.7/32", "203.0.113.8"),
        ("203.0.113.0/24", "203.0.112.255"),
        ("203.0.113.0/24", ""),
        ("203.0.113.0/24", "no address"),
        ("203.0.113.0/24", "cb00:7100::/64"),  # the same bits
        ("2001:db8::/64", "2001:db8:0:1::/64"),
        ("2001:db8::/64", "203.0.113.7"),
    ],
)
def test_a_ban_of_a_network_holds_for_nobody_else(network: str, address: str) -> None:
    assert not is_banned(Ban(network=network), EVE._replace(address=address))


def test_one_ban_may_go_by_several_things() -> None:
    book = bans(Ban(person=EVE.person, name="eve", network="203.0.113.7/32"))
    nobody = Somebody("", "adam", "")
    for who in (
        nobody._replace(person=EVE.person),
        nobody._replace(name="Eve"),
        nobody._replace(address="203.0.113.7"),
    ):
        assert book.find(who, "", NOW)
    assert book.find(nobody, "", NOW) is None


# Where and until when.


def test_a_ban_of_the_chatroom_holds_in_every_room_and_one_of_a_room_only_there() -> None:
    everywhere, tea = Ban(person=EVE.person), Ban(person=EVE.person, room="tea")
    assert is_banned(everywhere, EVE)
    assert is_banned(everywhere, EVE, "tea")
    assert is_banned(tea, EVE, "tea")
    assert not is_banned(tea, EVE, "lobby")
    assert not is_banned(tea, EVE)


def test_a_ban_holds_until_its_time_and_one_for_good_for_ever() -> None:
    timed = Ban(person=EVE.person, until=NOW + HOUR)
    assert is_banned(timed, EVE, now=NOW + HOUR - 1)
    assert not is_banned(timed, EVE, now=NOW + HOUR)
    assert is_banned(Ban(person=EVE.person), EVE, now=253_402_300_799_999)


def test_the_ban_that_holds_longest_is_told() -> None:
    short = Ban(person=EVE.person, until=NOW + HOUR)
    long = Ban(name="eve", until=NOW + 2 * HOUR)
    good = Ban(network="203.0.113.0/24")
    assert bans(short, long).find(EVE, "", NOW) == Match(long, By.NAME)
    assert bans(good, short, long).find(EVE, "", NOW) == Match(good, By.NETWORK)
    assert bans(short, long).find(EVE, "", NOW + 2 * HOUR) is None


# Taking back.


def test_what_is_dropped_holds_no_longer() -> None:
    ban = Ban(person=EVE.person, name="*eve*", network="203.0.113.0/24")
    book = bans(ban)
    book.drop(ban.id)
    book.drop(ban.id)  # again, as when two take it back at once
    assert book.find(EVE, "", NOW) is None
    assert book.of_room("") == {}


def test_a_later_ban_of_the_same_takes_the_place_of_the_first() -> None:
    first, second = Ban(name="eve", until=NOW + HOUR), Ban(name="eve", until=NOW + 2 * HOUR)
    book = bans(first, second)
    assert book.of_room("") == {second.id: second}
    assert book.find(EVE, "", NOW + HOUR)


def test_two_bans_of_one_thing_are_taken_back_one_by_one() -> None:
    book = Bans()
    book.put("1", Ban(name="*eve*"))
    book.put("2", Ban(name="*eve*", until=NOW + HOUR))
    book.drop("1")
    assert book.find(EVE, "", NOW)
    book.drop("2")
    assert book.find(EVE, "", NOW) is None


def test_the_bans_of_a_room_are_listed_and_those_that_are_over() -> None:
    over, good = Ban(name="eve", room="tea", until=NOW), Ban(name="adam")
    book = bans(over, good)
    assert book.of_room("tea") == {over.id: over}
    assert book.of_room("") == {good.id: good}
    assert book.expired(NOW) == [over.id]
    assert book.expired(NOW - 1) == []


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["eve", "eve*", "*ve", "*v*", "*ev*"]),
                          st.sampled_from(["", "tea"])), max_size=12))  # fmt: skip
def test_putting_and_dropping_in_any_order_leaves_what_stands(
    steps: list[tuple[bool, str, str]],
) -> None:
    book, standing = Bans(), {}
    for is_put, pattern, room in steps:
        if len(pattern.strip("*")) < 2:
            continue
        ban = Ban(name=pattern, room=room)
        if is_put:
            book.put(ban.id, ban)
            standing[ban.id] = ban
        else:
            book.drop(ban.id)
            standing.pop(ban.id, None)
    fresh = bans(*standing.values())
    for name in ("eve", "eve7", "steve", "xevx", "adam"):
        for room in ("", "tea", "lobby"):
            who = EVE._replace(name=name)
            assert bool(book.find(who, room, NOW)) == bool(fresh.find(who, room, NOW))


# Whom a single one is for.

LETTERS = st.text("eE\u0435vl1I", min_size=1, max_size=5)
ADDRESSES = ["", "no address", "203.0.113.7", "203.0.113.8", "2001:db8::/64", "cb00:7100::/64"]
NETWORKS = ["", "203.0.113.7/32", "203.0.113.0/24", "2001:db8::/32", "2001:db8::/64"]


@given(
    st.builds(
        Ban,
        person=st.sampled_from(["", "0EvE5678901"]),
        name=st.one_of(st.just(""), st.builds("{}{}{}".format, st.sampled_from(["", "*"]), LETTERS,
                                              st.sampled_from(["", "*"]))),
        network=st.sampled_from(NETWORKS),
        kick=st.booleans(),
        exact=st.booleans(),
    ),
    st.builds(
        Somebody, st.sampled_from(["", "0EvE5678901", "0AdAm567890"]), LETTERS,
        st.sampled_from(ADDRESSES),
    ),
)  # fmt: skip
def test_a_single_ban_is_for_those_whom_it_is_found_for(ban: Ban, who: Somebody) -> None:
    aim = Aim(ban)
    is_for = aim.is_at(who.person, who.name) or aim.is_around(who.address)
    assert is_for == is_banned(ban, who)


@pytest.mark.parametrize("pattern", ["\u200c\u200c*", "*\u200c\u200c", "*\u200c\u200c*"])
def test_a_pattern_of_what_cannot_be_seen_is_for_nobody(pattern: str) -> None:
    ban = Ban(name=pattern)
    assert not is_banned(ban, EVE)
    assert not Aim(ban).is_at(EVE.person, EVE.name)


# Cost.


def crowd(count: int) -> Bans:
    kinds = [
        lambda number: Ban(person=f"person{number:05}"),
        lambda number: Ban(name=f"troll{number}*"),
        lambda number: Ban(name=f"*spam{number:05}"),
        lambda number: Ban(name=f"*bot{number:05}*"),
        lambda number: Ban(network=f"10.{number // 250 % 250}.{number % 250}.1/32"),
        lambda number: Ban(network=f"2001:db8:{number:x}::/48"),
    ]
    return bans(*(kinds[number % len(kinds)](number) for number in range(count)))


@pytest.mark.parametrize("who", [EVE, Somebody("", "x" * 32, "2001:db8:ffff:1::/64")])
def test_finding_takes_as_long_with_ten_thousand_bans_as_with_ten(who: Somebody) -> None:
    counted = []
    for count in (FEW, MANY):
        book, steps = crowd(count), Steps()
        book.find(who, "tea", NOW)  # what is remembered of the name and the address
        counted.append(steps.of(lambda book=book: book.find(who, "tea", NOW)))  # type: ignore[misc]
    assert counted[1] <= counted[0] * 1.5 + 100, counted


def test_taking_ten_thousand_back_takes_each_the_same() -> None:
    counted = []
    for count in (FEW, MANY):
        book, steps = crowd(count), Steps()
        some = list(book.of_room(""))[:6]
        counted.append(steps.of(lambda book=book, some=some: list(map(book.drop, some))))  # type: ignore[misc]
    assert counted[1] <= counted[0] * 1.5 + 100, counted


# What they are told.


@pytest.mark.parametrize(
    ("ban", "by", "said"),
    [
        (
            Ban(person="x", by="ann", reason="spam", until=NOW),
            By.PERSON,
            "You are banned from 'tea' until 2023-11-14 22:13 UTC by ann (spam); ann or ben can "
            "let you back in.",
        ),
        (
            Ban(name="eve*", by="ann"),
            By.NAME,
            "Names like 'eve*' are banned from 'tea' for good by ann; ann or ben can let you back "
            "in.",
        ),
        (
            Ban(name="eve"),
            By.NAME,
            "The name 'eve' is banned from 'tea' for good; ann or ben can let you back in.",
        ),
        (
            Ban(network="203.0.113.0/24", reason="spam"),
            By.NETWORK,
            "Your network, 203.0.113.0/24, is banned from 'tea' for good (spam); ann or ben can "
            "let you back in.",
        ),
    ],
)
def test_the_banned_read_until_when_by_whom_why_and_whom_to_ask(
    ban: Ban, by: By, said: str
) -> None:
    assert told_banned(Match(ban, by), "'tea'", "ann or ben") == said


def test_whoever_is_only_to_leave_reads_when_they_may_come_back() -> None:
    kick = Ban(person="x", by="ann", reason="calm down", since=NOW, until=NOW + 60_000, kick=True)
    assert told_banned(Match(kick, By.PERSON), "'tea'", "ann") == (
        "You were removed from 'tea' by ann (calm down); you may come back in 1 minute."
    )


def test_a_kick_does_not_shorten_a_ban() -> None:
    ban = Ban(person=EVE.person)
    kick = Ban(person=EVE.person, until=NOW + 60_000, kick=True)
    assert bans(ban, kick).find(EVE, "", NOW + 60_000) == Match(ban, By.PERSON)


def test_the_muted_read_the_same() -> None:
    ban = Ban(person="x", by="ann", reason="shouting", until=NOW)
    assert told_muted(Match(ban, By.PERSON), "'tea'", "ann") == (
        "You are muted in 'tea' until 2023-11-14 22:13 UTC by ann (shouting); ann can let you "
        "write again."
    )
